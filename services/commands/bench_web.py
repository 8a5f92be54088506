"""`coldchain bench web`: how soon the app's pages are usable in a browser that has nothing of them yet."""

import json
import shutil
import statistics
import tempfile
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from routing import matrices, write_plan
from routing.benchmark.days import DayRules, collection_day
from routing.benchmark.measure import planned
from routing.document import write_problem
from routing.greedy import greedy
from routing.instance import index
from services.clock import wall_clock_ms
from services.commands.bench_api import fill, served
from services.db.engine import Database
from services.errors import Unavailable
from services.identity import users
from services.identity.logic import Role
from services.identity.store import tenant_by_slug
from services.plans.tables import Plan, PlanJob
from services.web.app_files import is_built

PLAN_ID = uuid.UUID(int=1)
PLAN_STOPS = 300
PLAN_S = 20.0
"""How long the plan to look at may take to make."""

PAGES = {
    "nothing": ("/health", "body"),
    "board": ("/app/", ".tiles .tile"),
    "shipments": ("/app/shipments", ".rows tbody tr"),
    "shipment": ("/app/shipments/S-000001", ".lead"),
    "lots": ("/app/lots", ".rows tbody tr"),
    "alarms": ("/app/alarms", ".empty, .alarms"),
    "plan": (f"/app/plans/{PLAN_ID}", "[data-lot]"),
}
"""Each page, and what is there once it can be used; `nothing` is an answer without a page, to compare with."""

QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")

WATCH = """
window.__measured = { lcp_ms: 0, shift: 0, tasks_ms: [] };
const watch = (type, each) => new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
watch("largest-contentful-paint", (entry) => { window.__measured.lcp_ms = entry.startTime; });
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) window.__measured.shift += entry.value; });
watch("longtask", (entry) => { window.__measured.tasks_ms.push(entry.duration); });
localStorage.setItem("coldchain.toured", "yes");
"""  # noqa: E501

READ = """() => {
  const sized = performance.getEntriesByType("resource").filter((entry) => entry.name.endsWith(".js"));
  return { ...window.__measured, script_bytes: sized.reduce((sum, entry) => sum + entry.encodedBodySize, 0) };
}"""


@click.command()
@click.option("--shipments", "count", default=500, show_default=True, help="Shipments of one lot each.")
@click.option("--runs", default=5, show_default=True, help="Fresh browser profiles a page.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def web(*, count: int, runs: int, as_json: bool) -> None:
    """Measure the app's pages in headless Chromium without a cache.

    The plan is one of 300 stops and 40 trucks; its longest task counts while a lot is carried over trucks by keyboard,
    too. Medians over fresh profiles: milliseconds from asking until the page's content can be used, largest contentful
    paint, layout shift, the longest task, and compressed bytes of JavaScript. `times_nothing` is the time to use
    beside that of an answer without a page, in the same run.
    """
    parts = _measure(count, runs)
    for found in parts.values():
        found["times_nothing"] = round(found["usable_ms"] / parts["nothing"]["usable_ms"], 1)
    if as_json:
        click.echo(json.dumps({"shipments": count, "runs": runs, **parts}, indent=2))
        return
    click.echo(f"{count} shipments, medians of {runs} fresh profiles")
    for page, found in parts.items():
        click.echo(
            f"{page:<10} usable {found['usable_ms']:6.0f} ms  x{found['times_nothing']:<5.1f}"
            f" LCP {found['lcp_ms']:5.0f} ms  shift {found['shift']:.3f}  longest {found['longest_task_ms']:4.0f} ms"
            f"  script {found['script_bytes'] / 1000:5.1f} kB"
        )


def _measure(count: int, runs: int) -> dict[str, dict[str, Any]]:
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if binary is None:
        raise Unavailable("Chromium is not installed: sudo apt-get install -y chromium.")
    if not is_built():
        raise Unavailable("The app is not built: run .ci/web run.")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415  # a development package
    except ImportError as error:
        raise Unavailable("Playwright is not installed: run make test once, which installs it.") from error
    with tempfile.TemporaryDirectory(prefix="coldchain-bench-") as name:
        directory = Path(name)
        url = f"sqlite:///{directory / 'coldchain.db'}"
        click.echo(f"filling: {count} shipments...", err=True)
        fill(url, count)
        _fill_plan(url)
        with served(directory, url) as address, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=binary, args=list(QUIET))
            taken: dict[str, list[dict[str, Any]]] = {page: [] for page in PAGES}
            for turn in range(runs + 1):
                for page, (path, there) in PAGES.items():
                    click.echo(f"{page}: profile {turn} of {runs}", err=True)
                    found = _open(chromium, address, _ticket(url), path, there)
                    if turn:  # the first turn warms the server, not the browser
                        taken[page].append(found)
            chromium.close()
    return {
        page: {key: round(statistics.median(one[key] for one in found), 3) for key in found[0]}
        for page, found in taken.items()
    }


