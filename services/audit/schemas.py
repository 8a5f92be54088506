"""The journal as it goes out."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from services.http.fields import Document, Instant, PlainText, example

ENTRY = {
    "number": 4711,
    "at": "2026-11-23T05:00:00Z",
    "actor": "user 0b9a7a52-6c1d-4d3e-a8a4-2f6f7a5f9b11 (Somchai)",
    "request_id": "5f2c9a2be0c14a3c",
    "address": "203.0.113.7",
    "operation": "update",
    "object_kind": "shipment",
    "object_id": "7d8c0b3e-2f53-4a0f-9a77-53f2c1d0e6a5",
    "before": {"destination": "Guangzhou, CN"},
    "after": {"destination": "Shenzhen, CN"},
    "reason": "sold on the spot",
    "link": "9f2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f00f",
}


class JournalEntryDocument(Document):
    """One change: who, when, from where, before and after, and the link that covers it and all before it."""

    model_config = example(ENTRY)

    number: int
    at: Instant
    actor: str
    request_id: str
    address: str
    operation: Annotated[str, Field(description="`insert`, `update`, `delete` or `drop`.")]
    object_kind: str
    object_id: str
    before: Annotated[dict[str, Any] | None, Field(description="What differed, as it was.")]
    after: Annotated[dict[str, Any] | None, Field(description="What differs, as it is.")]
    reason: str | None
    link: Annotated[str, Field(description="SHA-256 over the link before and this entry, in hexadecimal.")]


class JournalQuery(BaseModel):
    """Which entries to list."""

    object_kind: Annotated[PlainText | None, Field(max_length=64, description="`shipment`, `lot`, ...")] = None
    object_id: Annotated[PlainText | None, Field(max_length=200)] = None
    actor: Annotated[PlainText | None, Field(max_length=200, description="As it stands in an entry.")] = None
    request_id: Annotated[PlainText | None, Field(max_length=64)] = None
    from_at: Annotated[Instant | None, Field(alias="from")] = None
    to_at: Annotated[Instant | None, Field(alias="to", description="Until before then.")] = None


class ChainStateDocument(Document):
    """Where a chain stood."""

    tenant: str
    chain: Annotated[str, Field(description="`changes` or `readings`.")]
    number: int
    link: str


class CheckpointDocument(Document):
    """A signed statement of where the tenant's chains stand; keep it where this host can't reach it."""

    form: str
    made_at: str
    public_key: Annotated[str, Field(description="Ed25519, URL-safe base64.")]
    chains: list[ChainStateDocument]
    signature: Annotated[str, Field(description="Over the document without it: sorted keys, no spaces, UTF-8.")]
