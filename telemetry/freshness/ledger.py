"""The exact account of one lot or shipment, the same bits whatever the order, the repeats and the batching of
its readings.

Sums are integers: a short interval between trusted readings adds its length to the cells of both ends (the
trapezoid rule on any rate), any other interval a `Segment`. A late reading takes back one interval and adds
two. What depends on the whole course (the alarms) is replayed from a checkpoint. Two trusted readings of one
instant that disagree: the warmer one stands in the course, the other beside it as a doubt.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, fields
from itertools import pairwise

import numpy as np

from telemetry.freshness.assessment import MODEL_VERSION
from telemetry.freshness.bulk import Ints, course, dwell_in, plain_intervals
from telemetry.freshness.excursions import Alarms, detectors
from telemetry.freshness.figures import Commodity
from telemetry.freshness.gaps import Doubt, DoubtfulValue, Segment, Surroundings, doubted, gap
from telemetry.freshness.grid import cell_of
from telemetry.freshness.policy import Policy
from telemetry.freshness.samples import (
    CLOCK_FLAGS,
    DRIFT_CENTI_C,
    DRIFT_FLAGS,
    VALUE_FLAGS,
    HistorySealed,
    Sample,
    StateOutdated,
)
from telemetry.freshness.saved import SavedLedger, Tally
from telemetry.freshness.track import BULK_FROM, AlarmTrack

_SUMS = tuple(field.name for field in fields(Segment))


class Ledger:
    """The account of one commodity's readings under one policy.

    `add` takes one reading: O(1) when it is the newest, O(log n) comparisons when it is late. `extend` takes
    many at once.
    """

    def __init__(self, commodity: Commodity, policy: Policy | None = None) -> None:
        self.commodity = commodity
        self.policy = policy or Policy()
        self._around = Surroundings.of(commodity, self.policy)
        self._limit_ms = self._around.gap_limit_ms
        self._times: list[int] = []
        self._centis: list[int] = []
        self._doubts: list[DoubtfulValue] = []
        self._dwell: dict[int, int] = {}
        self._sums = dict.fromkeys(_SUMS, 0)
        self._first: tuple[int, int] | None = None
        self._coldest: int | None = None
        self._warmest: int | None = None
        self._track = AlarmTrack(detectors(commodity, self.policy), self._times, self._centis)
        self._sealed_readings = 0
        self._sealed_doubts = dict.fromkeys(Doubt, 0)

    def add(self, measured_at_ms: int, temperature_centi_c: int, flags: int = 0) -> bool:
        """Take one reading; False if it was known. Raises `HistorySealed`."""
        if flags:
            if flags & CLOCK_FLAGS:
                return self._doubt((measured_at_ms, temperature_centi_c, Doubt.CLOCK))
            if flags & VALUE_FLAGS:
                return self._doubt((measured_at_ms, temperature_centi_c, Doubt.VALUE))
            if flags & DRIFT_FLAGS:
                self._doubt((measured_at_ms, temperature_centi_c - DRIFT_CENTI_C, Doubt.VALUE))
                self._doubt((measured_at_ms, temperature_centi_c + DRIFT_CENTI_C, Doubt.VALUE))
        times = self._times
        if times and measured_at_ms <= times[-1]:
            return self._late(measured_at_ms, temperature_centi_c)
        times.append(measured_at_ms)
        self._centis.append(temperature_centi_c)
        self._widen(temperature_centi_c)
        if len(times) > 1:
            self._account(len(times) - 2, 1)
        self._track.appended()
        return True

    def extend(self, samples: Iterable[Sample]) -> None:
        """Take many readings in any order, repeats and all. Raises `HistorySealed`, taking none."""
        batch = samples if isinstance(samples, Sequence) else list(samples)
        if len(batch) < BULK_FROM:
            self._refuse_sealed(min((sample[0] for sample in batch), default=None))
            for measured_at_ms, temperature_centi_c, flags in batch:
                self.add(measured_at_ms, temperature_centi_c, flags)
            return
        columns = np.array(batch, dtype=np.int64)
        self.extend_columns(columns[:, 0], columns[:, 1], columns[:, 2])

    def extend_columns(self, measured_at_ms: Ints, temperature_centi_c: Ints, flags: Ints) -> None:
        """`extend` on three columns of equal length."""
        if not len(measured_at_ms):
            return
        times, centis, marks = (np.asarray(c, dtype=np.int64) for c in (measured_at_ms, temperature_centi_c, flags))
        self._refuse_sealed(int(times.min()))
        in_bulk = not self._times or int(times.min()) > self._times[-1]
        if not in_bulk and self._sealed_readings:
            for at_ms, centi, mark in zip(times.tolist(), centis.tolist(), marks.tolist(), strict=True):
                self.add(at_ms, centi, mark)
            return
        if not in_bulk:
            known = [doubt for doubt in self._doubts if doubt[2] is Doubt.CONFLICT]
            self._doubts = [doubt for doubt in self._doubts if doubt[2] is not Doubt.CONFLICT]
            times = np.concatenate([times, self._times, np.array([doubt[0] for doubt in known], dtype=np.int64)])
            centis = np.concatenate([centis, self._centis, np.array([doubt[1] for doubt in known], dtype=np.int64)])
            marks = np.concatenate([marks, np.zeros(len(times) - len(marks), dtype=np.int64)])
            self._forget_course()
        self._take_doubts(times, centis, marks)
        trusted = (marks & (CLOCK_FLAGS | VALUE_FLAGS)) == 0
        self._take_course(times[trusted], centis[trusted])

    def inspect(self, at_ms: int) -> None:
        """Record that somebody inspected the produce: latched alarms before that instant are released."""
        self._refuse_sealed(at_ms)
        self._track.inspect(at_ms)

    def tally(self) -> Tally:
        """The sums, in a form in which equal accounts are equal."""
        return Tally(
            dwell=tuple(sorted((cell, half_ms) for cell, half_ms in self._dwell.items() if half_ms)),
            sums=Segment(**self._sums),
            trusted=self._sealed_readings + len(self._times),
            doubts=sum(self._sealed_doubts.values()) + len(self._doubts),
            first_ms=self._first[0] if self._first else None,
            last_ms=self._times[-1] if self._times else None,
            coldest_centi_c=self._coldest,
            warmest_centi_c=self._warmest,
        )

    def alarms(self) -> Alarms:
        """The alarms after the newest reading and all inspections; replayed as far as late readings need it."""
        return self._track.current()

    @property
    def first(self) -> tuple[int, int] | None:
        """The oldest trusted reading."""
        return self._first

    @property
    def last(self) -> tuple[int, int] | None:
        """The newest trusted reading."""
        return (self._times[-1], self._centis[-1]) if self._times else None

    @property
    def watermark_ms(self) -> int | None:
        """The newest instant that any reading, trusted or not, speaks of."""
        newest = [self._times[-1]] if self._times else []
        return max((*newest, *(doubt[0] for doubt in self._doubts[-1:])), default=None)

    def doubt_counts(self) -> dict[Doubt, int]:
        """How many doubted values there are, by why."""
        return {why: self._sealed_doubts[why] + sum(doubt[2] is why for doubt in self._doubts) for why in Doubt}

    def recent(self, count: int) -> list[int]:
        """The newest trusted temperatures, 0.01 °C."""
        return self._centis[-count:]

    def doubts_after(self, at_ms: int) -> Sequence[DoubtfulValue]:
        """The doubted values at or after an instant."""
        return self._doubts[bisect_left(self._doubts, (at_ms,)) :]

    def intervals(self) -> Iterator[tuple[int, int, int, bool]]:
        """(from ms, to ms, loss in half femto-lives, observed) of every interval. Raises `HistorySealed` on a
        restored one."""
        if self._sealed_readings:
            raise HistorySealed(self._first[0] if self._first else 0, self._times[0])
        loss, cells = self._around.table.loss, [cell_of(centi) for centi in self._centis]
        for index, (from_ms, to_ms) in enumerate(pairwise(self._times)):
            half_loss = (to_ms - from_ms) * (loss[cells[index]] + loss[cells[index + 1]])
            yield from_ms, to_ms, half_loss, to_ms - from_ms <= self._limit_ms

    def digest(self) -> str:
        """SHA-256 of the account: equal for equal readings, however they came and wherever they were saved between."""
        watches, level, _ = self.alarms().freeze()
        tally, events = self.tally(), self.alarms().events()
        account = [
            [MODEL_VERSION, self.commodity.catalogue_sha256, self.commodity.commodity_id, self.commodity.stage],
            astuple(self.policy),
            [tally.dwell, [self._sums[name] for name in _SUMS], tally.trusted, tally.doubts],
            [tally.first_ms, tally.last_ms, tally.coldest_centi_c, tally.warmest_centi_c],
            [self._first, self.last, self.watermark_ms, sorted(self.doubt_counts().items())],
            [watches, level, [astuple(event) for event in events]],
        ]
        return hashlib.sha256(json.dumps(account, separators=(",", ":")).encode()).hexdigest()

    def save(self, keep: int = 64) -> SavedLedger:
        """The state to go on from, with the newest readings (at least `keep`, about 300 at most) and the older
        ones summed up."""
        point = self._track.seal(keep)
        first = max(point[0] - 1, 0)
        tail_doubts = self.doubts_after(self._times[first]) if first else self._doubts
        dropped = self._doubts[: len(self._doubts) - len(tail_doubts)]
        then = self._track.state_at(point)
        return SavedLedger(
            model_version=MODEL_VERSION,
            catalogue_sha256=self.commodity.catalogue_sha256,
            commodity_id=self.commodity.commodity_id,
            stage=self.commodity.stage,
            policy=self.policy,
            tally=self.tally(),
            first=self._first,
            sealed_readings=self._sealed_readings + first,
            sealed_doubts={why: self._sealed_doubts[why] + sum(d[2] is why for d in dropped) for why in Doubt},
            tail=tuple(zip(self._times[first:], self._centis[first:], strict=True)),
            tail_doubts=tuple(tail_doubts),
            inspections=self._track.inspections[point[1] :],
            watches=then.freeze(),
            events=then.events(),
        )

    @classmethod
    def restore(cls, commodity: Commodity, saved: SavedLedger) -> "Ledger":
        """The ledger that was saved. Raises `StateOutdated` where model, catalogue or commodity have changed since."""
        now = (MODEL_VERSION, commodity.catalogue_sha256, commodity.commodity_id, commodity.stage)
        then = (saved.model_version, saved.catalogue_sha256, saved.commodity_id, saved.stage)
        if now != then:
            raise StateOutdated(f"saved under {then}, asked for under {now}; replay from the readings")
        ledger = cls(commodity, saved.policy)
        ledger._times.extend(at_ms for at_ms, _ in saved.tail)
        ledger._centis.extend(centi for _, centi in saved.tail)
        ledger._doubts = list(saved.tail_doubts)
        ledger._dwell = dict(saved.tally.dwell)
        ledger._sums = {name: getattr(saved.tally.sums, name) for name in _SUMS}
        ledger._first, ledger._sealed_readings = saved.first, saved.sealed_readings
        ledger._sealed_doubts = dict(saved.sealed_doubts)
        ledger._coldest, ledger._warmest = saved.tally.coldest_centi_c, saved.tally.warmest_centi_c
        ledger._track.resume(saved.watches, saved.events, saved.inspections, stepped=1 if saved.sealed_readings else 0)
        return ledger

    def _refuse_sealed(self, oldest_ms: int | None) -> None:
        if self._sealed_readings and oldest_ms is not None and oldest_ms <= self._times[0]:
            raise HistorySealed(oldest_ms, self._times[0])

    def _late(self, at_ms: int, centi: int) -> bool:
        place = bisect_left(self._times, at_ms)
        self._refuse_sealed(at_ms)
        if self._times[place] == at_ms:
            standing = self._centis[place]
            if centi <= standing:
                return centi != standing and self._doubt((at_ms, centi, Doubt.CONFLICT), trusted=True)
            self._around_place(place, -1)
            self._centis[place] = centi
            self._around_place(place, 1)
            self._doubt((at_ms, standing, Doubt.CONFLICT), trusted=True)
            self._widen(centi)
        else:
            if place > 0:
                self._account(place - 1, -1)
            self._times.insert(place, at_ms)
            self._centis.insert(place, centi)
            self._around_place(place, 1)
            self._widen(centi)
        self._track.changed(place)
        return True

    def _doubt(self, doubt: DoubtfulValue, *, trusted: bool = False) -> bool:
        self._refuse_sealed(doubt[0])
        place = bisect_left(self._doubts, doubt)
        if place < len(self._doubts) and self._doubts[place] == doubt:
            return False
        if trusted:
            self._widen(doubt[1])
        first, last = self._touched(doubt[0])
        for index in range(first, last):
            self._account(index, -1)
        self._doubts.insert(place, doubt)
        for index in range(first, last):
            self._account(index, 1)
        return True

    def _touched(self, at_ms: int) -> tuple[int, int]:
        """The half-open range of intervals that hold an instant, ends included."""
        return max(bisect_left(self._times, at_ms) - 1, 0), min(bisect_right(self._times, at_ms), len(self._times) - 1)

    def _around_place(self, place: int, sign: int) -> None:
        if place > 0:
            self._account(place - 1, sign)
        if place + 1 < len(self._times):
            self._account(place, sign)

    def _account(self, index: int, sign: int) -> None:
        """Add (or, with sign -1, take back) the interval from reading `index` to the next."""
        from_ms, to_ms = self._times[index], self._times[index + 1]
        from_cell, to_cell = cell_of(self._centis[index]), cell_of(self._centis[index + 1])
        dt_ms = to_ms - from_ms
        doubts = (
            self._doubts
            and self._doubts[bisect_left(self._doubts, (from_ms,)) : bisect_left(self._doubts, (to_ms + 1,))]
        )
        sums = self._sums
        if dt_ms <= self._limit_ms:
            self._dwell[from_cell] = self._dwell.get(from_cell, 0) + sign * dt_ms
            self._dwell[to_cell] = self._dwell.get(to_cell, 0) + sign * dt_ms
            if not doubts:
                sums["seen_ms"] += sign * dt_ms
                return
            segment = doubted(self._around, from_cell, to_cell, dt_ms, doubts)
        else:
            segment = gap(self._around, from_cell, to_cell, dt_ms, doubts or ())
        for name, value in zip(_SUMS, astuple(segment), strict=True):
            sums[name] += sign * value

    def _widen(self, centi: int) -> None:
        if self._coldest is None or centi < self._coldest:
            self._coldest = centi
        if self._warmest is None or centi > self._warmest:
            self._warmest = centi
        if not self._sealed_readings:
            self._first = self._times[0], self._centis[0]

    def _forget_course(self) -> None:
        self._times.clear()
        self._centis.clear()
        self._dwell, self._sums = {}, dict.fromkeys(_SUMS, 0)
        self._track.changed(0)

    def _take_doubts(self, times: Ints, centis: Ints, marks: Ints) -> None:
        found = set(self._doubts)
        for at_ms, centi, mark in zip(*(column[marks != 0].tolist() for column in (times, centis, marks)), strict=True):
            if mark & CLOCK_FLAGS:
                found.add((at_ms, centi, Doubt.CLOCK))
            elif mark & VALUE_FLAGS:
                found.add((at_ms, centi, Doubt.VALUE))
            elif mark & DRIFT_FLAGS:
                found |= {(at_ms, centi + side, Doubt.VALUE) for side in (-DRIFT_CENTI_C, DRIFT_CENTI_C)}
        self._doubts = sorted(found)

    def _take_course(self, times: Ints, centis: Ints) -> None:
        """Take in trusted readings that are all newer than what is known."""
        if not len(times):
            return
        times, centis, conflicts = course(times, centis)
        self._doubts = sorted({*self._doubts, *((at_ms, centi, Doubt.CONFLICT) for at_ms, centi in conflicts)})
        start = len(self._times)
        self._times.extend(times.tolist())
        self._centis.extend(centis.tolist())
        for centi in (int(centis.min()), int(centis.max()), *(centi for _, centi in conflicts)):
            self._widen(centi)
        begin = max(start - 1, 0)
        if start:
            times, centis = np.append(self._times[begin], times), np.append(self._centis[begin], centis)
        doubt_times = np.array([doubt[0] for doubt in self.doubts_after(self._times[begin])], dtype=np.int64)
        plain = plain_intervals(times, doubt_times, self._limit_ms)
        for cell, half_ms in dwell_in(times, centis, plain):
            self._dwell[cell] = self._dwell.get(cell, 0) + half_ms
        self._sums["seen_ms"] += int((np.diff(times) * plain).sum())
        for offset in np.flatnonzero(~plain).tolist():
            self._account(begin + offset, 1)
