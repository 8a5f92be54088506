"""Travel tables from a road network on this machine's disk: OSRM inside the process, without a server.

Needs the extra `osrm` (Python 3.12 or later) and a network that OSRM's tools have prepared (`python -m osrm extract`,
then `contract`). Bindings: https://project-osrm.org/docs/v26.5.0/python/api.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from routing.problem import TravelProfile
from routing.road_network import TravelUnavailable, in_blocks
from routing.travel import Point, Table


class OsrmFile:
    """A network in files `NAME.osrm.*`, prepared with contraction hierarchies.

    Raises:
        TravelUnavailable: the bindings are not installed, or there is no such network.
    """

    label = "OSRM, in process"

    def __init__(self, network: Path) -> None:
        try:
            self._osrm: Any = import_module("osrm")
        except ImportError:
            raise TravelUnavailable("OSRM is not installed: it is the extra `osrm`, on Python 3.12 or later.") from None
        if not network.with_name(f"{network.name}.hsgr").exists():
            raise TravelUnavailable(f"{network} has not been prepared: run `python -m osrm extract`, then `contract`.")
        try:
            self._engine = self._osrm.OSRM(storage_config=str(network), algorithm="CH", use_shared_memory=False)
        except RuntimeError as error:
            raise TravelUnavailable(f"OSRM can't read {network}: {error}") from None

    def table(self, points: Sequence[Point], profile: TravelProfile) -> Table:
        """Raises TravelUnavailable: a point is too far from any road, or OSRM refuses."""
        return in_blocks(points, self._block)

    def _block(self, rows: Sequence[Point], columns: Sequence[Point]) -> tuple[list[list[Any]], list[list[Any]]]:
        asked = self._osrm.TableParameters(
            coordinates=[(longitude, latitude) for latitude, longitude in (*rows, *columns)],
            sources=list(range(len(rows))),
            destinations=list(range(len(rows), len(rows) + len(columns))),
            annotations=["duration", "distance"],
        )
        try:
            answer = self._engine.Table(asked)
        except RuntimeError as error:
            raise TravelUnavailable(f"OSRM refuses: {error}") from None
        return _rows(answer["distances"]), _rows(answer["durations"])


def _rows(table: Any) -> list[list[Any]]:
    """OSRM's own arrays as lists, in which None is no road."""
    return [list(row) for row in table]
