"""Every error leaves as RFC 9457 `application/problem+json`, with the id under which the log knows the request."""

import json
import logging
from collections.abc import Sequence
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from services.errors import (
    ColdchainError,
    FieldFault,
    InvalidInput,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
SHOWN_VALUE_LENGTH = 60

logger = logging.getLogger(__name__)


class FaultDocument(BaseModel):
    """One wrong field."""

    pointer: str = Field(
        description="JSON pointer into the body; `/query/...`, `/path/...` or `/header/...` for the other inputs."
    )
    detail: str
    remedy: str


class ProblemDocument(BaseModel):
    """An error as in RFC 9457. `type` is stable; `detail` is for people and may change."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:coldchain:error:invalid-input",
                "title": "Invalid input",
                "status": 422,
                "detail": "1 field can't be used.",
                "request_id": "5f2c9a2be0c14a3c",
                "errors": [
                    {
                        "pointer": "/weight_g",
                        "detail": "is -5: must be greater than 0.",
                        "remedy": "Send another value.",
                    }
                ],
            }
        }
    )

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FaultDocument] | None = None


def answers(*errors: type[ColdchainError]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may raise ``errors``."""
    documented: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        description = (error.__doc__ or error.title).strip()
        if error.status in documented:
            description = f"{documented[error.status]['description']} Or: {description}"
        documented[error.status] = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
    return documented


def install(app: FastAPI) -> None:
    """Answer every error of this application with a problem document."""
    app.add_exception_handler(ColdchainError, _coldchain_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(DataError, _unstorable)
    described = app.openapi

    def openapi() -> dict[str, Any]:
        # the documents are made by handlers, which the description knows nothing of
        document = _with_plain_names(described())
        schema = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas |= schema.pop("$defs", {}) | {"ProblemDocument": schema}
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _with_plain_names(document: dict[str, Any]) -> dict[str, Any]:
    """Schemas of one name in two features bear their modules' paths; generated clients need names of one word."""
    text = json.dumps(document)
    for name in document.get("components", {}).get("schemas", {}):
        if "__" in name:
            _, feature, *_, own = name.split("__")
            text = text.replace(f'"{name}"', f'"{feature.title()}{own}"').replace(
                f'/{name}"', f'/{feature.title()}{own}"'
            )
    plain: dict[str, Any] = json.loads(text)
    for name, schema in plain.get("components", {}).get("schemas", {}).items():
        if "title" in schema and name not in document["components"]["schemas"]:
            schema["title"] = name  # generators name their classes by it
    document.clear()
    document.update(plain)  # the one that the application keeps
    return document


def problem_response(request_id: str, error: ColdchainError) -> Response:
    """The answer for ``error``, with the headers that its status asks for."""
    headers = dict(error.headers)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="coldchain"'
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after_s)
    document = error.problem() | {"request_id": request_id}
    return JSONResponse(document, error.status, headers, MEDIA_TYPE)


def request_id_of(request: Request) -> str:
    """The id that the log and the answer share."""
    return str(request.scope.get("state", {}).get("request_id", ""))


async def _coldchain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ColdchainError)  # noqa: S101  # what this handler is registered for
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # which host, path or column failed is for the log: a stranger may be asking
        logger.warning("%s: %s", error.code, error.detail)
        error = type(error)()
    return problem_response(request_id_of(request), error)


async def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = [_fault(item) for item in error.errors()]
    count = "1 field" if len(faults) == 1 else f"{len(faults)} fields"
    return problem_response(request_id_of(request), InvalidInput(f"{count} can't be used.", faults=faults))


async def _unstorable(request: Request, error: Exception) -> Response:
    # what no check of ours has caught and the database will not take: out of range, or not its encoding
    logger.warning("the database refused a value: %s", error)
    return problem_response(request_id_of(request), InvalidInput("A value is outside of what can be stored."))


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    known: ColdchainError
    match error.status_code:
        case 404:
            known = NotFound(f"There is nothing at {request.url.path}; see /openapi.json.")
        case 405:
            allowed = _methods_at(request)
            known = MethodNotAllowed(f"{request.method} is not possible here; use {allowed}.")
            known.headers = {"Allow": allowed}
        case 413:
            known = TooLarge(str(error.detail))
        case _:
            known = InvalidInput(str(error.detail))
    return problem_response(request_id_of(request), known)


def faults_of(error: ValidationError) -> list[FieldFault]:
    """The faults that pydantic found, each with a JSON pointer into the value that was checked."""
    return [_fault(dict(item) | {"loc": ("body", *item["loc"])}) for item in error.errors()]


def _methods_at(request: Request) -> str:
    """Every method of this address, where the router would name only those of the first route that has it."""
    scope = dict(request.scope)
    possible = [
        method
        for method in ("DELETE", "GET", "PATCH", "POST", "PUT")
        if any(route.matches(scope | {"method": method})[0] is Match.FULL for route in request.app.routes)
    ]
    return ", ".join(possible)


def _fault(item: dict[str, Any]) -> FieldFault:
    where, *path = item["loc"]
    kind, context = item["type"], item.get("ctx") or {}
    parts = path if where == "body" else [where, *path]
    if kind == "json_invalid":
        return FieldFault("", f"is not JSON: {context.get('error', item['msg'])} at character {path[-1]}.", "Mend it.")
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)
    if kind == "missing":
        return FieldFault(pointer, "is missing.", "Send it.")
    if kind == "extra_forbidden":
        return FieldFault(pointer, "is not a member of this object.", "Remove it, or check its spelling.")
    message = str(context["error"]) if isinstance(context.get("error"), ValueError) else _plain(item["msg"])
    return FieldFault(pointer, f"is {_shown(item.get('input'))}: {message}.", _remedy(item))


def _plain(message: str) -> str:
    for opening in ("Input should be ", "Value error, "):
        if message.startswith(opening):
            return f"{'must be ' if opening.startswith('Input') else ''}{message.removeprefix(opening)}"
    return message[:1].lower() + message[1:]


def _remedy(item: dict[str, Any]) -> str:
    context = item.get("ctx") or {}
    if item["type"] in {"enum", "literal_error"} and isinstance(item.get("input"), str):
        choices = [choice.strip("' ") for choice in str(context.get("expected", "")).replace(" or ", ",").split(",")]
        near = get_close_matches(item["input"], choices, n=1)
        if near:
            return f"Did you mean {near[0]}?"
    return "Send another value."


def _shown(value: Any) -> str:
    """The value as the sender wrote it, cut where it is long; composite values by their kind alone."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return f"a list of {len(value)}"
    if isinstance(value, bytes):
        return "bytes"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN_VALUE_LENGTH else text[:SHOWN_VALUE_LENGTH] + "…"
