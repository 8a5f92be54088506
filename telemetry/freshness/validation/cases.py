"""Published observations that can judge a shelf-life model: what kept how long at which temperatures, and who says so.

`cases.csv` has one observation a row, `sources.csv` the work it comes from, `excluded.csv` what was read and left out,
with the reason. A profile is written `10C 24h > 5C`: a day at 10 °C, then 5 °C to the end.
"""

import csv
import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

DRY_BELOW_PCT = 75.0
"""Mean relative humidity under which a case is judged apart: drying ends it, whatever the temperature. Our choice."""

_SEGMENT = re.compile(r"(-?\d+(?:\.\d+)?)C(?: (\d+(?:\.\d+)?)h)?")


class CaseFault(ValueError):
    """A row of the validation data can't be used; the message names the file, the line and the remedy."""


class SourceKind(StrEnum):
    """What sort of work a source is. Only an experiment may judge: handbooks and reviews restate others' figures."""

    EXPERIMENT = "experiment"
    HANDBOOK = "handbook"
    REVIEW = "review"


class Access(StrEnum):
    """How the figure was obtained: its text was seen at `url`, or it is remembered from the literature."""

    READ = "read"
    RECALLED = "recalled"


class Use(StrEnum):
    """Development cases may be looked at while building the model; judging cases may not."""

    DEVELOPMENT = "development"
    JUDGING = "judging"


class Endpoint(StrEnum):
    """What was observed: the end of acceptable quality, or the first chilling injury."""

    LIFE = "life"
    INJURY = "injury"


class EndedBy(StrEnum):
    """What ends, or would end, the life in the case."""

    SENESCENCE = "senescence"
    CHILLING = "chilling"


class Relation(StrEnum):
    """How the observed days are meant. `at_least`: still good then; `at_most`: already bad then."""

    EXACT = "exact"
    RANGE = "range"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Setting(StrEnum):
    """The group a case is scored in."""

    CONSTANT = "constant"
    CHILLING = "chilling"
    DYNAMIC = "dynamic"
    DRY = "dry"


