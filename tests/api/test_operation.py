"""Health, readiness and metrics: what operators and their machines ask."""

import json
import re
import socket
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL

from services.db.engine import Database
from services.health import WORKERS
from services.metrics import HELP
from services.settings import Settings
from services.workers.heartbeat import beat
from tests.support.api import LiveApi, serve
from tests.support.orchard import Orchard


def test_health_asks_nothing_else() -> None:
    """The process answers although its database is away."""
    database = Database("postgresql+psycopg://127.0.0.1:1/none")
    with serve(database) as api:
        assert api.anonymous().get("/health").json()["status"] == "ok"
        answer = api.anonymous().get("/ready")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["checks"]["database"] == {"ok": False, "detail": "can't be reached", "age_s": None}
    assert "127.0.0.1" not in answer.text
    database.close()


def test_an_old_schema_is_not_ready(tmp_path: Path) -> None:
    """Before `coldchain db upgrade` the answer is 503 and says so."""
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with serve(database) as api:
        answer = api.anonymous().get("/ready")
    assert answer.status_code == 503
    assert "coldchain db upgrade" in answer.json()["checks"]["schema"]["detail"]
    database.close()


def test_ready_follows_broker_and_workers(sqlite_url: URL, tmp_path: Path) -> None:
    """Without broker and workers the API is degraded; with them it is ready; a silent worker degrades it again."""
    database = Database(sqlite_url)
    settings = Settings(data_dir=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as broker, serve(database, settings) as api:
        client = api.anonymous()
        first = client.get("/ready")
        assert (first.status_code, first.json()["status"]) == (200, "degraded")
        assert first.json()["checks"]["broker"]["detail"] == "has not been started"
        (tmp_path / "broker.json").write_text(json.dumps({"url": f"mqtt://127.0.0.1:{broker.getsockname()[1]}"}))
        with database.write() as session:
            for kind in WORKERS:
                beat(session, kind, api.clock())
        assert client.get("/ready").json()["status"] == "ready"
        api.clock.now_ms += 16_000
        late = client.get("/ready").json()
        assert late["status"] == "degraded"
        assert late["checks"]["planner"] == {"ok": False, "detail": "has gone silent", "age_s": 16.0}
    database.close()


def metric(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not in\n{text}"
    return float(found[1])


def test_metrics_are_in_the_text_format(orchard: Orchard) -> None:
    """Every line is a comment or a sample of a metric that is explained; what happened is counted."""
    client = orchard.client
    client.get("/v1/villages/nowhere")
    text = client.get("/metrics").text
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [-+.\de]+', line), line
        assert line.split()[2 if line.startswith("#") else 0].split("{")[0] in HELP
    requests = 'coldchain_http_requests_total{method="GET",route="/v1/villages/{village}",status="404"}'
    assert metric(text, requests) >= 1
    assert metric(text, "coldchain_sensors_waiting") >= 0
    assert "KLG-01" not in text


def test_metrics_ask_for_their_key(sqlite_url: URL) -> None:
    """With a key set, only who sends it may scrape."""
    database = Database(sqlite_url)
    with serve(database, Settings(metrics_key="scrape-me")) as api:
        assert api.anonymous().get("/metrics").status_code == 403
        assert api.with_key("scrape-you").get("/metrics").status_code == 403
        assert api.with_key("scrape-me").get("/metrics").status_code == 200
    database.close()


def test_answers_carry_security_headers(api: LiveApi) -> None:
    """Every answer, errors too, forbids sniffing, framing and caching."""
    for answer in (api.anonymous().get("/health"), api.anonymous().get("/v1/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/openapi.json", "/health"])
def test_public_pages_need_no_key(api: LiveApi, path: str) -> None:
    """The description and the health of the API are for everyone."""
    answer: httpx.Response = api.anonymous().get(path)
    assert answer.status_code == 200
