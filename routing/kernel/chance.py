"""A xorshift64* generator (Vigna 2016, doi:10.1145/2845077) with its state in one array cell, so that runs repeat."""

import numpy as np
from numpy.typing import NDArray

from routing.kernel.compiled import compiled

Random = NDArray[np.uint64]
"""The one cell of state."""

_MULTIPLIER = np.uint64(2685821657736338717)
_12, _25, _27, _11 = np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(11)
_UNIT = 2.0**-53


def seeded(seed: int) -> Random:
    """State for `seed`; equal seeds give equal searches."""
    mixed = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    return np.maximum(mixed, np.uint64(1))


@compiled
def uniform(state: Random) -> float:
    """A float in [0, 1)."""
    x = state[0]
    x ^= x >> _12
    x ^= x << _25
    x ^= x >> _27
    state[0] = x
    return float((x * _MULTIPLIER) >> _11) * _UNIT


@compiled
def below(state: Random, bound: int) -> int:
    """An integer in [0, bound)."""
    return int(uniform(state) * bound)