@dataclass(frozen=True, slots=True)
class Work:
    """A published work that cases come from. `authors` are separated by semicolons, surname first."""

    source_id: str
    kind: SourceKind
    authors: str
    year: str
    title: str
    where: str
    access: Access
    use: Use
    url: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch at one temperature; `hours` is None in the last one, which holds to the end."""

    temperature_c: float
    hours: float | None


@dataclass(frozen=True, slots=True)
class Case:
    """One observation. Days count from the start of the profile; `low_days` or `high_days` is None where one-sided."""

    case_id: str
    work: Work
    commodity_id: str
    stage: str
    profile: tuple[Segment, ...]
    endpoint: Endpoint
    ended_by: EndedBy
    relation: Relation
    low_days: float | None
    high_days: float | None
    humidity_pct: float | None
    cultivar: str
    note: str

    @property
    def setting(self) -> Setting:
        if self.humidity_pct is not None and self.humidity_pct < DRY_BELOW_PCT:
            return Setting.DRY
        if len(self.profile) > 1:
            return Setting.DYNAMIC
        return Setting.CHILLING if self.ended_by is EndedBy.CHILLING else Setting.CONSTANT

    @property
    def observed_days(self) -> float | None:
        """The observed value, the geometric middle of a range; None for a one-sided observation."""
        if self.low_days is None or self.high_days is None:
            return None
        return math.sqrt(self.low_days * self.high_days)


def use_by_rule(source_id: str, kind: SourceKind) -> Use:
    """What a work is used for, fixed before any score: a quarter of the experiments, by hash, and all else develop."""
    drawn = hashlib.sha256(source_id.encode()).digest()[0] >= 64
    return Use.JUDGING if kind is SourceKind.EXPERIMENT and drawn else Use.DEVELOPMENT


def load_works() -> dict[str, Work]:
    """The packaged works by source id. Raises `CaseFault`."""
    return parse_works(_packaged("sources.csv"))


def load_cases() -> tuple[Case, ...]:
    """The packaged cases, in the order of the file. Raises `CaseFault`."""
    return parse_cases(_packaged("cases.csv"), load_works())


def load_excluded() -> tuple[tuple[str, str, str], ...]:
    """(observation, reason, url) of what was read and left out."""
    return tuple((row["observation"], row["reason"], row["url"]) for _, row in _rows(_packaged("excluded.csv")))


def parse_works(text: str) -> dict[str, Work]:
    """The works of a sources file by source id. Raises `CaseFault`."""
    works: dict[str, Work] = {}
    for line, row in _rows(text):
        try:
            work = Work(
                source_id=row["source_id"],
                kind=SourceKind(row["kind"]),
                authors=row["authors"],
                year=row["year"],
                title=row["title"],
                where=row["where"],
                access=Access(row["access"]),
                use=Use(row["use"]),
                url=row["url"],
            )
        except ValueError as fault:
            raise CaseFault(f"sources.csv line {line}: {fault}. Correct the row.") from fault
        if work.access is Access.READ and not work.url:
            raise CaseFault(
                f"sources.csv line {line}: {work.source_id!r} is read but has no url. Say where it was read."
            )
        if work.source_id in works:
            raise CaseFault(f"sources.csv line {line}: {work.source_id!r} is there twice. Remove one.")
        works[work.source_id] = work
    return works


def parse_cases(text: str, works: Mapping[str, Work]) -> tuple[Case, ...]:
    """The cases of a cases file, in its order. Raises `CaseFault`."""
    cases = []
    for line, row in _rows(text):
        try:
            cases.append(_case(row, works))
        except (KeyError, ValueError) as fault:
            raise CaseFault(f"cases.csv line {line}: {fault}. Correct the row, or add its source.") from fault
    return tuple(cases)


def parse_profile(text: str) -> tuple[Segment, ...]:
    """`10C 24h > 5C` as segments. Raises `ValueError` naming the part that is wrong."""
    segments = []
    parts = text.split(" > ")
    for number, part in enumerate(parts, start=1):
        found = _SEGMENT.fullmatch(part)
        if found is None:
            raise ValueError(f"profile part {part!r} is not of the form '10C 24h'")
        hours = float(found[2]) if found[2] else None
        if (hours is None) != (number == len(parts)):
            raise ValueError(f"profile {text!r} needs hours in every part but the last")
        segments.append(Segment(float(found[1]), hours))
    return tuple(segments)


def _case(row: Mapping[str, str], works: Mapping[str, Work]) -> Case:
    relation = Relation(row["relation"])
    low, high = _number(row["low_days"]), _number(row["high_days"])
    given = {
        Relation.EXACT: low is not None and low == high,
        Relation.RANGE: low is not None and high is not None and low < high,
        Relation.AT_LEAST: low is not None and high is None,
        Relation.AT_MOST: low is None and high is not None,
    }
    if not given[relation]:
        raise ValueError(
            f"low_days {row['low_days']!r} and high_days {row['high_days']!r} do not say {relation.value!r}"
        )
    return Case(
        case_id=row["case_id"],
        work=works[row["source_id"]],
        commodity_id=row["commodity_id"],
        stage=row["stage"],
        profile=parse_profile(row["profile"]),
        endpoint=Endpoint(row["endpoint"]),
        ended_by=EndedBy(row["ended_by"]),
        relation=relation,
        low_days=low,
        high_days=high,
        humidity_pct=_number(row["humidity_pct"]),
        cultivar=row["cultivar"],
        note=row["note"],
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


def _packaged(name: str) -> str:
    return files("telemetry.freshness.validation").joinpath(name).read_text(encoding="utf-8")


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    yield from enumerate(csv.DictReader(text.splitlines()), start=2)
