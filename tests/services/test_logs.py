"""Log lines: one event, one line, whatever a stranger sends."""

import json
import logging

import pytest

from services.http.requests import request_id
from services.logs import JsonLines, PlainLines


def record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("services.test", logging.INFO, __file__, 1, message, arguments, None)


@pytest.mark.parametrize("formatter", [JsonLines(), PlainLines()])
@pytest.mark.parametrize("text", ["a\nERROR forged", "a\r\nb", "\x1b[31mred", "tab\tand\x00nul"])
def test_a_line_can_not_be_forged(formatter: logging.Formatter, text: str) -> None:
    """Control characters are written out, never through."""
    line = formatter.format(record("path %s", text))
    assert not any(ord(character) < 0x20 for character in line)


def test_a_json_line_has_the_request() -> None:
    """In production each line is an object that names its request."""
    token = request_id.set("abc12345")
    try:
        line = json.loads(JsonLines().format(record("ราคา %d", 7)))
    finally:
        request_id.reset(token)
    assert line["message"] == "ราคา 7"
    assert line["request_id"] == "abc12345"
    assert line["level"] == "INFO"


def test_thai_text_stays_readable() -> None:
    """Only control characters are written out."""
    assert "จุดรวบรวมแกลง" in PlainLines().format(record("จุดรวบรวมแกลง"))
