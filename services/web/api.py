"""The pages: an overview and one page a shipment, rendered here and readable without JavaScript."""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.clock import SimulatedClock
from services.errors import Unauthenticated
from services.http.context import AppSettings, Db, MachineNowMs, NowMs
from services.settings import Settings
from services.web.overview import overview
from services.web.session import COOKIE, SESSION_LIFE_MS, Purpose, Viewer, sign, verify
from services.web.shipmentview import shipment_page

router = APIRouter(include_in_schema=False)

SAME_TIME_MS = 5_000
CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
"""Nothing inline, no foreign host, and no other site may frame the pages or learn their addresses."""


@router.get("/enter")
def enter(t: str, settings: AppSettings, now_ms: MachineNowMs, request: Request) -> Response:
    """Let a browser in by a signed link: a cookie, and on to the overview without the token in the address."""
    try:
        link = verify(settings.resolved_secret_key(), Purpose.LINK, t, now_ms)
    except Unauthenticated as refused:
        return _refusal(request, refused.detail)
    viewer = Viewer(link.tenant_id, link.role, min(link.expires_at_ms, now_ms + SESSION_LIFE_MS))
    response = RedirectResponse("/", status_code=303, headers=SECURITY_HEADERS | {"Cache-Control": "no-store"})
    response.set_cookie(
        COOKIE,
        sign(settings.resolved_secret_key(), Purpose.SESSION, viewer),
        max_age=(viewer.expires_at_ms - now_ms) // 1000,
        httponly=True,
        samesite="lax",
        secure=settings.public_url.startswith("https://"),
    )
    return response


@router.get("/")
def show_overview(
    request: Request, settings: AppSettings, database: Db, now_ms: NowMs, machine: MachineNowMs
) -> Response:
    """Verdicts, map, runs and shipments."""
    viewer = _viewer(request, settings, machine)
    if viewer is None:
        return _refusal(request, "This page needs a link that lets you in.")
    with database.read() as session:
        page = overview(session, viewer.tenant_id, now_ms)
    return _page(request, "overview.html", page=page)


@router.get("/shipments/{code}")
def show_shipment(
    code: str, request: Request, settings: AppSettings, database: Db, now_ms: NowMs, machine: MachineNowMs
) -> Response:
    """One shipment: chart, lots, and why."""
    viewer = _viewer(request, settings, machine)
    if viewer is None:
        return _refusal(request, "This page needs a link that lets you in.")
    with database.read() as session:
        page = shipment_page(session, viewer.tenant_id, code, now_ms)
    if page is None:
        return _page(request, "missing.html", status=404, code=code)
    return _page(request, "shipment.html", page=page)


@router.get("/assets/{name}")
def asset(name: str) -> Response:
    """A style sheet, script or picture; its address carries its digest, so that it may be kept for good."""
    found = assets().get(name)
    if found is None:
        return Response(status_code=404, headers=SECURITY_HEADERS)
    body, content_type = found
    keep = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(body, media_type=content_type, headers=SECURITY_HEADERS | keep)


@cache
def assets() -> dict[str, tuple[bytes, str]]:
    """Every asset by name: bytes and content type."""
    found = {}
    for file in (files(__package__) / "assets").iterdir():
        content_type = CONTENT_TYPES.get(PurePosixPath(file.name).suffix)
        if content_type:
            found[file.name] = (file.read_bytes(), content_type)
    return found


def asset_url(name: str) -> str:
    """The address of an asset with the digest of its contents."""
    return f"/assets/{name}?v={hashlib.sha256(assets()[name][0]).hexdigest()[:12]}"


@cache
def templates() -> Environment:
    """The templates, escaping everything."""
    environment = Environment(
        loader=PackageLoader("services.web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset_url
    return environment


def _viewer(request: Request, settings: Settings, machine_now_ms: int) -> Viewer | None:
    try:
        return verify(settings.resolved_secret_key(), Purpose.SESSION, request.cookies.get(COOKIE, ""), machine_now_ms)
    except Unauthenticated:
        return None


def _refusal(request: Request, detail: str) -> Response:
    return _page(request, "refused.html", status=401, detail=detail)


def _page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    state = request.app.state
    body = templates().get_template(template).render(speed=_speed(state.clock, state.machine_clock()), **values)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
    headers = SECURITY_HEADERS | {"ETag": tag}
    if status == 200 and request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(body, status, headers)


def _speed(clock: Callable[[], int], machine_now_ms: int) -> float | None:
    """How fast simulated time runs, or None where it is the machine's."""
    pace = clock.pace() if isinstance(clock, SimulatedClock) else None
    if pace is None or (pace.speed == 1 and abs(pace.at(machine_now_ms) - machine_now_ms) < SAME_TIME_MS):
        return None
    return pace.speed
