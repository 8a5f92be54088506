"""The contract's native JSON: ``{"seq": 1207, "readings": [{"sensor", "at", "temperature_c", ...}]}``.

Two ways lead through this file. A message that fits the schema is decoded and checked by msgspec in one pass. Any
other is taken apart value by value, so that one bad reading costs that reading only and the reason names field and
value: even where the message is not JSON in the strict sense, since gateways written in a hurry send NaN, Infinity
and broken UTF-8.
"""

from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from telemetry.formats.decoded import (
    READINGS_MAX,
    Decoded,
    DecodeError,
    ReadingError,
    Reason,
    decoded,
    require_count,
    shown,
)
from telemetry.formats.lenient import loads
from telemetry.formats.measured import EPOCH, EPOCH_MS_MAX, EPOCH_MS_MIN, MILLISECOND, AwareDatetime, epoch_ms, measured
from telemetry.reading import TEMPERATURE_MAX_C, TEMPERATURE_MIN_C, Flag, Reading

SEQ_MAX = 2**53 - 1
"""Largest message counter: what JSON carries exactly everywhere."""

_NO_CLOCK = int(Flag.NO_CLOCK)
_HEARTBEAT = "a heartbeat without readings"


class _Item(msgspec.Struct, gc=False):
    sensor: Annotated[str, Meta(min_length=1, max_length=64)]
    temperature_c: Annotated[float, Meta(ge=TEMPERATURE_MIN_C, le=TEMPERATURE_MAX_C)]
    at: AwareDatetime | Annotated[int, Meta(ge=EPOCH_MS_MIN, le=EPOCH_MS_MAX)] | None = None
    humidity_pct: Annotated[float, Meta(ge=0, le=100)] | None = None
    battery_pct: Annotated[float, Meta(ge=0, le=100)] | None = None
    battery_mv: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    signal_dbm: Annotated[float, Meta(ge=-200, le=50)] | None = None


class _Message(msgspec.Struct, gc=False):
    readings: Annotated[list[_Item], Meta(max_length=READINGS_MAX)]
    seq: Annotated[int, Meta(ge=0, le=SEQ_MAX)] | None = None


_DECODER = msgspec.json.Decoder(_Message)


def decode(payload: bytes, received_at_ms: int) -> Decoded:
    """Decode one native message. Of a member that stands twice, the last counts; unknown members are ignored.

    Raises:
        DecodeError: the message as a whole can't be taken.
    """
    try:
        message = _DECODER.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _decode_each(payload, received_at_ms)
    readings = []
    for item in message.readings:
        sensor = item.sensor
        if not sensor.isprintable() or sensor[0] == " " or sensor[-1] == " ":
            return _decode_each(payload, received_at_ms)
        at = item.at
        flags = 0
        if isinstance(at, int):
            at_ms = at
        elif at is None:
            at_ms = received_at_ms
            flags = _NO_CLOCK
        else:
            at_ms = (at - EPOCH) // MILLISECOND
        humidity = item.humidity_pct
        battery = item.battery_pct
        readings.append(
            Reading(
                sensor,
                at_ms,
                round(item.temperature_c * 100),
                None if humidity is None else round(humidity * 100),
                None if battery is None else round(battery),
                None if item.battery_mv is None else round(item.battery_mv),
                None if item.signal_dbm is None else round(item.signal_dbm),
                flags,
            )
        )
    return Decoded(tuple(readings), (), message.seq, None, "" if readings else _HEARTBEAT)


def _decode_each(payload: bytes, received_at_ms: int) -> Decoded:
    """Decode a message that the schema refused: the same meaning, reading by reading, with reasons."""
    message = loads(payload)
    if not isinstance(message, dict):
        raise DecodeError(Reason.BAD_FIELD, f'the message is {shown(message)}; send an object {{"readings": [...]}}')
    seq = message.get("seq")
    if seq is not None and (isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq <= SEQ_MAX):
        raise DecodeError(
            Reason.BAD_FIELD, f"seq is {shown(seq)}; send an integer from 0 to {SEQ_MAX}, or leave it out"
        )
    items = message.get("readings")
    if not isinstance(items, list):
        if items is None:
            raise DecodeError(Reason.MISSING_FIELD, 'readings is missing; send {"readings": [{"sensor": ...}]}')
        raise DecodeError(Reason.BAD_FIELD, f"readings is {shown(items)}; send a list of objects")
    require_count(len(items))

    makers = (partial(_decode_one, item, received_at_ms) for item in items)
    return decoded(makers, seq=seq, note=_HEARTBEAT)


def _decode_one(item: Any, received_at_ms: int) -> Reading:
    if not isinstance(item, dict):
        raise ReadingError(f"the reading is {shown(item)}; send an object with sensor and temperature_c")
    return measured(
        item.get("sensor"),
        item.get("temperature_c"),
        received_at_ms=received_at_ms,
        measured_at_ms=epoch_ms(item.get("at")),
        humidity_pct=item.get("humidity_pct"),
        battery_pct=item.get("battery_pct"),
        battery_mv=item.get("battery_mv"),
        signal_dbm=item.get("signal_dbm"),
    )
