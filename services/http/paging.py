"""Pages of a list: a cursor that names the last row seen, in the answer and in a `Link` header (RFC 8288).

`paging.after(int, uuid.UUID)` is the key of the last row seen, or None; `paging.fetch` rows are asked of the store;
`page_of(paging, rows, key=..., document=...)` makes the page of them, `sent_page` its bytes where lists are long.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from services.errors import FieldFault, InvalidInput
from services.http.fields import MAX_BIGINT, Document

DEFAULT_LIMIT = 50
MAX_LIMIT = 500

Item = TypeVar("Item")
Row = TypeVar("Row")
Shown = TypeVar("Shown", bound=Document)


class Page(Document, Generic[Item]):
    """Some rows of a list, and where the next ones begin."""

    items: list[Item]
    next_cursor: Annotated[str | None, Field(description="Send it as `cursor` for what follows; null at the end.")]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page was asked for. ``fetch`` rows are needed: one more than shown tells whether there are others."""

    request: Request
    response: Response
    limit: int
    cursor: str | None

    @property
    def fetch(self) -> int:
        return self.limit + 1

    def after(self, *kinds: Callable[[Any], Any]) -> tuple[Any, ...] | None:
        """The key of the last row seen, each part read by its kind; None for the first page. Raises InvalidInput."""
        return None if self.cursor is None else decode_cursor(self.cursor, *kinds)

    def after_code(self) -> str | None:
        """The code of the last row seen, in lists that are by code. Raises InvalidInput."""
        return None if self.cursor is None else str(decode_cursor(self.cursor, str)[0])


def _page_request(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows a page.")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before.")] = None,
) -> PageRequest:
    return PageRequest(request, response, limit, cursor)


Paging = Annotated[PageRequest, Depends(_page_request)]


def page_of(
    paging: PageRequest,
    rows: Sequence[Row],
    *,
    key: Callable[[Row], tuple[Any, ...]],
    document: Callable[[Row], Item],
) -> Page[Item]:
    """The page that ``rows`` make; with more than were asked for, it has a cursor and a `Link: rel="next"`."""
    shown, cursor, headers = _cut(paging, rows, key)
    paging.response.headers.update(headers)
    return Page(items=[document(row) for row in shown], next_cursor=cursor)


def sent_page(
    paging: PageRequest, documents: Sequence[Shown], page: type[Page[Shown]], *, key: Callable[[Shown], tuple[Any, ...]]
) -> Response:
    """The same page as its bytes, of documents that were made of stored columns and need no second check."""
    shown, cursor, headers = _cut(paging, documents, key)
    content = page.model_construct(items=list(shown), next_cursor=cursor).model_dump_json(by_alias=True)
    return Response(content, headers=headers, media_type="application/json")


def _cut(
    paging: PageRequest, rows: Sequence[Row], key: Callable[[Row], tuple[Any, ...]]
) -> tuple[Sequence[Row], str | None, dict[str, str]]:
    """The rows that are shown, the cursor of what follows, and the header that says so."""
    shown = rows[: paging.limit]
    if len(rows) <= paging.limit:
        return shown, None, {}
    cursor = encode_cursor(*key(shown[-1]))
    following = paging.request.url.include_query_params(cursor=cursor)
    target = f"{following.path}?{following.query}"  # relative: right behind any proxy
    return shown, cursor, {"Link": f'<{target}>; rel="next"'}


def encode_cursor(*parts: Any) -> str:
    """A cursor that holds ``parts``: URL-safe text that clients send back unread."""
    text = json.dumps(parts, separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The parts of a cursor, each read by its kind; a part that is null stays None. Raises InvalidInput."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError(cursor)
        read = tuple(None if part is None else kind(part) for kind, part in zip(kinds, parts, strict=True))
        if any(isinstance(part, int) and abs(part) > MAX_BIGINT for part in read) or "\0" in str(read):
            raise ValueError(cursor)
        return read
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error) as error:
        fault = FieldFault("/query/cursor", "is not a cursor of this list.", "Take next_cursor of the page before.")
        raise InvalidInput("The page can't be found.", faults=[fault]) from error
