"""Sparkplug B payloads (Protocol Buffers): node and device births and data.

Source: Eclipse Sparkplug 3.0.0 specification, chapter 6 "Payloads" (field numbers, data types). The wire format is
read by Google's protobuf, which is kept by others and bounds depth and size; the few fields that we use are declared
here, at the first message, and the rest is skipped.

Group, node and device stand in a Sparkplug topic, not in the payload, so a sensor is named after the gateway of our
topic: metric ``Room 1/temperature`` is of ``gateway.Room 1``, metric ``temperature`` of ``gateway``.

A birth message tells name, alias, data type and properties of each metric; data messages may leave out all but the
alias (chapter 6, "Metric"). `Births` remembers them for one edge node. What no birth has told is rejected with the
remedy, a rebirth, so that it can be told again after a restart.
"""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError as WireError  # type: ignore[import-untyped]

from telemetry.formats.decoded import Decoded, DecodeError, ReadingError, Reason, decoded, require_count, shown
from telemetry.formats.measured import measured
from telemetry.formats.quantities import Convert, Quantity, celsius_of_fahrenheit, converted, quantity_of
from telemetry.reading import Reading

_UINT32, _UINT64, _FLOAT, _DOUBLE, _BOOL, _STRING, _MESSAGE = 13, 4, 2, 1, 8, 9, 11
"""Field types of descriptor.proto."""

_FIELDS: dict[str, tuple[tuple[str, int, int, str], ...]] = {
    "Payload": (("timestamp", 1, _UINT64, ""), ("metrics", 2, _MESSAGE, "Metric"), ("seq", 3, _UINT64, "")),
    "Metric": (
        ("name", 1, _STRING, ""),
        ("alias", 2, _UINT64, ""),
        ("timestamp", 3, _UINT64, ""),
        ("datatype", 4, _UINT32, ""),
        ("is_null", 7, _BOOL, ""),
        ("properties", 9, _MESSAGE, "PropertySet"),
        ("int_value", 10, _UINT32, ""),
        ("long_value", 11, _UINT64, ""),
        ("float_value", 12, _FLOAT, ""),
        ("double_value", 13, _DOUBLE, ""),
        ("boolean_value", 14, _BOOL, ""),
        ("string_value", 15, _STRING, ""),
    ),
    "PropertySet": (("keys", 1, _STRING, ""), ("values", 2, _MESSAGE, "PropertyValue")),
    "PropertyValue": (("type", 1, _UINT32, ""), ("is_null", 2, _BOOL, ""), ("string_value", 8, _STRING, "")),
}
_REPEATED = {"metrics", "keys", "values"}

METRICS_REMEMBERED_MAX = 5_000
"""Metrics of one edge node that are remembered; beyond, all is forgotten and learnt anew."""

_SIGNED_BITS = {1: 8, 2: 16, 3: 32, 4: 64}
"""Data types Int8, Int16, Int32 and Int64, whose two's complement travels in an unsigned field."""


@cache
def payload_class() -> Any:
    """The message class of a Sparkplug payload, built from the field numbers above."""
    label = descriptor_pb2.FieldDescriptorProto
    declared = descriptor_pb2.FileDescriptorProto(
        name="sparkplug_b.proto", package="coldchain.sparkplug", syntax="proto2"
    )
    for message_name, fields in _FIELDS.items():
        message = declared.message_type.add(name=message_name)
        for name, field_number, kind, of in fields:
            message.field.add(
                name=name,
                number=field_number,
                type=kind,
                label=label.LABEL_REPEATED if name in _REPEATED else label.LABEL_OPTIONAL,
                type_name=f".coldchain.sparkplug.{of}" if of else None,
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(declared)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("coldchain.sparkplug.Payload"))


class _Born(NamedTuple):
    name: str
    datatype: int
    unit: str


