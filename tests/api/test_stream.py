"""The stream of changes: replay after `Last-Event-ID`, own tenant only, closed with the key."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from services.identity import logic
from services.identity.logic import Role
from services.stream.tables import StreamEvent
from tests.support.api import NOON_MS, LiveApi


def happen(api: LiveApi, verdict: str, tenant: str = "klaeng") -> int:
    """A change of some lot's freshness; answers the event's id."""
    with api.database.write() as session:
        tenant_id = api.tenant_id(session, tenant)
        event = StreamEvent(
            tenant_id=tenant_id,
            kind="lot.freshness",
            subject_id=uuid.uuid4(),
            at_ms=NOON_MS,
            document={"verdict": verdict},
        )
        session.add(event)
        session.flush()
        return event.id


@contextmanager
def listening(client: httpx.Client, last_event_id: int | None = None) -> Iterator[Iterator[dict]]:
    """The events that come, each as its fields; the connection's own comment is left out."""
    headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
    with client.stream("GET", "/v1/stream", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[dict]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield fields | {"data": json.loads(fields["data"])}
            fields = {}
        elif fields:
            fields = {}


def test_what_was_missed_is_replayed_in_order(api: LiveApi) -> None:
    """With Last-Event-ID the events after it come first, then the new ones; another tenant's never."""
    seen = happen(api, "on_track")
    missed = [happen(api, "watch"), happen(api, "at_risk")]
    happen(api, "unknown", tenant="trat")
    with listening(api.client(), last_event_id=seen) as events:
        first, second = next(events), next(events)
        later = happen(api, "use_first")
        third = next(events)
    assert [int(event["id"]) for event in (first, second, third)] == [*missed, later]
    assert [event["data"]["verdict"] for event in (first, second, third)] == ["watch", "at_risk", "use_first"]
    assert first["event"] == "lot.freshness"
    assert first["data"]["at"] == "2026-11-23T05:00:00Z"


def test_without_an_id_only_what_comes_is_sent(api: LiveApi) -> None:
    """A new listener starts with now."""
    happen(api, "watch")
    with listening(api.client()) as events:
        later = happen(api, "at_risk")
        assert int(next(events)["id"]) == later


def test_the_stream_ends_with_the_key(api: LiveApi) -> None:
    """A revoked key's listener is cut off by itself."""
    key = api.key(Role.AUDITOR)
    with listening(api.with_key(key), last_event_id=0) as events:
        with api.database.write() as session:
            logic.revoke_key(session, api.tenant_id(session), key.split("_")[1], NOON_MS)
        assert list(events) == []
