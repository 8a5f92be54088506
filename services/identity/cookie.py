"""The session's cookie: out of reach of scripts, sent to this site alone, and over TLS where the site has it."""

from fastapi import Request, Response

from services.identity.sessions import OpenedSession
from services.settings import Settings

COOKIE = "coldchain_session"


def put_cookie(response: Response, settings: Settings, opened: OpenedSession, now_ms: int) -> None:
    """Hand the session to the browser."""
    response.set_cookie(
        COOKIE,
        opened.token,
        max_age=(opened.expires_at_ms - now_ms) // 1000,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_https(settings),
    )


def drop_cookie(response: Response, settings: Settings) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=_is_https(settings))


def cookie_of(request: Request) -> str | None:
    """The session's token that the browser sent, if any."""
    return request.cookies.get(COOKIE) or None


def _is_https(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")
