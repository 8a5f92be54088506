"""The commodity catalogue: every published figure with its source, and what the model makes of them.

The three CSV files beside this module are the data: `commodities.csv` holds one figure a row, `sources.csv` the
citation of each source, `names.csv` the commodities. How several figures become one parameter is in
`resolution.py`.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import files
from types import MappingProxyType

from telemetry.freshness.figures import Bound, Commodity, Evidence, Figure, Kind, Source
from telemetry.freshness.resolution import resolve

FILES = ("names.csv", "commodities.csv", "sources.csv")


class UnknownCommodity(LookupError):
    """No commodity, or no stage of it, has this name; `near` holds the closest ones that exist."""

    def __init__(self, name: str, near: Sequence[str], *, what: str = "commodity") -> None:
        self.name = name
        self.near = tuple(near)
        hint = f" Did you mean {', '.join(near)}?" if near else " `coldchain shelf-life --list` names them all."
        super().__init__(f"Unknown {what} {name!r}.{hint}")


class CatalogueFault(ValueError):
    """A row of the catalogue can't be used; the message names the file, the line and the remedy."""


class Catalogue:
    """All commodities, each resolved at its default stage or at a named one. Immutable; share one instance."""

    def __init__(self, names: Mapping[str, Mapping[str, str]], figures: Sequence[Figure], sha256: str) -> None:
        self.sha256 = sha256
        self.figures = tuple(figures)
        self._resolved: dict[tuple[str, str], Commodity] = {}
        by_commodity: dict[str, list[Figure]] = {name: [] for name in names}
        for figure in figures:
            by_commodity[figure.commodity_id].append(figure)
        for commodity_id, row in names.items():
            own = tuple(by_commodity[commodity_id])
            stages = {figure.stage for figure in own if figure.stage} | ({row["default_stage"]} - {""})
            for stage in stages or {""}:
                self._resolved[commodity_id, stage] = resolve(
                    commodity_id, row, own, stage, tuple(sorted(stages)), sha256
                )
        self._default = {commodity_id: row["default_stage"] for commodity_id, row in names.items()}
        self.commodity_ids = tuple(names)

    def commodity(self, commodity_id: str, stage: str = "") -> Commodity:
        """The commodity at its default (export) stage, or at `stage`.

        Raises `UnknownCommodity` with near matches.
        """
        if commodity_id not in self._default:
            by_name = {one.name_en.casefold(): one.commodity_id for one in self}
            by_name |= {one.name_th: one.commodity_id for one in self}
            wanted = commodity_id.strip().casefold()
            near = get_close_matches(wanted.replace(" ", "_"), self.commodity_ids, n=4, cutoff=0.5)
            near += [by_name[name] for name in get_close_matches(wanted, by_name, n=3, cutoff=0.6)]
            near += [known for known in self.commodity_ids if len(wanted) > 2 and wanted in known]
            raise UnknownCommodity(commodity_id, tuple(dict.fromkeys(near)))
        chosen = stage or self._default[commodity_id]
        found = self._resolved.get((commodity_id, chosen))
        if found is None:
            stages = sorted(known for owner, known in self._resolved if owner == commodity_id and known)
            raise UnknownCommodity(stage, stages, what=f"stage of {commodity_id}")
        return found

    def __iter__(self) -> Iterator[Commodity]:
        return (self.commodity(commodity_id) for commodity_id in self.commodity_ids)

    def __len__(self) -> int:
        return len(self.commodity_ids)


def load_catalogue() -> Catalogue:
    """Read the packaged catalogue (a few milliseconds; keep the result). Raises `CatalogueFault` on a row it
    can't use."""
    package = files("telemetry.freshness")
    contents = {name: package.joinpath(name).read_bytes() for name in FILES}
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(contents[name].replace(b"\r\n", b"\n"))
    names, figures = parse_catalogue({name: content.decode("utf-8") for name, content in contents.items()})
    return Catalogue(names, figures, digest.hexdigest())


def parse_catalogue(contents: Mapping[str, str]) -> tuple[Mapping[str, Mapping[str, str]], tuple[Figure, ...]]:
    """The names and the figures in the three files' texts. Raises `CatalogueFault` naming file and line."""
    names = {row["commodity_id"]: row for row in csv.DictReader(io.StringIO(contents["names.csv"]))}
    sources = {
        row["source_id"]: Source(row["source_id"], row["citation"], row["url"])
        for row in csv.DictReader(io.StringIO(contents["sources.csv"]))
    }
    figures = []
    for line, row in enumerate(csv.DictReader(io.StringIO(contents["commodities.csv"])), start=2):
        try:
            figures.append(_figure(row, names, sources))
        except (KeyError, ValueError) as fault:
            remedy = "Correct the row, or add its name or source."
            raise CatalogueFault(f"commodities.csv line {line}: {fault}. {remedy}") from fault
    return MappingProxyType(names), tuple(figures)


def _figure(row: Mapping[str, str], names: Mapping[str, object], sources: Mapping[str, Source]) -> Figure:
    if row["commodity_id"] not in names:
        raise ValueError(f"commodity_id {row['commodity_id']!r} is not in names.csv")
    if row["source_id"] not in sources:
        raise ValueError(f"source_id {row['source_id']!r} is not in sources.csv")
    return Figure(
        commodity_id=row["commodity_id"],
        stage=row["stage"],
        kind=Kind(row["figure"]),
        temperature_c=_number(row["temperature_c"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        bound=Bound(row["bound"]),
        unit=row["unit"],
        text=row["text"],
        note=row["note"],
        source=sources[row["source_id"]],
        evidence=Evidence(row["confidence"]),
        set_aside=row["set_aside"],
    )


def _number(text: str) -> float | None:
    return float(text) if text else None
