"""What headings and cells mean: which column is what, in which unit, and the number in a cell with its decimal
comma.
"""

import math
import re
from enum import StrEnum

from telemetry.formats.decoded import ReadingError, shown
from telemetry.loggers.file import Unit
from telemetry.loggers.table import Cell

_DEGREE = "(?:[°º˚ฐ\ufffd]|¡ã?)"

_DATE = re.compile(r"^(date|datum|fecha|data|วันที่|วัน|日期|ngày)$")
_TIME = re.compile(
    r"^(time|zeit|uhrzeit|heure|hora|เวลา|时间|giờ|thời gian|timestamp|"
    r"(date|datum|fecha|วันที่|วัน|日期)\W*(and|et|und)?\W*(time|zeit|uhrzeit|heure|hora|เวลา|时间)?)\b",
)
_JOINED = re.compile(
    r"date.{0,5}time|time.{0,3}date|datum.{0,3}(uhr)?zeit|fecha.{0,3}hora|วัน(ที่)?.{0,3}เวลา|日期时间|timestamp"
)
_TEMPERATURE = re.compile(
    rf"temp|อุณหภูมิ|温度|nhiệt độ|{_DEGREE}\s*[cf]\b|[℃℉]|\[\s*[cf]\s*\]|\bcelsius\b|\bfahrenheit\b"
)
_HUMIDITY = re.compile(r"humid|\brh\b|%\s*r\.?\s?[hf]|feuchte|humedad|ความชื้น|湿度|độ ẩm")
_NOT_MEASURED = re.compile(
    r"dew|taupunkt|alarm|limit|thresh|\bmkt\b|kinetic|\bmax|\bmin\b|minimum|average|\bavg|status|elapsed|露点|จุดน้ำค้าง"
)
_FAHRENHEIT = re.compile(rf"℉|fahrenheit|{_DEGREE}\s*f\b|[(\[]\s*f\s*[)\]]|deg\.?\s?f\b|\bf$")
_CELSIUS = re.compile(rf"℃|celsius|{_DEGREE}\s*c\b|[(\[]\s*c\s*[)\]]|deg\.?\s?c\b|\bc$")
_KELVIN = re.compile(r"kelvin|[(\[]\s*k\s*[)\]]")
_NUMBER = re.compile(r"^\s*([-+−–]?\s?\d[\d.,' ]*)\s*(.*)$")


class Column(StrEnum):
    """What a column holds."""

    DATE = "date"
    TIME = "time"
    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"


def column_of(heading: str) -> Column | None:
    """What a heading announces, in English, Thai, Chinese, German, Spanish, French or Vietnamese."""
    text = heading.strip().lower()
    if not text or len(text) > 120:
        return None
    if _NOT_MEASURED.search(text):
        return None
    if _DATE.match(text):
        return Column.DATE
    if _JOINED.search(text) or _TIME.match(text):
        return Column.TIME
    if _HUMIDITY.search(text):
        return Column.HUMIDITY
    return Column.TEMPERATURE if _TEMPERATURE.search(text) else None


def unit_of(text: str) -> Unit | None:
    """The unit of temperature that a heading, a property or the rest of a cell names."""
    lower = text.strip().lower()
    if _FAHRENHEIT.search(lower):
        return Unit.FAHRENHEIT
    if _CELSIUS.search(lower):
        return Unit.CELSIUS
    return Unit.KELVIN if _KELVIN.search(lower) else None


def number_of(cell: Cell, what: str) -> tuple[float, Unit | None]:
    """The number in a cell and the unit behind it, if any; the decimal sign may be a point or a comma.

    Raises:
        ReadingError: there is no number in it.
    """
    if isinstance(cell, float):
        return cell, None
    found = _NUMBER.match(cell) if isinstance(cell, str) else None
    if found is None:
        raise ReadingError(f"{what} {shown(cell)} is not a number; correct the cell or leave the row out")
    digits = re.sub(r"[' ]", "", found[1]).replace("−", "-").replace("–", "-").rstrip(".,")
    point = max(digits.rfind("."), digits.rfind(","))
    if point >= 0:
        digits = re.sub(r"[.,]", "", digits[:point]) + "." + digits[point + 1 :]
    try:
        value = float(digits)
    except ValueError:
        raise ReadingError(f"{what} {shown(cell)} is not a number; correct the cell or leave the row out") from None
    if not math.isfinite(value):
        raise ReadingError(f"{what} {shown(cell)} is not finite; correct the cell or leave the row out")
    return value, unit_of(found[2])
