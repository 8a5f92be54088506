"""SenML (RFC 8428) as JSON and as CBOR, with base values, relative times and must-understand labels.

Records resolve as in section 4.6 of the RFC: name = base name + name, value = base value + value, time = base time +
time; a time before 2**28 seconds is relative to now (section 4.5.3). Records of one sensor and one time make one
reading: the last part of a name is the quantity when it is one we know (``TH-0042:temperature``), the rest is the
sensor; a temperature without such a part has the whole name as its sensor. A humidity or a battery alone makes no
reading.
"""

from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any, NoReturn

import cbor2

from telemetry.formats.decoded import Decoded, DecodeError, ReadingError, Reason, decoded, require_count, shown
from telemetry.formats.lenient import loads
from telemetry.formats.measured import measured, number
from telemetry.formats.quantities import (
    Convert,
    Quantity,
    celsius_of_kelvin,
    quantity_of,
    same,
)
from telemetry.reading import Flag, Reading

RELATIVE_TIME_LIMIT_S = 2**28
"""Times below it are relative to now (RFC 8428, section 4.5.3)."""

VERSION = 10
"""The version of SenML that RFC 8428 defines."""

CBOR_LABELS = {-1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs"} | {
    0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd",
}  # fmt: skip
"""RFC 8428, table 4."""

_UNITS: dict[str, tuple[Quantity, Convert]] = {
    "Cel": (Quantity.TEMPERATURE_C, same),
    "K": (Quantity.TEMPERATURE_C, celsius_of_kelvin),
    "%RH": (Quantity.HUMIDITY_PCT, same),
    "%EL": (Quantity.BATTERY_PCT, same),
    "V": (Quantity.BATTERY_MV, lambda volts: volts * 1000),
    "mV": (Quantity.BATTERY_MV, same),
    "dBm": (Quantity.SIGNAL_DBM, same),
    "dBW": (Quantity.SIGNAL_DBM, lambda decibel_watt: decibel_watt + 30),
}
"""Units of the SenML registry (RFC 8428, section 12.1; RFC 8798 for mV) that a reading has a place for."""

_TEXT_TAGS = (35, 36)
_DEPTH_MAX = 16
_NO_TEMPERATURE = "a SenML pack without a temperature"


def decode_json(payload: bytes, received_at_ms: int) -> Decoded:
    """Decode a SenML pack in JSON."""
    return _decode(loads(payload), received_at_ms)


def decode_cbor(payload: bytes, received_at_ms: int) -> Decoded:
    """Decode a SenML pack in CBOR; labels may be the integers of the RFC or text."""
    stream = BytesIO(payload)
    # Regular expressions and MIME messages would be compiled and parsed while decoding; no SenML has them.
    refused = dict.fromkeys(_TEXT_TAGS, _refuse_tag)
    try:
        pack = cbor2.CBORDecoder(
            stream, semantic_decoders=refused, str_errors="surrogateescape", read_size=1, max_depth=_DEPTH_MAX
        ).decode()
    except (cbor2.CBORError, ValueError, ArithmeticError, RecursionError, TypeError) as error:
        too_deep = "nesting depth" in str(error)
        raise DecodeError(
            Reason.TOO_DEEP if too_deep else Reason.MALFORMED,
            f"the message is not SenML in CBOR: {shown(str(error))}; send one CBOR array of maps (RFC 8428)",
        ) from None
    if stream.tell() != len(payload):
        raise DecodeError(
            Reason.MALFORMED,
            f"the message goes on for {len(payload) - stream.tell()} bytes after the CBOR array; send one array",
        )
    if isinstance(pack, list):
        pack = [_named(record) if isinstance(record, dict) else record for record in pack]
    return _decode(pack, received_at_ms)


def _refuse_tag(_decoder: object) -> NoReturn:
    raise ValueError("a tag for regular expressions or MIME has no place in SenML")


def _named(record: dict[Any, Any]) -> dict[str, Any]:
    """A CBOR record with the labels of the JSON form; decimal fractions become floats."""
    named: dict[str, Any] = {}
    for label, value in record.items():
        key = CBOR_LABELS.get(label, label) if isinstance(label, int) else label
        named[key if isinstance(key, str) else repr(key)] = float(value) if isinstance(value, Decimal) else value
    return named


