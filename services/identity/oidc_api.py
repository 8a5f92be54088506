"""`/v1/session/oidc`: the browser goes to the identity provider, and comes back signed in."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.errors import NotFound, RateLimited, Unauthenticated
from services.http.context import AppSettings, Db, MachineNowMs
from services.http.limits import Limits
from services.identity import oidc
from services.identity.access import address_of
from services.identity.api import let_in
from services.identity.oidc import Provider

router = APIRouter(include_in_schema=False)

STATE_COOKIE = "coldchain_oidc"
PATH = "/v1/session/oidc"


@router.get(PATH)
def begin(request: Request, settings: AppSettings, database: Db, now_ms: MachineNowMs) -> Response:
    """On to the identity provider."""
    provider, limits = _provider(request), _limits(request)
    if wait_s := limits.sign_ins.take(f"oidc {address_of(request)}"):
        raise RateLimited(wait_s)
    with database.write() as session:
        begun = provider.begin(session, settings.oidc_tenant, now_ms)
    response = RedirectResponse(begun.url, status_code=303)
    response.set_cookie(
        STATE_COOKIE,
        begun.state,
        max_age=oidc.ATTEMPT_MS // 1000,
        path=PATH,
        httponly=True,
        samesite="lax",
        secure=settings.public_url.startswith("https://"),
    )
    return response


@router.get(f"{PATH}/return")
def come_back(
    request: Request,
    settings: AppSettings,
    database: Db,
    now_ms: MachineNowMs,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """From the identity provider, with its word."""
    provider = _provider(request)
    with database.write() as session:
        attempt = oidc.returned(session, state, request.cookies.get(STATE_COOKIE), now_ms)
    if not code:
        raise Unauthenticated("The identity provider did not let you in.")
    # outside of the transaction: the provider may take its time
    who = provider.identity(attempt, code, now_ms)
    role = oidc.role_of(settings, who.groups)
    response = RedirectResponse("/", status_code=303)
    with database.write() as session:
        user = oidc.admitted(session, attempt, who, role, now_ms)
        let_in(session, user, request, response, settings, now_ms)
    response.delete_cookie(STATE_COOKIE, path=PATH)
    return response


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.oidc
    if provider is None:
        raise NotFound("No identity provider is set up here.")
    return provider


def _limits(request: Request) -> Limits:
    limits: Limits = request.app.state.limits
    return limits
