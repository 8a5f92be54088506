"""The kept account of a lot: from where to go on, which readings that takes, and the account after them. Pure.

What is kept holds all readings up to `settled_ms`. Where several sensors speak, the newest readings are added anew each
time: others of the same minutes may be on their way, and a pulp reading still to come takes the word from the air. What
comes later than that (a late reading, a review, another custody) has the account replayed from the last checkpoint that
does not hold it yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from services.evidence.spans import ALWAYS_MS, Sample, Voice
from telemetry.freshness import Commodity, Ledger, Policy
from telemetry.freshness.grid import DAY_MS
from telemetry.freshness.positions import Position
from telemetry.freshness.samples import ReplayNeeded
from telemetry.freshness.saved import SavedLedger
from telemetry.freshness.treatment import Treatment, TreatmentKind, as_processed

NEVER_MS = -1
"""Nothing is settled yet."""

SEVERAL_LAG_MS = 900_000
"""How far apart the messages of several sensors that speak for one lot usually come."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Which readings count for a lot, and how: equal bases and equal readings give equal accounts.

    `voices` are (sensor_id, position, from ms, until before ms); `treatments` are (kind, from ms, to ms). Pulp takes
    the word from the air within `reach_ms`; the newest `lag_ms` are not settled.
    """

    interval_s: int
    reach_ms: int
    lag_ms: int
    voices: tuple[tuple[int, str, int, int], ...]
    treatments: tuple[tuple[str, int, int], ...] = ()
    inspections: tuple[int, ...] = ()

    @classmethod
    def of(
        cls, spoken: Sequence[Voice], interval_s: int, treatments: Iterable[Treatment], inspections: Iterable[int]
    ) -> "Basis":
        """From the voices that speak for the lot and what happened to it."""
        pulp = [voice.expected_interval_s for voice in spoken if voice.position is Position.PULP]
        reach_ms = max(pulp) * 1000 if 0 < len(pulp) < len(spoken) else 0
        return cls(
            interval_s=interval_s,
            reach_ms=reach_ms,
            lag_ms=max(2 * reach_ms, SEVERAL_LAG_MS) if len(spoken) > 1 else 0,
            voices=tuple(sorted((one.sensor_id, one.position.value, one.from_ms, one.to_ms) for one in spoken)),
            treatments=tuple(sorted((one.kind.value, one.from_ms, one.to_ms) for one in treatments)),
            inspections=tuple(sorted(set(inspections))),
        )

    def differs_from_ms(self, other: "Basis") -> int | None:
        """The first instant for which the two count readings differently; None when they are the same."""
        if self == other:
            return None
        if (self.interval_s, self.reach_ms) != (other.interval_s, other.reach_ms):
            return 0
        first = [at_ms for at_ms in set(self.inspections) ^ set(other.inspections)]
        first += [from_ms for _, from_ms, _ in set(self.treatments) ^ set(other.treatments)]
        mine, theirs = ({voice[:3]: voice[3] for voice in basis.voices} for basis in (self, other))
        first += [key[2] for key in mine.keys() ^ theirs.keys()]
        first += [min(mine[key], theirs[key]) for key in mine.keys() & theirs.keys() if mine[key] != theirs[key]]
        return min(first, default=0)

    def document(self) -> dict[str, Any]:
        """JSON."""
        return {
            "interval_s": self.interval_s,
            "reach_ms": self.reach_ms,
            "lag_ms": self.lag_ms,
            "voices": self.voices,
            "treatments": self.treatments,
            "inspections": self.inspections,
        }

    @classmethod
    def read(cls, document: dict[str, Any]) -> "Basis":
        """What `document` wrote."""
        return cls(
            interval_s=document["interval_s"],
            reach_ms=document["reach_ms"],
            lag_ms=document["lag_ms"],
            voices=tuple((sensor, position, begins, ends) for sensor, position, begins, ends in document["voices"]),
            treatments=tuple((kind, begins, ends) for kind, begins, ends in document["treatments"]),
            inspections=tuple(document["inspections"]),
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a lot's account."""

    basis: Basis
    settled_ms: int
    state: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class Begun:
    """An account to go on with: it holds all readings up to `settled_ms`; later ones are to be added.

    Checkpoints after `valid_until_ms` are out of date; None where all stand.
    """

    ledger: Ledger
    settled_ms: int
    valid_until_ms: int | None