class _Group:
    """The records of one sensor and one time, waiting to become a reading."""

    def __init__(self, sensor: str, time_s: float) -> None:
        self.sensor = sensor
        self.time_s = time_s
        self.values: dict[str, float] = {}


def _decode(pack: object, received_at_ms: int) -> Decoded:
    if not isinstance(pack, list):
        raise DecodeError(Reason.BAD_FIELD, f"the message is {shown(pack)}; send a SenML pack, an array of records")
    require_count(len(pack))
    entries: list[_Group | ReadingError] = []
    groups: dict[tuple[str, float], _Group] = {}
    base: dict[str, Any] = {}
    for index, record in enumerate(pack):
        if not isinstance(record, dict):
            entries.append(ReadingError(f"record {index} is {shown(record)}; send an object"))
            continue
        _take_base(base, record, index)
        try:
            found = _quantity(base, record)
            if found is None:
                continue
            sensor, quantity, value = found
            time_s = number(base.get("bt", 0), "bt") + number(record.get("t", 0), "t")
        except ReadingError as error:
            entries.append(ReadingError(f"record {index}: {error}"))
            continue
        group = groups.get((sensor, time_s))
        if group is None or quantity in group.values:
            group = groups[sensor, time_s] = _Group(sensor, time_s)
            entries.append(group)
        group.values[quantity] = value
    # A humidity or a battery on its own is nothing to reject, and nothing to store.
    wanted = (entry for entry in entries if isinstance(entry, ReadingError) or Quantity.TEMPERATURE_C in entry.values)
    return decoded((partial(_reading, entry, received_at_ms) for entry in wanted), note=_NO_TEMPERATURE)


def _take_base(base: dict[str, Any], record: dict[str, Any], index: int) -> None:
    """Carry the base fields of a record on to those after it.

    Raises:
        DecodeError: the pack needs something we do not understand, or a base field is wrong, which spoils all after it.
    """
    for label in record:
        if label.endswith("_"):
            raise DecodeError(
                Reason.UNSUPPORTED,
                f"record {index} has the label {shown(label)}, which must be understood and is not; leave it out",
            )
    for label, kinds in (("bn", str), ("bu", str), ("bt", int | float), ("bv", int | float)):
        if label in record:
            value = record[label]
            if not isinstance(value, kinds) or isinstance(value, bool):
                raise DecodeError(Reason.BAD_FIELD, f"record {index}: {label} is {shown(value)}; see RFC 8428, 4.1")
            base[label] = value
    version = record.get("bver", VERSION)
    if not isinstance(version, int) or not 0 < version <= VERSION:
        raise DecodeError(Reason.UNSUPPORTED, f"record {index}: bver is {shown(version)}; send version {VERSION}")


def _quantity(base: dict[str, Any], record: dict[str, Any]) -> tuple[str, Quantity, float] | None:
    """Sensor, quantity and value of a record, or None when it holds something else."""
    own_name = record.get("n", "")
    if not isinstance(own_name, str):
        raise ReadingError(f"n is {shown(own_name)}; send text")
    name = base.get("bn", "") + own_name
    cut = max(name.rfind(separator) for separator in ":/._-")
    by_name = quantity_of(name[cut + 1 :])
    unit = record.get("u", base.get("bu"))
    by_unit = _UNITS.get(unit) if isinstance(unit, str) else None
    if by_unit is None and (unit is not None or by_name is None):
        return None
    quantity, convert = by_unit or by_name  # type: ignore[misc]
    if "v" not in record and ("bv" not in base or not {"vs", "vb", "vd"}.isdisjoint(record)):
        return None
    value = number(record.get("v", 0), "v") + number(base.get("bv", 0), "bv")
    sensor = name[:cut] if by_name is not None and by_name[0] is quantity and cut > 0 else name
    return sensor, quantity, convert(value)


def _reading(entry: _Group | ReadingError, received_at_ms: int) -> Reading:
    if isinstance(entry, ReadingError):
        raise entry
    if entry.time_s < RELATIVE_TIME_LIMIT_S:
        at_ms, flags = received_at_ms + round(entry.time_s * 1000), int(Flag.NO_CLOCK)
    else:
        at_ms, flags = round(entry.time_s * 1000), 0
    return measured(entry.sensor, received_at_ms=received_at_ms, measured_at_ms=at_ms, flags=flags, **entry.values)
