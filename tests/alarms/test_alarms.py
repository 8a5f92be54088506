"""Alarms: one a cause, from the first sign until it is cleared."""

import uuid
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.alarms import store
from services.alarms.logic import Cause, Severity, State, activate, clear_alarm, raise_alarm
from services.db.engine import Database
from services.identity import logic as identity
from services.identity.logic import Role
from tests.support.api import NOON_MS, LiveApi

SILENT = Cause("gateway.silent", "gateway", "GW-7")
MINUTE_MS = 60_000
OPEN = (State.PENDING, State.ACTIVE, State.ACKNOWLEDGED)

Raise = Callable[..., uuid.UUID]


@pytest.fixture
def tenant_id(database: Database) -> uuid.UUID:
    with database.write() as session:
        return identity.add_tenant(session, "orchard", "Orchard", NOON_MS).id


@pytest.fixture
def raised(database: Database, tenant_id: uuid.UUID) -> Raise:
    def call(now_ms: int = NOON_MS, severity: Severity = Severity.WARNING, delay_ms: int = 0) -> uuid.UUID:
        with database.write() as session:
            return raise_alarm(
                session,
                tenant_id,
                SILENT,
                severity=severity,
                summary="GW-7 is silent",
                now_ms=now_ms,
                delay_ms=delay_ms,
            )

    return call


def states(database: Database, tenant_id: uuid.UUID) -> list[str]:
    with database.read() as session:
        return [alarm.state for alarm in store.listed(session, tenant_id, states=tuple(State))]


def steps(database: Database, tenant_id: uuid.UUID, alarm_id: uuid.UUID) -> list[str]:
    with database.read() as session:
        return [entry.step for entry in store.history(session, tenant_id, alarm_id)]


def test_a_cause_that_lasts_is_one_alarm(database: Database, tenant_id: uuid.UUID, raised: Raise) -> None:
    """However often a watcher says so, one cause makes one alarm and one line of history."""
    ids = {raised(NOON_MS + minute * MINUTE_MS) for minute in range(5)}
    assert len(ids) == 1
    assert states(database, tenant_id) == ["active"]
    assert steps(database, tenant_id, ids.pop()) == ["raised"]


def test_what_mends_itself_within_the_delay_calls_nobody(
    database: Database, tenant_id: uuid.UUID, raised: Raise
) -> None:
    """A pending alarm whose cause goes away leaves nothing behind."""
    raised(delay_ms=10 * MINUTE_MS)
    assert states(database, tenant_id) == ["pending"]
    with database.write() as session:
        clear_alarm(session, tenant_id, SILENT, NOON_MS + MINUTE_MS)
    assert states(database, tenant_id) == []


def test_what_lasts_longer_than_the_delay_is_raised(database: Database, tenant_id: uuid.UUID, raised: Raise) -> None:
    """The watcher's next word after the delay makes it active; so does the sweep, when no word comes."""
    alarm_id = raised(delay_ms=10 * MINUTE_MS)
    raised(NOON_MS + 9 * MINUTE_MS, delay_ms=10 * MINUTE_MS)
    assert states(database, tenant_id) == ["pending"]
    raised(NOON_MS + 10 * MINUTE_MS, delay_ms=10 * MINUTE_MS)
    assert states(database, tenant_id) == ["active"]
    assert steps(database, tenant_id, alarm_id) == ["raised"]


def test_worse_news_wakes_an_acknowledged_alarm(database: Database, tenant_id: uuid.UUID, raised: Raise) -> None:
    """Who has seen a warning has not seen that it became critical; less bad news leaves it with them."""
    alarm_id = raised()
    with database.write() as session:
        alarm = store.one(session, tenant_id, alarm_id)
        assert alarm is not None
        alarm.state, alarm.acknowledged_by, alarm.acknowledged_at_ms = State.ACKNOWLEDGED, "Somchai", NOON_MS
    raised(NOON_MS + MINUTE_MS, severity=Severity.INFO)
    assert states(database, tenant_id) == ["acknowledged"]
    raised(NOON_MS + 2 * MINUTE_MS, severity=Severity.CRITICAL)
    assert states(database, tenant_id) == ["active"]
    assert steps(database, tenant_id, alarm_id) == ["raised", "worsened"]


def test_a_cause_that_comes_back_is_a_new_alarm(database: Database, tenant_id: uuid.UUID, raised: Raise) -> None:
    """Cleared is cleared: the same cause later has its own record."""
    first = raised()
    with database.write() as session:
        clear_alarm(session, tenant_id, SILENT, NOON_MS + MINUTE_MS)
        clear_alarm(session, tenant_id, SILENT, NOON_MS + MINUTE_MS)
    second = raised(NOON_MS + 2 * MINUTE_MS)
    assert first != second
    assert states(database, tenant_id) == ["active", "cleared"]
    assert steps(database, tenant_id, first) == ["raised", "cleared"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.tuples(
            st.sampled_from(["raise", "worse", "clear", "activate", "acknowledge"]),
            st.integers(0, 3).map(lambda n: n * MINUTE_MS),
        ),
        max_size=12,
    )
)
def test_whatever_happens_there_is_at_most_one_open_alarm(database: Database, words: list[tuple[str, int]]) -> None:
    """Any order of words leaves at most one open alarm a cause, and every cleared one says when."""
    with database.write() as session:
        tenant_id = identity.add_tenant(session, uuid.uuid4().hex, "Orchard", NOON_MS).id
    now_ms = NOON_MS
    for word, later_ms in words:
        now_ms += later_ms
        with database.write() as session:
            if word in {"raise", "worse"}:
                severity = Severity.WARNING if word == "raise" else Severity.CRITICAL
                raise_alarm(
                    session, tenant_id, SILENT, severity=severity, summary="s", now_ms=now_ms, delay_ms=2 * MINUTE_MS
                )
            elif word == "clear":
                clear_alarm(session, tenant_id, SILENT, now_ms)
            else:
                for alarm in store.listed(session, tenant_id, states=OPEN):
                    if word == "activate" and alarm.state == State.PENDING:
                        activate(session, alarm, now_ms)
                    elif word == "acknowledge" and alarm.state == State.ACTIVE:
                        alarm.state, alarm.acknowledged_at_ms = State.ACKNOWLEDGED, now_ms
    with database.read() as session:
        alarms = store.listed(session, tenant_id, states=tuple(State))
        assert sum(alarm.state in OPEN for alarm in alarms) <= 1
        assert all((alarm.cleared_at_ms is not None) == (alarm.state == State.CLEARED) for alarm in alarms)


