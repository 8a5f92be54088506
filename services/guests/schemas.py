"""Links for guests as they go in and out."""

import uuid
from typing import Annotated, Literal

from pydantic import Field

from services.http.fields import Document, Instant, NameText, Payload, example

State = Literal["in force", "expired", "revoked"]


class NewLink(Payload):
    """Who the link is for, and until when."""

    model_config = example({"name": "Guangzhou Fresh, quality desk", "expires_at": "2026-12-07T00:00:00Z"})

    name: Annotated[NameText, Field(description="Who gets it; only you see this.")]
    expires_at: Annotated[Instant | None, Field(description="Default: 14 days from now.")] = None


class LinkDocument(Document):
    """A link, without the token that opens it."""

    id: uuid.UUID
    name: str
    state: State
    created_by: str
    created_at: Instant
    expires_at: Instant
    opened: Annotated[int, Field(description="How often the page was asked for.")]
    last_opened_at: Instant | None


class MadeLinkDocument(LinkDocument):
    """A new link with its address, which is shown this once."""

    url: str
