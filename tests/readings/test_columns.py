"""Readings as columns: the same answers as row by row, on SQLite and PostgreSQL."""

from services.db.engine import Database
from services.readings import columns, store
from services.readings.rows import Rows
from tests.readings.world import add_demo, sensor_id, take
from tests.support.messages import NOW_MS, message, native

MINUTE_MS = 60_000


def _listed(rows: Rows) -> list[tuple[int | None, ...]]:
    """In the order of `store.Sample`."""
    return [(row[2], row[0], row[1], *row[3:]) for row in rows.tuples()]


def test_columns_say_what_rows_say(database: Database) -> None:
    """Newest readings with and without humidity and battery; a range of two sensors; nobody else's."""
    tenant_id, other_id = add_demo(database), add_demo(database, slug="other")
    for minute in range(3):
        take(database, message(native(sensor="a", at_ms=NOW_MS - minute * MINUTE_MS, humidity_pct=88.1)))
        take(database, message(native(sensor="b", at_ms=NOW_MS - minute * MINUTE_MS, battery_pct=70)))
    ids = [sensor_id(database, "a"), sensor_id(database, "b")]
    span = NOW_MS - 2 * MINUTE_MS, NOW_MS
    with database.read() as session:
        newest = columns.latest(session, tenant_id)
        expected = store.latest(session, tenant_id)
        assert len(newest) == 2
        assert dict(zip(newest.sensor_id.tolist(), newest.measured_at_ms.tolist(), strict=True)) == {
            one: row.measured_at_ms for one, row in expected.items()
        }
        absent = {
            name: sorted(newest.sensor_id[getattr(newest, name) < 0].tolist())
            for name in ("humidity_centi_pct", "battery_pct", "battery_mv", "signal_dbm")
        }
        assert absent == {
            name: sorted(one for one, row in expected.items() if getattr(row, name) is None) for name in absent
        }
        rows = columns.samples(session, tenant_id, ids, *span)
        assert _listed(rows) == [tuple(one) for one in store.samples(session, tenant_id, ids, *span)]
        assert len(rows) == 4
        assert len(columns.latest(session, other_id)) == 0
        assert len(columns.samples(session, other_id, ids, *span)) == 0
