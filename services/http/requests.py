"""The outermost layer: an id for each request, a line in the log, and no unexpected error past this point."""

import contextvars
import logging
import re
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.db.acting import begin_request, end_request
from services.errors import ColdchainError, TooLarge
from services.http.problems import problem_response

HSTS = "max-age=31536000; includeSubDomains"
"""For a year, where the public address is one of https (RFC 6797)."""

TOKEN_PATHS = ("/g/",)
"""Addresses that open something by themselves: they stand in the log without what opens it."""

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

logger = logging.getLogger(__name__)
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The id of the request being answered, for log lines made anywhere below."""


Counted = Callable[[str, str, int, float], None]
"""Takes method, route, status and seconds of each request."""


def route_of(scope: Scope) -> str:
    """The route that answered, as its template: addresses themselves are without number."""
    return str(getattr(scope.get("route"), "path", "") or "none")


class RequestContext:
    """ASGI layer that names, times, logs and shields every request.

    A request id sent in `X-Request-Id` is kept where it is plain; the answer carries it. An exception that nothing
    below has answered becomes a 500 without its text, which the log has. A body over ``max_body_bytes`` is refused by
    its header before anything is read, and cut off where it comes without one. ``counted`` is told of each request.
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int, counted: Counted, is_https: bool = False) -> None:
        self.is_https = is_https
        self.app = app
        self.counted = counted
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        identity = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = identity
        token = request_id.set(identity)
        acting_before = begin_request(identity, (scope.get("client") or ("",))[0])
        started_s, status, received = time.perf_counter(), 0, 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_body_bytes:
                raise HTTPException(413, f"The body is larger than {self.max_body_bytes} bytes; send it in parts.")
            return message

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                outgoing = MutableHeaders(scope=message)
                outgoing["X-Request-Id"] = identity
                for name, value in SECURITY_HEADERS.items():
                    outgoing.setdefault(name, value)
                outgoing.setdefault("Cache-Control", "no-store")
                if self.is_https:
                    outgoing["Strict-Transport-Security"] = HSTS
            await send(message)

        try:
            length = headers.get("content-length", "")
            if length.isascii() and length.isdigit() and int(length) > self.max_body_bytes:
                too_large = TooLarge(
                    f"The body of {length} bytes is larger than {self.max_body_bytes}; send it in parts."
                )
                await problem_response(identity, too_large)(scope, receive, send_marked)
            else:
                await self.app(scope, receive_limited, send_marked)
        except Exception:
            logger.exception("unexpected error in %s %s", scope["method"], _shown(scope["path"]))
            if status:
                raise  # the answer has begun: only breaking it off says that it is not whole
            error = ColdchainError(f"Something went wrong here; the log knows it as request {identity}.")
            await problem_response(identity, error)(scope, receive, send_marked)
        finally:
            taken_s = time.perf_counter() - started_s
            self.counted(scope["method"], route_of(scope), status, taken_s)
            logger.info("%s %s %d %.1f ms", scope["method"], _shown(scope["path"]), status, taken_s * 1000)
            end_request(acting_before)
            request_id.reset(token)


def _shown(path: str) -> str:
    """The address as the log may have it."""
    return next((f"{start}…" for start in TOKEN_PATHS if path.startswith(start)), path)
