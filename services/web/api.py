"""The pages: an overview and one page a shipment, rendered here and readable without JavaScript."""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from pydantic import ValidationError
from sqlalchemy.orm import Session

from services.clock import SimulatedClock
from services.db.acting import act_for
from services.errors import InvalidInput, NotFound, RateLimited, Unauthenticated
from services.guests import logic as guests
from services.http.context import AppSettings, Db, MachineNowMs, NowMs
from services.identity import api as identity
from services.identity.logic import Caller
from services.identity.schemas import NewPassword
from services.identity.scope import WHOLE_TENANT
from services.identity.users import Purpose
from services.shipments.tables import Shipment
from services.web import store
from services.web.app_files import is_built
from services.web.headers import SECURITY_HEADERS
from services.web.overview import overview
from services.web.session import SET_PASSWORD_PATH, viewer_of
from services.web.shipmentview import shipment_page
from services.web.words import day_and_time

router = APIRouter(include_in_schema=False)

SAME_TIME_MS = 5_000
PASSWORD_MAX = 200
CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@router.get("/enter")
def enter(t: str, settings: AppSettings, database: Db, now_ms: MachineNowMs, request: Request) -> Response:
    """Let a browser in by a one-time link: a cookie, and on to the overview without the ticket in the address."""
    response = RedirectResponse("/", status_code=303, headers=SECURITY_HEADERS | {"Cache-Control": "no-store"})
    try:
        with database.write() as session:
            user = identity.redeemed(session, request, t, Purpose.ENTRY, now_ms)
            identity.let_in(session, user, request, response, settings, now_ms)
    except (Unauthenticated, RateLimited) as refused:
        if viewer_of(database, request, now_ms) is not None:
            return response  # the same browser follows its link again
        return _refusal(request, refused.detail)
    return response


@router.get(SET_PASSWORD_PATH)
def show_set_password(t: str, request: Request) -> Response:
    """A form for a new password; the ticket is used when it is sent."""
    return _page(request, "password.html", ticket=t, fault="")


@router.post(SET_PASSWORD_PATH)
def set_password(
    ticket: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    request: Request,
    database: Db,
    now_ms: MachineNowMs,
) -> Response:
    """Set the password, and say that it is set."""
    try:
        identity.set_password(NewPassword(ticket=ticket, password=password[:PASSWORD_MAX]), request, database, now_ms)
    except InvalidInput as fault:
        text = " ".join(f"It {one.detail} {one.remedy}" for one in fault.faults)
        return _page(request, "password.html", status=422, ticket=ticket, fault=text)
    except (Unauthenticated, RateLimited, ValidationError) as refused:
        return _refusal(request, getattr(refused, "detail", "This link is not whole."))
    return _page(request, "password_set.html")


@router.get("/")
def home() -> Response:
    """On to the app, which asks who is not signed in to sign in; to the plain overview where the app is not built."""
    return RedirectResponse("/app/" if is_built() else "/overview", status_code=303, headers=SECURITY_HEADERS)


@router.get("/overview")
def show_overview(request: Request, database: Db, now_ms: NowMs, machine: MachineNowMs) -> Response:
    """Verdicts, map, runs and shipments."""
    viewer = viewer_of(database, request, machine)
    if viewer is None:
        return _refusal(request, "This page needs a link that lets you in.")
    if viewer.scope != WHOLE_TENANT:
        return _refusal(request, "This page is for those who see the whole tenant.", status=403)
    with database.read() as session:
        page = overview(session, viewer.tenant_id, now_ms)
    return _page(request, "overview.html", page=page)


@router.get("/shipments/{code}")
def show_shipment(code: str, request: Request, database: Db, now_ms: NowMs, machine: MachineNowMs) -> Response:
    """One shipment: chart, lots, and why."""
    viewer = viewer_of(database, request, machine)
    if viewer is None:
        return _refusal(request, "This page needs a link that lets you in.")
    with database.read() as session:
        page = shipment_page(session, viewer.tenant_id, code, now_ms) if _may_see(session, viewer, code) else None
    if page is None:
        return _page(request, "missing.html", status=404, code=code)
    return _page(request, "shipment.html", page=page)


@router.get("/g/{token}")
def show_guest(token: str, request: Request, database: Db, now_ms: NowMs, machine: MachineNowMs) -> Response:
    """One shipment for whoever holds its link; an unknown, an expired and a revoked link answer alike."""
    try:
        with database.read() as session:
            link = guests.opened(session, token, machine)
    except NotFound:
        return _page(request, "guest_missing.html", status=404)
    act_for(link.tenant_id, f"guest link {link.id}")
    with database.read() as session:
        shipment = session.get_one(Shipment, link.shipment_id)
        page = shipment_page(session, link.tenant_id, shipment.code, now_ms)
    if "if-none-match" not in request.headers:  # a page that keeps itself fresh is one opening
        with database.write() as session:
            guests.note_opening(session, link, machine)
    return _page(request, "guest.html", page=page, ends=day_and_time(link.expires_at_ms))


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


def _may_see(session: Session, viewer: Caller, code: str) -> bool:
    """Whether the shipment is the viewer's own, or the viewer sees the whole tenant."""
    if viewer.scope == WHOLE_TENANT:
        return True
    found = store.shipment(session, viewer.tenant_id, code)
    return found is not None and viewer.scope.exporter is not None and found[0].exporter == viewer.scope.exporter


def _refusal(request: Request, detail: str, status: int = 401) -> Response:
    return _page(request, "refused.html", status=status, detail=detail)


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
