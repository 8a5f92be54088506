"""Log lines: one JSON object each in production, plain text in development; never more than one line an event."""

import json
import logging
import sys

from services.clock import to_rfc3339
from services.http.requests import request_id
from services.settings import Mode, Settings


class JsonLines(logging.Formatter):
    """One JSON object a line. What a stranger sent stays inside its string, so that nobody forges a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": to_rfc3339(int(record.created * 1000)),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identity := request_id.get():
            line["request_id"] = identity
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class PlainLines(logging.Formatter):
    """Text for people; control characters are written out, so that a value can't forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage().encode("unicode_escape").decode() if has_control(record) else record.getMessage()
        identity = f" [{request_id.get()}]" if request_id.get() else ""
        line = f"{to_rfc3339(int(record.created * 1000))} {record.levelname:<7} {record.name}{identity}: {message}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def has_control(record: logging.LogRecord) -> bool:
    """Whether the message holds a control character."""
    return any(ord(character) < 0x20 or ord(character) == 0x7F for character in record.getMessage())


def configure_logs(settings: Settings) -> None:
    """Send the log of this process to standard error in the form that the mode asks for."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.mode is Mode.PRODUCTION else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for chatty in ("uvicorn.access", "httpx", "httpcore", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
