"""`/v1/channels` and `/v1/deliveries`."""

import uuid
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request

from services.alarms import channels, sending, store
from services.alarms.channel_schemas import (
    ChangedChannel,
    ChannelDocument,
    DeliveryDocument,
    MadeChannelDocument,
    NewChannel,
    Tried,
)
from services.alarms.sealed import Seal
from services.alarms.sending import Transports
from services.errors import Conflict, InvalidInput, NotFound
from services.http.context import AppSettings, Db, NowMs
from services.http.fields import NumberRef
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import require
from services.identity.logic import Caller, Role

router = APIRouter(tags=["channels"])

Reader = Annotated[Caller, require(Role.COORDINATOR, Role.AUDITOR)]
Coordinator = Annotated[Caller, require(Role.COORDINATOR)]


async def _transports(request: Request) -> Transports:
    return cast("Transports", request.app.state.transports)


Ways = Annotated[Transports, Depends(_transports)]


@router.get("/v1/channels")
def list_channels(caller: Reader, database: Db) -> list[ChannelDocument]:
    """Who is told about alarms, and how; by name."""
    with database.read() as session:
        return [ChannelDocument.model_validate(row) for row in store.channels(session, caller.tenant_id)]


@router.post("/v1/channels", status_code=201, responses=answers(InvalidInput, Conflict))
def create_channel(
    new: NewChannel, caller: Coordinator, database: Db, settings: AppSettings, now_ms: NowMs
) -> MadeChannelDocument:
    """Add a channel. A webhook's signing secret is in the answer, this once."""
    seal = Seal(settings.resolved_secret_key())
    with database.write() as session:
        made = channels.add_channel(
            session, caller.tenant_id, new.kind, new.address.get_secret_value(), new.columns(), seal, now_ms
        )
        return MadeChannelDocument(channel=ChannelDocument.model_validate(made.channel), secret=made.secret)


@router.put("/v1/channels/{channel_id}", responses=answers(InvalidInput, NotFound, Conflict))
def change_channel(
    channel_id: uuid.UUID, changed: ChangedChannel, caller: Coordinator, database: Db
) -> ChannelDocument:
    """Change what a channel wants to hear, or stop it with `enabled: false`."""
    with database.write() as session:
        return ChannelDocument.model_validate(
            channels.change_channel(session, caller.tenant_id, channel_id, changed.columns())
        )


@router.post("/v1/channels/{channel_id}/trial", responses=answers(NotFound))
def try_channel(
    channel_id: uuid.UUID, caller: Coordinator, database: Db, settings: AppSettings, now_ms: NowMs, transports: Ways
) -> Tried:
    """Send a message that says it is a trial, and tell whether it arrived."""
    with database.read() as session:
        channel = channels.found(session, caller.tenant_id, channel_id)
    seal = Seal(settings.resolved_secret_key())
    tried = sending.trial(channel, transports, seal, settings.public_url, now_ms)
    return Tried(arrived=tried.state == "sent", answer=tried.answer)


@router.get("/v1/channels/{channel_id}/deliveries", responses=answers(NotFound))
def list_deliveries(channel_id: uuid.UUID, caller: Reader, database: Db, paging: Paging) -> Page[DeliveryDocument]:
    """What was sent over a channel, the newest first."""
    after = paging.after(int)
    with database.read() as session:
        channels.found(session, caller.tenant_id, channel_id)
        rows = store.deliveries(
            session, caller.tenant_id, channel_id, before_id=after[0] if after else None, limit=paging.fetch
        )
    return page_of(paging, rows, key=lambda row: (row.id,), document=DeliveryDocument.model_validate)


@router.post("/v1/deliveries/{delivery_id}/replay", responses=answers(NotFound, Conflict))
def replay_delivery(delivery_id: NumberRef, caller: Coordinator, database: Db, now_ms: NowMs) -> DeliveryDocument:
    """Send a message once more, with the same delivery id."""
    with database.write() as session:
        return DeliveryDocument.model_validate(channels.replay(session, caller.tenant_id, delivery_id, now_ms))
