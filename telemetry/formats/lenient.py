"""JSON as gateways really send it: with a byte-order mark, NaN, Infinity, numbers beyond a double, or broken UTF-8."""

import json
from codecs import BOM_UTF8
from typing import Any

from telemetry.formats.decoded import DecodeError, Reason


def loads(payload: bytes) -> Any:
    """Parse ``payload``; NaN and infinities come as floats, broken bytes as lone surrogates, for the caller to refuse
    in place.

    Raises:
        DecodeError: it is not JSON even so, or nested too deep.
    """
    text = payload.removeprefix(BOM_UTF8).decode("utf-8", "surrogateescape")
    try:
        return json.loads(text, parse_int=_whole)
    except RecursionError:
        raise DecodeError(
            Reason.TOO_DEEP, "the message is nested too deep; send the plain structure of the format"
        ) from None
    except json.JSONDecodeError as error:
        start = text[:24].encode("ascii", "backslashreplace").decode()
        raise DecodeError(
            Reason.MALFORMED,
            f"the message is not JSON: {error.msg} at character {error.pos}, it starts with {start!r}; send one JSON "
            "document",
        ) from None


def _whole(digits: str) -> int | float:
    """An integer; as a float where it is so long that making it exact would cost more than it tells."""
    return int(digits) if len(digits) <= 20 else float(digits)