def test_an_alarm_is_acknowledged_commented_and_cleared_over_http(api: LiveApi) -> None:
    """Who, when and what they said is kept; a second acknowledgement is a conflict that names the first."""
    coordinator = api.client(Role.COORDINATOR)
    with api.database.write() as session:
        tenant_id = api.tenant_id(session)
        raise_alarm(session, tenant_id, SILENT, severity=Severity.CRITICAL, summary="GW-7 is silent", now_ms=NOON_MS)
        raise_alarm(
            session, tenant_id, Cause("sensor.stuck", "sensor", "TH-1"), severity=Severity.INFO, summary="s",
            now_ms=NOON_MS + 1,
        )  # fmt: skip
    newest, silent = coordinator.get("/v1/alarms").json()["items"]
    assert (newest["kind"], silent["kind"]) == ("sensor.stuck", "gateway.silent")
    assert coordinator.get("/v1/alarms/counts").json() == {
        "info": 1, "warning": 0, "critical": 1, "unacknowledged": 2,
    }  # fmt: skip
    url = f"/v1/alarms/{silent['id']}"
    taken = coordinator.post(f"{url}/acknowledged", json={"comment": "Driving there."}).json()
    assert taken["alarm"]["state"] == "acknowledged"
    again = coordinator.post(f"{url}/acknowledged", json={})
    assert again.status_code == 409
    assert taken["alarm"]["acknowledged_by"] in again.json()["detail"]
    coordinator.post(f"{url}/comments", json={"comment": "Dead battery."}).raise_for_status()
    cleared = coordinator.post(f"{url}/cleared", json={"comment": "Battery changed."}).json()
    assert [entry["step"] for entry in cleared["history"]] == ["raised", "acknowledged", "commented", "cleared"]
    assert [alarm["kind"] for alarm in coordinator.get("/v1/alarms").json()["items"]] == ["sensor.stuck"]
    assert [alarm["id"] for alarm in coordinator.get("/v1/alarms?state=cleared").json()["items"]] == [silent["id"]]
    assert coordinator.post(f"{url}/cleared", json={"comment": "again"}).status_code == 409


def test_alarms_are_read_in_pages_and_by_filter(api: LiveApi) -> None:
    """The cursor walks through all of them once; another tenant sees none."""
    coordinator = api.client(Role.COORDINATOR)
    with api.database.write() as session:
        for number in range(5):
            cause = Cause("sensor.silent", "sensor", f"TH-{number}")
            raise_alarm(
                session,
                api.tenant_id(session),
                cause,
                severity=Severity.WARNING,
                summary="s",
                now_ms=NOON_MS + number // 2,
            )
    answer = coordinator.get("/v1/alarms?limit=2")
    seen = [alarm["subject"] for alarm in answer.json()["items"]]
    while "next" in answer.links:
        answer = coordinator.get(answer.links["next"]["url"])
        seen += [alarm["subject"] for alarm in answer.json()["items"]]
    assert sorted(seen) == [f"TH-{number}" for number in range(5)]
    assert len(coordinator.get("/v1/alarms?subject=TH-3&severity=warning").json()["items"]) == 1
    assert api.client(Role.COORDINATOR, "other").get("/v1/alarms").json()["items"] == []


def test_maintenance_is_planned_shown_and_taken_back(api: LiveApi) -> None:
    """An alarm during maintenance is shown, marked as such; times that can't be are refused with their place."""
    coordinator = api.client(Role.COORDINATOR)
    now = api.clock()
    with api.database.write() as session:
        alarm_id = raise_alarm(session, api.tenant_id(session), SILENT, severity=Severity.INFO, summary="s", now_ms=now)
    window = {"starts_at": now - 1, "ends_at": now + 3_600_000, "reason": "New antenna"}
    planned = coordinator.post("/v1/maintenance", json=window | {"subject_kind": "gateway", "subject": "GW-7"}).json()
    assert coordinator.get(f"/v1/alarms/{alarm_id}").json()["in_maintenance"]
    assert [row["id"] for row in coordinator.get("/v1/maintenance").json()] == [planned["id"]]
    assert coordinator.delete(f"/v1/maintenance/{planned['id']}").status_code == 204
    assert not coordinator.get(f"/v1/alarms/{alarm_id}").json()["in_maintenance"]
    wrong = coordinator.post("/v1/maintenance", json=window | {"ends_at": now - 10})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/ends_at")
