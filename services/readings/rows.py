"""The readings of one batch as columns of 64-bit integers: by sensor and time, each key once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from telemetry.reading import Reading

Column = npt.NDArray[np.int64]

ABSENT = -(2**63)
"""What stands in a column where a reading has no value."""

STORED = ("measured_at_ms", "received_at_ms", "sensor_id", "temperature_centi_c", "humidity_centi_pct", "flags")
"""The columns of the table `reading`, in its order."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Readings as the tables want them."""

    measured_at_ms: Column
    received_at_ms: Column
    sensor_id: Column
    temperature_centi_c: Column
    humidity_centi_pct: Column
    flags: Column

    def __len__(self) -> int:
        return len(self.sensor_id)

    def columns(self) -> list[Column]:
        """The columns in the order of `STORED`."""
        return [getattr(self, name) for name in STORED]

    def part(self, wanted: slice | npt.NDArray[np.bool_] | Column) -> "Rows":
        """Some of the rows."""
        return Rows(*(column[wanted] for column in self.columns()))

    def tuples(self) -> list[tuple[int | None, ...]]:
        """The rows one by one, in the order of `STORED`."""
        return tuples_of(self.columns())


@dataclass(frozen=True, slots=True)
class Touched:
    """What a batch did to each of its sensors, by sensor: the newest reading, and the earliest instant touched."""

    sensor_id: Column
    measured_at_ms: Column
    received_at_ms: Column
    temperature_centi_c: Column
    humidity_centi_pct: Column
    flags: Column
    battery_pct: Column
    battery_mv: Column
    signal_dbm: Column
    from_ms: Column


@dataclass(frozen=True, slots=True)
class Arranged:
    """A batch: ``rows`` by sensor and time with distinct keys; ``conflicting``, as they came, contradict one before."""

    rows: Rows
    touched: Touched
    conflicting: list[tuple[int | None, ...]]


def column(values: Sequence[int | None]) -> Column:
    """A column; None becomes `ABSENT`. Raises OverflowError where a number has more than 64 bits."""
    return np.array([ABSENT if value is None else value for value in values], np.int64)


def tuples_of(columns: Sequence[Column]) -> list[tuple[int | None, ...]]:
    """Columns row by row, None where a value is absent."""
    return list(zip(*(_optional(one) for one in columns), strict=True))


def came(readings: Sequence[Reading], sensor_ids: Sequence[int], received_at_ms: Sequence[int]) -> Rows:
    """Readings with the ids of their sensors and their receipts, as they came; keys may repeat."""
    return Rows(
        np.array([reading.measured_at_ms for reading in readings], np.int64),
        np.array(received_at_ms, np.int64),
        np.array(sensor_ids, np.int64),
        np.array([reading.temperature_centi_c for reading in readings], np.int64),
        column([reading.humidity_centi_pct for reading in readings]),
        np.array([reading.flags for reading in readings], np.int64),
    )


def arrange(readings: Sequence[Reading], given: Rows) -> Arranged:
    """Bring readings, of which there is at least one, in order; of those with the same key the first to come stays."""
    sensor_id, measured_at_ms = given.sensor_id, given.measured_at_ms
    order = np.lexsort((measured_at_ms, sensor_id))  # stable: readings with one key stay as they came
    sensors, times = sensor_id[order], measured_at_ms[order]
    is_first = np.ones(len(order), bool)
    is_first[1:] = (sensors[1:] != sensors[:-1]) | (times[1:] != times[:-1])
    kept = order[is_first]
    conflicting = [] if len(kept) == len(order) else _contradicting(given, order, is_first)
    rows = Rows(*(one[kept] for one in given.columns()))
    return Arranged(rows, _touched(rows, readings, kept), conflicting)


def _contradicting(given: Rows, order: Column, is_first: npt.NDArray[np.bool_]) -> list[tuple[int | None, ...]]:
    """The readings that differ from the first one of their key in temperature or humidity, as they came."""
    first_place = np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))
    first = order[first_place]
    differs = (given.temperature_centi_c[order] != given.temperature_centi_c[first]) | (
        given.humidity_centi_pct[order] != given.humidity_centi_pct[first]
    )
    wanted = np.sort(order[differs])
    return tuples_of([one[wanted] for one in given.columns()])


def _touched(rows: Rows, readings: Sequence[Reading], places: Column) -> Touched:
    """Each sensor of the rows, by id: two processes that touch the same sensors then wait instead of deadlocking."""
    newest = np.flatnonzero(np.append(rows.sensor_id[1:] != rows.sensor_id[:-1], True))
    earliest = np.append(0, newest[:-1] + 1)
    latest = [readings[place] for place in places[newest].tolist()]
    return Touched(
        rows.sensor_id[newest],
        rows.measured_at_ms[newest],
        rows.received_at_ms[newest],
        rows.temperature_centi_c[newest],
        rows.humidity_centi_pct[newest],
        rows.flags[newest],
        column([reading.battery_pct for reading in latest]),
        column([reading.battery_mv for reading in latest]),
        column([reading.signal_dbm for reading in latest]),
        rows.measured_at_ms[earliest],
    )


def _optional(values: Column) -> list[int | None]:
    listed: list[int | None] = values.tolist()
    if (values == ABSENT).any():
        return [None if value == ABSENT else value for value in listed]
    return listed