@dataclass(frozen=True, slots=True)
class Advanced:
    """A lot's account after the newest readings, and what is to be stored of it: None when nothing has changed."""

    ledger: Ledger
    kept: Kept | None
    checkpoints: tuple[tuple[int, bytes], ...]
    valid_until_ms: int | None


def go_on(commodity: Commodity, policy: Policy, basis: Basis, kept: Kept | None, touched_ms: int | None) -> Begun | int:
    """The kept account to go on with, or the instant before which a checkpoint must lie (0: begin anew).

    `touched_ms` is the earliest instant of which there are readings that the kept account may not know.
    """
    if kept is None:
        return 0
    try:
        ledger = _restored(commodity, policy, kept.state)
    except ReplayNeeded:
        return 0
    differs_ms = basis.differs_from_ms(kept.basis)
    if differs_ms is not None and differs_ms <= kept.settled_ms + basis.reach_ms:
        return max(0, (differs_ms if touched_ms is None else min(differs_ms, touched_ms)) - basis.reach_ms)
    if touched_ms is None or touched_ms > kept.settled_ms + basis.reach_ms:
        return Begun(ledger, kept.settled_ms, None)
    return max(0, touched_ms - basis.reach_ms)


def replay_from(commodity: Commodity, policy: Policy, checkpoint: tuple[int, bytes] | None) -> Begun:
    """The account of a checkpoint, or an empty one where there is none of this model."""
    if checkpoint is not None:
        at_ms, state = checkpoint
        try:
            return Begun(_restored(commodity, policy, state), at_ms, at_ms)
        except ReplayNeeded:
            pass  # saved under another model, catalogue or policy: the readings themselves are there
    return Begun(Ledger(commodity, policy), NEVER_MS, NEVER_MS)


def advance(begun: Begun, basis: Basis, spoken: Iterable[Sample], instant_ms: int) -> Advanced:
    """Add the readings that speak for the lot up to an instant, and all inspections; what is known changes nothing.

    At the end of each day of readings a checkpoint is left.
    """
    ledger, new = begun.ledger, [one for one in spoken if begun.settled_ms < one[0] <= instant_ms]
    if basis.treatments:
        new = as_processed(ledger.commodity, new, treatments_of(basis))
    new.sort()
    settles_ms = max(begun.settled_ms, new[-1][0] - basis.lag_ms) if new else begun.settled_ms
    settled = [one for one in new if one[0] <= settles_ms]
    checkpoints = []
    reached_ms = begun.settled_ms
    for day, readings in groupby(settled, key=lambda one: one[0] // DAY_MS):
        if NEVER_MS < reached_ms < day * DAY_MS:
            ends_ms = (reached_ms // DAY_MS + 1) * DAY_MS - 1
            _inspect(ledger, basis, begun.settled_ms, ends_ms)
            checkpoints.append((ends_ms, ledger.save().to_bytes()))
        ledger.extend(list(readings))
        reached_ms = max(reached_ms, min(settles_ms, (day + 1) * DAY_MS - 1))
    _inspect(ledger, basis, begun.settled_ms, settles_ms)
    kept = None
    if settled or begun.valid_until_ms is not None or begun.settled_ms == NEVER_MS:
        kept = Kept(basis, settles_ms, ledger.save().to_bytes(), ledger.digest())
    ledger.extend([one for one in new if one[0] > settles_ms])
    _inspect(ledger, basis, settles_ms, ALWAYS_MS)
    return Advanced(ledger, kept, tuple(checkpoints), begun.valid_until_ms)


def treatments_of(basis: Basis) -> list[Treatment]:
    """The treatments of a basis."""
    return [Treatment(TreatmentKind(kind), from_ms, to_ms) for kind, from_ms, to_ms in basis.treatments]


def _inspect(ledger: Ledger, basis: Basis, after_ms: int, until_ms: int) -> None:
    for at_ms in basis.inspections:
        if after_ms < at_ms <= until_ms:
            ledger.inspect(at_ms)


def _restored(commodity: Commodity, policy: Policy, state: bytes) -> Ledger:
    ledger = Ledger.restore(commodity, SavedLedger.from_bytes(state))
    if ledger.policy != policy:
        raise ReplayNeeded("kept under another policy; replay from the readings")
    return ledger
