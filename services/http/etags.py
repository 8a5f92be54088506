"""ETags from what is shown: a change is refused when its maker had seen something else (`If-Match`, RFC 9110)."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Response
from pydantic import BaseModel

from services.errors import PreconditionFailed

Shown = TypeVar("Shown", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class EntityTag:
    """The tag that the client holds, and the answer that gets the new one."""

    response: Response
    if_match: str | None = None

    def demand(self, document: BaseModel) -> None:
        """Nothing when no `If-Match` came, or it has this document's tag. Raises PreconditionFailed."""
        if self.if_match is None or self.if_match.strip() == "*":
            return
        if etag_of(document) not in {tag.strip() for tag in self.if_match.split(",")}:
            raise PreconditionFailed

    def on(self, document: Shown) -> Shown:
        """The document, with its tag on the answer."""
        self.response.headers["ETag"] = etag_of(document)
        return document


def etag_of(document: BaseModel) -> str:
    """A strong ETag of the document as it is sent."""
    return f'"{hashlib.sha256(document.model_dump_json().encode()).hexdigest()[:24]}"'


async def _answer_tag(response: Response) -> EntityTag:
    return EntityTag(response)


async def _change_tag(
    response: Response,
    if_match: Annotated[
        str | None, Header(description="The ETag that was read; refused with 412 when it is no longer that.")
    ] = None,
) -> EntityTag:
    return EntityTag(response, if_match)


AnswerTag = Annotated[EntityTag, Depends(_answer_tag)]
"""For reading: puts the tag on the answer."""

ChangeTag = Annotated[EntityTag, Depends(_change_tag)]
"""For changing: also holds what the client saw."""
