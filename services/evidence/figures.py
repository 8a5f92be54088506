"""The catalogue as a tenant sees it: published figures, with the tenant's own in their place where it has any."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.evidence.tables import CommodityOverride
from telemetry.freshness import Catalogue, Commodity
from telemetry.freshness.overrides import Override, Parameter, with_overrides


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """A tenant's commodities. `versions` holds the newest override that a commodity's default stage rests on."""

    catalogue: Catalogue
    standing: dict[str, tuple[Override, ...]]
    versions: dict[str, int]

    @classmethod
    def of(cls, catalogue: Catalogue, rows: Iterable[CommodityOverride]) -> "OwnFigures":
        """From the stored overrides, all of them: the newest of each figure counts, one without a value gives it
        back."""
        newest: dict[tuple[str, str, str], CommodityOverride] = {}
        versions: dict[str, int] = {}
        for row in sorted(rows, key=lambda one: one.version):
            newest[row.commodity_id, row.stage, row.parameter] = row
            versions[row.commodity_id] = row.version
        standing: dict[str, list[Override]] = {}
        for row in newest.values():
            if row.value is not None:
                standing.setdefault(row.commodity_id, []).append(as_override(row, row.value))
        return cls(catalogue, {name: tuple(own) for name, own in standing.items()}, versions)

    def commodity(self, commodity_id: str) -> Commodity:
        """The commodity at its default stage with the tenant's figures. Raises `UnknownCommodity`."""
        published = self.catalogue.commodity(commodity_id)
        own = [one for one in self.standing.get(commodity_id, ()) if one.stage == published.stage]
        return with_overrides(published, own) if own else published

    def version(self, commodity_id: str) -> int | None:
        """The version of the overrides that the commodity rests on; None where it is as published."""
        return self.versions.get(commodity_id)


def as_override(row: CommodityOverride, value: float) -> Override:
    """A stored override."""
    return Override(
        row.version, row.commodity_id, row.stage, Parameter(row.parameter), value, row.by, row.at_ms, row.why
    )
