"""Field types of requests and answers: instants, times of day and temperatures, integers inside and text outside."""

import re
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from services.clock import to_rfc3339

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_EPOCH_MS = 253_402_300_799_999  # 9999-12-31, the last instant that RFC 3339 can write
DAY_S = 86_400


def parse_instant(value: Any) -> int:
    """UTC epoch milliseconds of an RFC 3339 text with an offset, or of integer epoch milliseconds (also as text).

    Raises ValueError saying what to send instead.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value) if len(value) < 20 else MAX_EPOCH_MS + 1
    if isinstance(value, int) and not isinstance(value, bool):
        epoch_ms = value
    elif isinstance(value, str):
        try:
            instant = datetime.fromisoformat(value)
        except ValueError as error:
            raise ValueError("send RFC 3339 such as 2026-11-23T12:00:00+07:00, or epoch milliseconds") from error
        if instant.tzinfo is None:
            raise ValueError("add the offset from UTC, such as Z or +07:00")
        # whole microseconds, since a float of seconds would lose milliseconds
        delta = instant - EPOCH
        epoch_ms = (delta.days * DAY_S + delta.seconds) * 1000 + delta.microseconds // 1000
    else:
        raise ValueError("send RFC 3339 such as 2026-11-23T12:00:00+07:00, or epoch milliseconds")
    if not 0 <= epoch_ms <= MAX_EPOCH_MS:
        raise ValueError("must lie between 1970 and 9999")
    return epoch_ms


_CLOCK_TIME = re.compile(r"(\d{2}):([0-5]\d)(?::([0-5]\d))?")


def parse_time_of_day(value: Any) -> int:
    """Seconds from local midnight of `HH:MM` or `HH:MM:SS`; past 24:00 is the next day, as in GTFS."""
    match = _CLOCK_TIME.fullmatch(value) if isinstance(value, str) else None
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0) if match else -1
    if not 0 <= seconds <= 2 * DAY_S:
        raise ValueError("send HH:MM from 00:00 to 48:00, where 26:00 is 02:00 on the next day")
    return seconds


def format_time_of_day(seconds: int) -> str:
    """`HH:MM`, with seconds only where there are any."""
    text = f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def _no_control_characters(value: str) -> str:
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in value):
        raise ValueError("must not contain control characters")
    return value


Instant = Annotated[
    int,
    BeforeValidator(parse_instant),
    PlainSerializer(to_rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-23T05:00:00Z"]}),
]
"""UTC epoch milliseconds inside, RFC 3339 outside."""

TimeOfDay = Annotated[
    int,
    BeforeValidator(parse_time_of_day),
    PlainSerializer(format_time_of_day, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{2}:[0-5]\d(:[0-5]\d)?$", "examples": ["06:30"]}),
]
"""Seconds from local midnight inside, `HH:MM` outside."""

ShownTimeOfDay = Annotated[
    int,
    PlainSerializer(format_time_of_day, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["06:30"]}),
]
"""Seconds from local midnight, shown as `HH:MM`."""


def _to_centi(value: float) -> int:
    return round(value * 100)


def _from_centi(value: int) -> float:
    return value / 100


TemperatureC = Annotated[
    float,
    Field(ge=-60, le=80, examples=[13.5]),
    AfterValidator(_to_centi),
    PlainSerializer(_from_centi, return_type=float, when_used="json"),
]
"""°C outside, hundredths of a degree inside."""

ShownTemperatureC = Annotated[
    int,
    PlainSerializer(_from_centi, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "examples": [13.5]}),
]
"""Hundredths of a degree, shown in °C."""

CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
CodeText = Annotated[str, Field(pattern=CODE_PATTERN, examples=["KLG-01"])]
"""What people print on labels: letters, digits, `.`, `_` and `-`."""

Ref = Annotated[str, Path(pattern=CODE_PATTERN, description="Its id, or its code.")]
"""How an address names a thing: by the id that it got, or by the code that people print on labels."""


MAX_BIGINT = 2**63 - 1
"""The largest integer that both databases hold."""

NumberRef = Annotated[int, Path(ge=1, le=MAX_BIGINT)]
"""An address that ends with a number."""


def as_id(ref: str) -> uuid.UUID | None:
    """The id in a :data:`Ref`, or None when it is a code."""
    try:
        return uuid.UUID(ref)
    except ValueError:
        return None


PlainText = Annotated[str, Field(min_length=1), AfterValidator(_no_control_characters)]
"""Text of one line."""

NameText = Annotated[PlainText, Field(max_length=200)]


class Payload(BaseModel):
    """A request body: an unknown member is refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Document(BaseModel):
    """An answer, made from a table row or from a value."""

    model_config = ConfigDict(from_attributes=True)


def example(document: dict[str, Any]) -> ConfigDict:
    """A model's configuration with an example for the OpenAPI document."""
    return ConfigDict(json_schema_extra={"example": document})
