"""The chain of readings: what a digest covers, and keys that say which readings a batch has."""

import hashlib
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.readings.rows import ABSENT, Rows
from services.readings.sealing import Keys, checks, digest_of, packed, unpacked

AT_MS = 1_795_410_000_000


def rows(*values: tuple[int, int, int, int, int, int]) -> Rows:
    return Rows(*(np.array(column, np.int64) for column in zip(*values, strict=True)))


def test_a_digest_is_what_the_format_says() -> None:
    """Two readings, one without humidity, put together by hand from the documented form."""
    two = rows((AT_MS, AT_MS + 900, 7, 1340, 8810, 0), (AT_MS + 1, AT_MS + 900, 7, -5, ABSENT, 4))
    form = struct.pack(">qqihhh", AT_MS, AT_MS + 900, 7, 1340, 8810, 0)
    form += struct.pack(">qqihhh", AT_MS + 1, AT_MS + 900, 7, -5, -32768, 4)
    assert digest_of(two) == hashlib.sha256(form).digest()


@pytest.mark.parametrize("column", range(6))
def test_every_column_counts(column: int) -> None:
    """One more in any column: another digest, and another check of that reading alone."""
    plain = [(AT_MS, AT_MS + 900, 7, 1340, 8810, 0), (AT_MS + 1, AT_MS + 900, 7, 1341, 8811, 0)]
    changed = [plain[0], tuple(value + (place == column) for place, value in enumerate(plain[1]))]
    assert digest_of(rows(*plain)) != digest_of(rows(*changed))  # type: ignore[arg-type]
    assert (checks(rows(*plain)) == checks(rows(*changed))).tolist() == [True, False]  # type: ignore[arg-type]


INTEGERS = st.integers(-(2**31), 2**31 - 1)


@given(st.lists(st.tuples(INTEGERS, st.integers(-(2**62), 2**62 - 1)), min_size=0, max_size=40))
def test_keys_come_back_as_they_were(keys: list[tuple[int, int]]) -> None:
    """Any sensors and times, in any order."""
    sensors = np.array([sensor for sensor, _ in keys], np.int64)
    times = np.array([at_ms for _, at_ms in keys], np.int64)
    given_keys = Keys(sensors, times, np.arange(len(keys), dtype=np.uint16))
    back = unpacked(packed(given_keys), len(keys))
    assert back.sensor_id.tolist() == sensors.tolist()
    assert back.measured_at_ms.tolist() == times.tolist()
    assert back.check.tolist() == given_keys.check.tolist()


@given(st.binary(max_size=60), st.integers(0, 20))
def test_what_are_no_keys_is_refused(content: bytes, count: int) -> None:
    """Whatever bytes stand there: keys of that many readings, or ValueError."""
    with suppress(ValueError):
        assert len(unpacked(content, count).sensor_id) == count


def test_keys_are_small() -> None:
    """A batch of 5,000 sensors that measured within five minutes takes less than 6 bytes a reading."""
    chance = np.random.default_rng(11)
    sensors = np.sort(chance.choice(20_000, 5000, replace=False)).astype(np.int64)
    times = AT_MS + chance.integers(0, 300_000, 5000)
    assert len(packed(Keys(sensors, times, chance.integers(0, 65_536, 5000).astype(np.uint16)))) < 6 * 5000
