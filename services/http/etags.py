"""ETags from what is shown: a change is refused when its maker had seen something else (`If-Match`, RFC 9110)."""

import hashlib
from typing import Annotated

from fastapi import Header, Response
from pydantic import BaseModel

from services.errors import PreconditionFailed

IfMatch = Annotated[
    str | None, Header(description="The ETag that was read; the change is refused (412) when it is no longer that.")
]


def etag_of(document: BaseModel) -> str:
    """A strong ETag of the document as it is sent."""
    return f'"{hashlib.sha256(document.model_dump_json().encode()).hexdigest()[:24]}"'


def tagged(response: Response, document: BaseModel) -> None:
    """Put the document's ETag on the answer."""
    response.headers["ETag"] = etag_of(document)


def demand_match(if_match: str | None, document: BaseModel) -> None:
    """Nothing when no `If-Match` came, or it has this document's tag. Raises PreconditionFailed."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag_of(document) not in {tag.strip() for tag in if_match.split(",")}:
        raise PreconditionFailed
