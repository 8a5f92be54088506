"""How far and how long it is from every location to every other.

A problem may bring its own matrices; where it doesn't, a provider is asked. The great-circle provider always answers
and is labelled an estimate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from routing.problem import Problem, SpeedBand, TravelProfile

# Two of them still add up inside 32 bits.
UNREACHABLE = 1_000_000_000
# Mean radius of the GRS 80 ellipsoid (Moritz, Geodetic Reference System 1980).
EARTH_RADIUS_M = 6_371_008.8
CIRCUITY_PERCENT = 135
# Village lanes, then local roads, then highways. An assumption, not a measurement: profiles override it.
SPEEDS = (
    SpeedBand(up_to_m=3_000, speed_km_h=25),
    SpeedBand(up_to_m=15_000, speed_km_h=45),
    SpeedBand(up_to_m=None, speed_km_h=65),
)
DEFAULT_PROFILE = TravelProfile(id="estimate")
ESTIMATE = "estimate: great circle"
# Rows computed at a time: enough for NumPy, little beside the tables themselves.
ROWS = 64

Matrix = NDArray[np.int32]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Metres and seconds from each point (row) to each point (column), int32; `UNREACHABLE` where there is no road."""

    distance_m: Matrix
    duration_s: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Matrices:
    """One table for each profile in use, the profile of each truck, and in words where the figures come from."""

    tables: tuple[Table, ...]
    profile_of_truck: tuple[int, ...]
    source: str

    def of_truck(self, truck: int) -> Table:
        return self.tables[self.profile_of_truck[truck]]


class TravelProvider(Protocol):
    """Answers with a table for (latitude, longitude) points. `label` says in the plan where its figures come from."""

    @property
    def label(self) -> str: ...

    def table(self, points: Sequence[Point], profile: TravelProfile) -> Table: ...


class GreatCircle:
    """Great-circle distance times a circuity factor, at a speed that rises with the length of the leg: an estimate."""

    label = ESTIMATE

    def table(self, points: Sequence[Point], profile: TravelProfile) -> Table:
        latitude, longitude = np.radians(np.asarray(points, dtype=np.float64).reshape(-1, 2)).T
        x, y, z = np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)
        circuity = (CIRCUITY_PERCENT if profile.circuity_percent is None else profile.circuity_percent) / 100
        speeds = SPEEDS if profile.speeds is None else profile.speeds
        count = len(points)
        distance_m = np.empty((count, count), dtype=np.int32)
        duration_s = np.empty((count, count), dtype=np.int32)
        for start in range(0, count, ROWS):
            # Both ways are as long: each block is worked out once.
            rows, rest = slice(start, start + ROWS), slice(start, None)
            # The chord between two points on the unit sphere, to a few centimetres on the ground.
            cosine = np.outer(x[rows], x[rest]) + np.outer(y[rows], y[rest]) + np.outer(z[rows], z[rest])
            half_chord = np.sqrt(np.clip((1 - cosine) / 2, 0, 1))
            metres = 2 * EARTH_RADIUS_M * circuity * np.arcsin(half_chord)
            for table, values in ((distance_m, metres), (duration_s, _seconds(metres, speeds))):
                block = np.rint(values).astype(np.int32)
                table[rows, rest], table[rest, rows] = block, block.T
        np.fill_diagonal(distance_m, 0)
        np.fill_diagonal(duration_s, 0)
        return Table(distance_m, duration_s)


def _seconds(metres: NDArray[np.float64], speeds: Sequence[SpeedBand]) -> NDArray[np.float64]:
    seconds = np.zeros_like(metres)
    from_m = 0
    for band in speeds:
        upper = np.inf if band.up_to_m is None else band.up_to_m
        seconds += np.clip(metres - from_m, 0, upper - from_m) * 3.6 / band.speed_km_h
        from_m = 0 if band.up_to_m is None else band.up_to_m
    return seconds


def matrices(problem: Problem, provider: TravelProvider | None = None) -> Matrices:
    """Travel tables of a validated problem: its own where it brings them, elsewhere the provider's (or an estimate)."""
    provider = provider or GreatCircle()
    profiles = problem.profiles or (DEFAULT_PROFILE,)
    index = {profile.id: number for number, profile in enumerate(profiles)}
    tables = tuple(_given(profile) or provider.table(_points(problem), profile) for profile in profiles)
    given = [profile.distance_m is not None for profile in profiles]
    source = "given" if all(given) else f"given and {provider.label}" if any(given) else provider.label
    return Matrices(tables, tuple(0 if t.profile is None else index[t.profile] for t in problem.trucks), source)


def _given(profile: TravelProfile) -> Table | None:
    if profile.distance_m is None or profile.duration_s is None:
        return None
    return Table(_array(profile.distance_m), _array(profile.duration_s))


def _array(rows: tuple[tuple[int | None, ...], ...]) -> Matrix:
    return np.array([[UNREACHABLE if cell is None else cell for cell in row] for row in rows], dtype=np.int32)


def _points(problem: Problem) -> list[Point]:
    return [(place.latitude or 0.0, place.longitude or 0.0) for place in problem.locations]