def _open(chromium: Any, address: str, ticket: str, path: str, there: str) -> dict[str, Any]:
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, locale="en-GB")
    context.request.post(f"{address}/v1/session/entry", data={"ticket": ticket})
    context.add_init_script(f"if (location.protocol === 'http:') {{ {WATCH} }}")
    page = context.new_page()
    page.goto(address + path, wait_until="commit")
    page.wait_for_selector(there, state="attached", timeout=30_000)
    usable_ms = page.evaluate("performance.now()")
    page.wait_for_load_state("load")
    if there == "[data-lot]":
        page.locator(there).first.focus()
        for key in ("Space", *["ArrowDown"] * 30, "Space"):
            page.keyboard.press(key)
    page.wait_for_timeout(500)
    found: dict[str, Any] = page.evaluate(READ)
    context.close()
    longest_ms = max(found.pop("tasks_ms"), default=0)
    return {"usable_ms": usable_ms, "longest_task_ms": longest_ms, **found}


def _fill_plan(url: str) -> None:
    """A draft of a large generated day, as a planner would have stored it."""
    database = Database(url)
    now_ms = wall_clock_ms()
    problem = replace(collection_day(PLAN_STOPS, 1, DayRules.TRIPS), time_zero_ms=now_ms)
    instance = index(problem, matrices(problem))
    plan = planned(instance, greedy(instance, time.monotonic() + PLAN_S))
    with database.write() as session:
        tenant = tenant_by_slug(session, "bench")
        if tenant is None:
            raise Unavailable("The benchmark's tenant is not there.")
        own = {"tenant_id": tenant.id, "created_at_ms": now_ms}
        document = {"plan": json.loads(write_plan(plan)), "deadlines": {}, "time_zero_ms": now_ms, "scenario": None}
        asked = json.loads(write_problem(problem))
        job = PlanJob(id=uuid.uuid4(), state="done", request={}, problem=asked, created_by="bench", **own)
        session.add(job)
        session.flush()
        made = {"engine": "greedy", "cost_satang": plan.costs.total, "data_as_of_ms": now_ms}
        session.add(Plan(id=PLAN_ID, job_id=job.id, document=document, **made, **own))
    database.close()


def _ticket(url: str) -> str:
    """A one-time ticket of a new coordinator of the benchmark's tenant."""
    database = Database(url)
    now_ms = wall_clock_ms()
    with database.write() as session:
        tenant = tenant_by_slug(session, "bench")
        if tenant is None:
            raise Unavailable("The benchmark's tenant is not there.")
        user = users.add_user(
            session,
            tenant.id,
            email=f"{uuid.uuid4().hex[:12]}@bench.example",
            name="Bench",
            role=Role.COORDINATOR,
            now_ms=now_ms,
        )
        ticket = users.issue_ticket(session, user, users.Purpose.ENTRY, now_ms)
    database.close()
    return ticket
