"""The end of the day: what was sent and done, held against what the database holds."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from services.demo.tally import Tally
from services.demo.truth import Figures, Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What the demo did and was told by the API."""

    figures: Figures
    lots: int
    runs: int
    cancelled: int
    """Runs that a repair has emptied."""

    collected: int
    delivered: int
    unserved: dict[str, str]
    shipments: dict[str, str]
    """Verdict by shipment, as `GET /v1/shipments/{id}/freshness` says it."""

    story: tuple[str, ...] = ()
    repair_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """The summary of a day; `faults` is empty when every figure agrees with SQL and nothing was lost."""

    lots_harvested: int
    runs_planned: int
    lots_collected: int
    lots_left_behind: dict[str, str]
    messages_sent: int
    readings_sent: int
    readings_unique: int
    readings_repeated: int
    readings_late: int
    readings_stored: int
    readings_lost: int
    readings_of_others: int
    dead_letters: dict[str, int]
    shipments_by_verdict: dict[str, int]
    story: tuple[str, ...] = ()
    repair_seconds: float | None = None
    faults: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def reckon(done: Done, tally: Tally, sent: dict[Key, int], stored: dict[Key, int]) -> Reckoning:
    """Compare. ``sent`` and ``stored`` are all readings with their values, the latter by SQL."""
    sensors = {sensor for sensor, _ in sent}
    ours = {key: value for key, value in stored.items() if key[0] in sensors}
    lost = sent.keys() - ours.keys()
    faults = [
        *_differs("readings stored, of those sent", len(sent), len(sent) - len(lost)),
        *_differs("readings stored that nobody sent", 0, len(ours.keys() - sent.keys())),
        *_differs(
            "values that changed on their way", 0, sum(ours[key] != sent[key] for key in sent.keys() & ours.keys())
        ),
        *_differs("conflicting readings", 0, tally.conflicts),
        *_differs("holes in the gateways' message numbers", 0, tally.gaps),
        *_differs("messages in the dead letters", done.figures.malformed, sum(tally.dead_letters.values())),
        *_differs("lots", done.lots, sum(tally.lots.values())),
        *_differs("runs", done.runs, sum(tally.runs.values())),
        *_differs("runs delivered", done.runs - done.cancelled, tally.runs.get("delivered", 0)),
        *_differs("lots loaded", done.collected, tally.stops.get("loaded", 0)),
        *_differs("lots received at hubs", done.delivered, tally.lots.get("received", 0)),
        *_differs("lots left behind", len(done.unserved), tally.lots.get("waiting", 0)),
    ]
    verdicts = dict(Counter(done.shipments.values()))
    if verdicts != tally.shipments:
        faults.append(f"shipments by verdict: the API says {_shown(verdicts)}, SQL says {_shown(tally.shipments)}")
    return Reckoning(
        lots_harvested=done.lots,
        runs_planned=done.runs,
        lots_collected=done.collected,
        lots_left_behind=done.unserved,
        messages_sent=done.figures.messages,
        readings_sent=done.figures.readings,
        readings_unique=len(sent),
        readings_repeated=done.figures.repeated,
        readings_late=done.figures.late,
        readings_stored=len(ours),
        readings_lost=len(lost),
        readings_of_others=len(stored) - len(ours),
        dead_letters=tally.dead_letters,
        shipments_by_verdict=tally.shipments,
        story=done.story,
        repair_seconds=done.repair_seconds,
        faults=faults,
    )


def lines(reckoning: Reckoning) -> list[str]:
    """The summary for people."""
    left = reckoning.lots_left_behind
    told = [
        *reckoning.story,
        f"Runs planned           {reckoning.runs_planned}",
        f"Lots                   {reckoning.lots_harvested} harvested, {reckoning.lots_collected} collected, "
        f"{len(left)} left behind",
        *(f"  {lot}: {reason}" for lot, reason in sorted(left.items())),
        f"Readings               {reckoning.readings_sent:,} sent in {reckoning.messages_sent:,} messages "
        f"({reckoning.readings_repeated:,} twice, {reckoning.readings_late:,} late), "
        f"{reckoning.readings_unique:,} different ones",
        f"Readings stored        {reckoning.readings_stored:,}",
        f"Dead letters           {_shown(reckoning.dead_letters) or 'none'}",
        f"Shipments              {_shown(reckoning.shipments_by_verdict) or 'none'}",
        f"Lost                   {reckoning.readings_lost or 'nothing'}",
    ]
    if reckoning.readings_of_others:
        told.append(f"From your own gateway  {reckoning.readings_of_others:,} readings")
    if reckoning.faults:
        told += ["These figures do not agree with SQL on the database:", *(f"  {fault}" for fault in reckoning.faults)]
    else:
        told.append("Every figure agrees with SQL on the database.")
    return told


def _differs(what: str, expected: int, found: int) -> list[str]:
    return [] if expected == found else [f"{what}: {found} instead of {expected}"]


def _shown(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(counts.items()))