class Births:
    """What birth messages told of one edge node's metrics; safe to lose, at the price of a rebirth."""

    def __init__(self) -> None:
        self._by_alias: dict[int, _Born] = {}
        self._by_name: dict[str, _Born] = {}

    def learn(self, metrics: Iterable[Any]) -> None:
        """Remember metrics that come with name and data type; a node's own birth or death (bdSeq) starts anew."""
        if any(metric.name == "bdSeq" for metric in metrics) or len(self._by_name) > METRICS_REMEMBERED_MAX:
            self._by_alias.clear()
            self._by_name.clear()
        for metric in metrics:
            if isinstance(metric.name, str) and metric.name and metric.HasField("datatype"):
                born = self._by_name[metric.name] = _Born(metric.name, metric.datatype, _unit(metric))
                if metric.HasField("alias"):
                    self._by_alias[metric.alias] = born

    def complete(self, metric: Any) -> None:
        """Give a metric the name, data type and unit that its birth told, where it leaves them out."""
        born = self._by_name.get(metric.name) if metric.name else None
        if not metric.name and metric.HasField("alias"):
            born = self._by_alias.get(metric.alias)
        if born is None:
            return
        metric.name = born.name
        if not metric.HasField("datatype"):
            metric.datatype = born.datatype
        if born.unit and not metric.properties.keys:
            metric.properties.keys.append("engUnit")
            metric.properties.values.add(string_value=born.unit)


def decode(payload: bytes, received_at_ms: int, default_sensor: str, births: Births | None = None) -> Decoded:
    """Decode the payload of NBIRTH, DBIRTH, NDATA or DDATA; metrics of one path and time make one reading.

    ``births`` is what the edge node's births have told so far; this message is added.
    """
    try:
        message = payload_class().FromString(payload)
    except WireError as error:
        raise DecodeError(
            Reason.MALFORMED, f"the message is not a Sparkplug B payload: {shown(str(error))}; send it unchanged"
        ) from None
    require_count(len(message.metrics))
    births = births or Births()
    births.learn(message.metrics)
    groups: dict[tuple[str, int], dict[Quantity, tuple[Any, Convert]]] = {}
    nameless: list[Any] = []
    for metric in message.metrics:
        births.complete(metric)
        # Of a string that is not UTF-8 protobuf gives the bytes.
        if not metric.name or isinstance(metric.name, bytes):
            nameless.append(metric)
            continue
        path, _, leaf = metric.name.rpartition("/")
        if found := quantity_of(leaf):
            # Of two metrics for one quantity the first counts.
            values = groups.setdefault((path, metric.timestamp or message.timestamp), {})
            values.setdefault(found[0], (metric, found[1]))
    makers: list[Callable[[], Reading]] = [
        partial(_reading, _sensor(default_sensor, path), time_ms, values, received_at_ms)
        for (path, time_ms), values in groups.items()
        if Quantity.TEMPERATURE_C in values
    ]
    makers += [partial(_nameless, metric) for metric in nameless]
    return decoded(makers, note="a Sparkplug payload without a temperature")


def _sensor(default_sensor: str, path: str) -> str:
    return ".".join(part for part in (default_sensor, *path.split("/")) if part)


def _reading(sensor: str, time_ms: int, metrics: dict[Quantity, tuple[Any, Convert]], received_at_ms: int) -> Reading:
    values: dict[str, Any] = {quantity: _value(metric, convert) for quantity, (metric, convert) in metrics.items()}
    if _unit(metrics[Quantity.TEMPERATURE_C][0]) in ("f", "°f", "degf", "fahrenheit"):
        values[Quantity.TEMPERATURE_C] = celsius_of_fahrenheit(values[Quantity.TEMPERATURE_C])
    return measured(sensor, received_at_ms=received_at_ms, measured_at_ms=time_ms or None, **values)


def _value(metric: Any, convert: Convert) -> float:
    if metric.is_null:
        raise ReadingError(f"metric {shown(metric.name)} is null; leave out what was not measured")
    raw: object = None
    for field in ("float_value", "double_value", "int_value", "long_value"):
        if metric.HasField(field):
            raw = getattr(metric, field)
    bits = _SIGNED_BITS.get(metric.datatype)
    if bits is not None and isinstance(raw, int):
        raw &= (1 << bits) - 1
        raw -= (raw >> (bits - 1)) << bits
    return converted(raw, f"metric {metric.name[:40]!r}", convert)


def _unit(metric: Any) -> str:
    """The engineering unit among a metric's properties, lower case, or nothing."""
    for key, value in zip(metric.properties.keys, metric.properties.values, strict=False):
        if key.lower() in ("engunit", "engineering units", "unit", "units"):
            return str(value.string_value).strip().lower()
    return ""


def _nameless(metric: Any) -> Reading:
    if metric.name:
        raise ReadingError(f"metric name {shown(metric.name)} is not UTF-8; correct it in the edge node")
    raise ReadingError(
        f"metric alias {metric.alias} comes without its name, and no birth has told it; ask the edge"
        " node for a rebirth (Node Control/Rebirth), or let it send names"
    )
