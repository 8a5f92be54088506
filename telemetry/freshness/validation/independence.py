"""Whether a work that judges the model also fed it.

Two works count as one source when any of these agree: the source id; the address, but for scheme, `www.` and a closing
slash; an author's surname together with the year; two or more authors' surnames. The last is strict on purpose: one
team's experiments often stand behind its handbook page.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from telemetry.freshness.validation.cases import Case, Use, Work

_CITED = re.compile(r"((?:[A-Z][\w'’-]+(?:, | & | and )?)+)(?: et al\.?)?,? (\d{4})")
_SURNAME = re.compile(r"[A-Z][\w'’-]+")
_NOT_AUTHORS = frozenset(
    re.findall(
        r"\w+", "Agric Cargo Davis England Facts Fresh Fruits Guide Handbook New Postharvest Produce Table UC USDA"
    )
)


class Cited(Protocol):
    """What is needed of a catalogue source: `telemetry.freshness.figures.Source` has it."""

    @property
    def source_id(self) -> str: ...
    @property
    def citation(self) -> str: ...
    @property
    def url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Marks:
    """What identifies a source."""

    source_id: str
    address: str
    author_years: frozenset[tuple[str, str]]
    authors: frozenset[str]


def marks_of_work(work: Work) -> Marks:
    """The marks of a work of the validation data."""
    names = [name.split()[0].casefold() for name in work.authors.split("; ") if name and not name.startswith("(")]
    surnames = frozenset(name for name in names if name not in {"et", "van"}) | _particles(work.authors)
    years = frozenset((name, work.year) for name in surnames if work.year)
    return Marks(work.source_id, _address(work.url), years, surnames)


def marks_of_citation(source: Cited) -> Marks:
    """The marks of a catalogue source, read from the words of its citation."""
    years = {
        (name.casefold(), found[2])
        for found in _CITED.finditer(source.citation)
        for name in _SURNAME.findall(found[1])
        if name not in _NOT_AUTHORS
    }
    authors = frozenset(name.casefold() for name in _SURNAME.findall(source.citation) if name not in _NOT_AUTHORS)
    return Marks(source.source_id, _address(source.url), frozenset(years), authors)


def why_same(one: Marks, other: Marks) -> str:
    """The reason why two sources count as one, or an empty string."""
    if one.source_id == other.source_id:
        return f"source id {one.source_id}"
    if one.address and one.address == other.address:
        return f"address {one.address}"
    if shared := one.author_years & other.author_years:
        name, year = min(shared)
        return f"author {name} {year}"
    names = one.authors & other.authors
    return f"authors {', '.join(sorted(names))}" if len(names) > 1 else ""


def shared_sources(cases: Iterable[Case], catalogue: Iterable[Cited]) -> list[str]:
    """A sentence for every judging work that also fed the catalogue; empty when the judging is clean."""
    fed = [marks_of_citation(source) for source in catalogue]
    judges = {case.work.source_id: case.work for case in cases if case.work.use is Use.JUDGING}
    found = []
    for work in judges.values():
        own = marks_of_work(work)
        found += [f"{work.source_id} is {mark.source_id}: {why}" for mark in fed if (why := why_same(own, mark))]
    return found


def _particles(authors: str) -> frozenset[str]:
    """Surnames after a particle: van Doorn is Doorn."""
    return frozenset(name.casefold() for name in re.findall(r"\bvan (\w+)", authors))


def _address(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url.casefold()).rstrip("/")
