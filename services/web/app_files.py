"""The built app under `/app/`: files by name, compressed at build, kept for good where their name has a digest.

Every other address below `/app/` answers the same page, which shows what the address asks for.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.web.headers import SECURITY_HEADERS

router = APIRouter(include_in_schema=False)

APP_HEADERS = SECURITY_HEADERS | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
}
"""As on the other pages; fonts are our own, and pictures may be drawn by the page itself."""

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""The better first."""

HASHED = "assets/"
INDEX = "index.html"
NOT_BUILT = (
    '<!doctype html><html lang="en"><title>Not built</title><h1>The app is not built here</h1>'
    "<p>Run <code>.ci/web run</code> in the checkout and start the server again; "
    'meanwhile <a href="/overview">the overview</a> works without it.</p></html>'
)


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One file of the build: its bytes plain and compressed, by encoding."""

    content_type: str
    tag: str
    bodies: dict[str, bytes]


@router.get("/app")
def app_without_slash() -> Response:
    """The app's own address ends with a slash."""
    return RedirectResponse("/app/", status_code=308, headers=APP_HEADERS)


@router.get("/app/{path:path}")
def app_file(path: str, request: Request) -> Response:
    """A file of the app, or its page for every address inside it."""
    known = built()
    found = known.get(path)
    if found is None:
        if path.startswith(HASHED):
            return Response(status_code=404, headers=APP_HEADERS)
        path, found = INDEX, known.get(INDEX)
    if found is None:
        return HTMLResponse(NOT_BUILT, status_code=503, headers=APP_HEADERS)
    headers = APP_HEADERS | {"ETag": found.tag, "Vary": "Accept-Encoding"}
    if path.startswith(HASHED):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if request.headers.get("if-none-match") == found.tag:
        return Response(status_code=304, headers=headers)
    encoding = chosen(request.headers.get("accept-encoding", ""), found)
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(found.bodies[encoding], media_type=found.content_type, headers=headers)


def is_built() -> bool:
    """Whether there is an app to show."""
    return INDEX in built()


@cache
def built() -> dict[str, BuiltFile]:
    """Every file of the build by its path; empty where none was made."""
    return read(Path(str(files(__package__) / "static")))


def read(directory: Path) -> dict[str, BuiltFile]:
    """The files of a build by their path, each with its compressed forms."""
    found = {}
    for file in sorted(directory.rglob("*")):
        content_type = CONTENT_TYPES.get(file.suffix)
        if content_type is None or not file.is_file():
            continue
        body = file.read_bytes()
        bodies = {"": body}
        for encoding, suffix in ENCODINGS:
            beside = file.with_name(file.name + suffix)
            if beside.exists():
                bodies[encoding] = beside.read_bytes()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        found[file.relative_to(directory).as_posix()] = BuiltFile(content_type, tag, bodies)
    return found


def chosen(accepted: str, file: BuiltFile) -> str:
    """The best encoding of ``file`` that an `Accept-Encoding` takes (RFC 9110, section 12.5.3); "" for none."""
    offered = {}
    for part in accepted.split(","):
        name, _, parameters = part.strip().partition(";")
        quality = parameters.strip().removeprefix("q=") if parameters else "1"
        offered[name.strip().lower()] = quality.replace(".", "").strip("0") != ""
    return next((name for name, _ in ENCODINGS if name in file.bodies and offered.get(name, False)), "")
