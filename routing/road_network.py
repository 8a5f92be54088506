"""Travel tables from a road router: OSRM's table service and Valhalla's time-distance matrix.

How bytes come and go is a `Transport`'s business; this module knows the two formats only. Formats:
https://project-osrm.org/docs/v5.24.0/api/#table-service and https://valhalla.github.io/valhalla/api/matrix/api-reference/.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from routing.problem import TravelProfile
from routing.travel import UNREACHABLE, Matrix, Point, Table, TravelProvider

# Both services limit one request (OSRM: 100 coordinates, Valhalla: 2,500 pairs unless configured otherwise).
BLOCK = 50


class TravelUnavailable(RuntimeError):
    """The road router can't be reached, or refuses; the message says why."""


class Transport(Protocol):
    """Fetches a URL, posting `body` where one is given; the answer's bytes whatever its status.

    Raises:
        TravelUnavailable: there is no answer.
    """

    def __call__(self, url: str, body: bytes | None = None) -> bytes: ...


class Osrm:
    """OSRM's table service, for one of the networks it serves (its "profile", such as `driving`)."""

    label = "OSRM"

    def __init__(self, transport: Transport, url: str, network: str = "driving") -> None:
        self._transport = transport
        self._url = f"{url.rstrip('/')}/table/v1/{network}"

    def table(self, points: Sequence[Point], profile: TravelProfile) -> Table:
        """Raises TravelUnavailable: no answer, or one that refuses."""
        return in_blocks(points, self._block)

    def _block(self, rows: Sequence[Point], columns: Sequence[Point]) -> tuple[list[list[Any]], list[list[Any]]]:
        places = ";".join(f"{longitude:.6f},{latitude:.6f}" for latitude, longitude in (*rows, *columns))
        sources = ";".join(str(number) for number in range(len(rows)))
        targets = ";".join(str(len(rows) + number) for number in range(len(columns)))
        query = f"sources={sources}&destinations={targets}&annotations=duration,distance"
        answer = _decoded(self._transport(f"{self._url}/{places}?{query}"), self.label)
        if answer.get("code") != "Ok":
            raise TravelUnavailable(f"OSRM refuses: {answer.get('code')}: {answer.get('message', 'no reason given')}")
        if "distances" not in answer:
            raise TravelUnavailable("OSRM gives no distances: its version doesn't know annotations=distance.")
        return answer["distances"], answer["durations"]


class Valhalla:
    """Valhalla's matrix service with one of its costing models."""

    label = "Valhalla"

    def __init__(self, transport: Transport, url: str, costing: str = "truck") -> None:
        self._transport = transport
        self._url = f"{url.rstrip('/')}/sources_to_targets"
        self._costing = costing

    def table(self, points: Sequence[Point], profile: TravelProfile) -> Table:
        """Raises TravelUnavailable: no answer, or one that refuses."""
        return in_blocks(points, self._block)

    def _block(self, rows: Sequence[Point], columns: Sequence[Point]) -> tuple[list[list[Any]], list[list[Any]]]:
        def places(points: Sequence[Point]) -> list[dict[str, float]]:
            return [{"lat": latitude, "lon": longitude} for latitude, longitude in points]

        request = {
            "sources": places(rows),
            "targets": places(columns),
            "costing": self._costing,
            "units": "kilometers",
        }
        answer = _decoded(self._transport(self._url, json.dumps(request).encode()), self.label)
        if "sources_to_targets" not in answer:
            reason = f"{answer.get('error_code', '')} {answer.get('error', 'no reason given')}".strip()
            raise TravelUnavailable(f"Valhalla refuses: {reason}")
        cells = answer["sources_to_targets"]
        metres = [[None if c["distance"] is None else c["distance"] * 1000 for c in row] for row in cells]
        return metres, [[cell["time"] for cell in row] for row in cells]


class Remembered:
    """Another provider's tables, kept in a folder: the same points and profile are asked for once."""

    def __init__(self, provider: TravelProvider, folder: Path) -> None:
        self._provider = provider
        self._folder = folder

    @property
    def label(self) -> str:
        return self._provider.label

    def table(self, points: Sequence[Point], profile: TravelProfile) -> Table:
        key = hashlib.sha256(repr((self.label, list(points), profile)).encode()).hexdigest()
        path = self._folder / f"{key}.npz"
        if path.exists():
            with np.load(path) as saved:
                return Table(saved["distance_m"], saved["duration_s"])
        table = self._provider.table(points, profile)
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part.npz")
        np.savez(partial, distance_m=table.distance_m, duration_s=table.duration_s)
        partial.replace(path)
        return table


Block = Callable[[Sequence[Point], Sequence[Point]], tuple[list[list[Any]], list[list[Any]]]]


def in_blocks(points: Sequence[Point], ask: Block) -> Table:
    """The whole table from answers for blocks of rows and columns: (metres, seconds), None where there is no road."""
    count = len(points)
    distance_m, duration_s = np.zeros((count, count), np.int32), np.zeros((count, count), np.int32)
    for rows in _slices(count):
        for columns in _slices(count):
            metres, seconds = ask(points[rows], points[columns])
            shape = (rows.stop - rows.start, columns.stop - columns.start)
            distance_m[rows, columns] = _cells(metres, shape)
            duration_s[rows, columns] = _cells(seconds, shape)
    blocked = (distance_m == UNREACHABLE) | (duration_s == UNREACHABLE)
    distance_m[blocked] = duration_s[blocked] = UNREACHABLE
    np.fill_diagonal(distance_m, 0)
    np.fill_diagonal(duration_s, 0)
    return Table(distance_m, duration_s)


def _slices(count: int) -> Iterator[slice]:
    return (slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK))


def _cells(rows: list[list[Any]], shape: tuple[int, int]) -> Matrix:
    """Whole numbers, rounded; `UNREACHABLE` for null."""
    values = [[UNREACHABLE if cell is None else round(cell) for cell in row] for row in rows]
    if [len(row) for row in values] != [shape[1]] * shape[0]:
        raise TravelUnavailable("the road router answers with a table of the wrong size.")
    return np.array(values, np.int32)


def _decoded(answer: bytes, label: str) -> dict[str, Any]:
    try:
        document = json.loads(answer)
    except ValueError:
        raise TravelUnavailable(f"{label} answers with something that is not JSON: {answer[:80]!r}") from None
    if not isinstance(document, dict):
        raise TravelUnavailable(f"{label} answers with something that is not an object.")
    return document
