.DEFAULT_GOAL := help
.PHONY: help demo test check bench browser slow docs lock migration clean
export PYTHONDONTWRITEBYTECODE :=
BIN := .venv/bin

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# Set up for use: again only when the lock or the project file has changed
.venv/ready-run: .ci/requirements.lock pyproject.toml
	@.ci/setup run && touch $@

# Set up for tests and checks
.venv/ready-dev: .ci/requirements-dev.lock .ci/requirements.lock pyproject.toml
	@.ci/setup dev && touch $@ .venv/ready-run

demo: .venv/ready-run ## Set everything up and run a collection day with the embedded broker and database
	@.ci/web run
	@$(BIN)/coldchain demo $(ARGS)

test: .venv/ready-dev ## Set everything up and run all tests
	@.ci/system chromium mosquitto
	@.ci/web dev
	@$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

slow: .venv/ready-dev ## Run the tests that take minutes
	@.ci/system mosquitto
	@$(BIN)/pytest -m slow $(ARGS)

browser: .venv/ready-dev ## Run only the end-to-end tests in Chromium
	@.ci/system chromium
	@.ci/web dev
	@$(BIN)/pytest -m browser $(ARGS)

check: .venv/ready-dev ## Lint, types, import rules, documents, schema drift, lock and compose file
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@.ci/hosts
	@.ci/drift
	@if docker compose version >/dev/null 2>&1; then .ci/compose; else echo "docker-compose.yml not validated: no compose client here"; fi

bench: .venv/ready-dev ## Measure routing, ingest, freshness, API and pages beside their peers (takes a while)
	@for part in routing ingest freshness api web; do $(BIN)/coldchain bench $$part $(ARGS) || exit 1; done

docs: .venv/ready-dev ## Renew the pages that are written from the code
	@$(BIN)/python -m services.reference

lock: .venv/ready-dev ## Renew both lock files from pyproject.toml
	@.ci/lock

clean: ## Remove what was set up and built
	rm -rf .venv build dist artefacts services/web/static services/web/app/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
