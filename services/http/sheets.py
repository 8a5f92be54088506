"""Cells for spreadsheets: a text that a spreadsheet would take for a formula is marked as text.

`=HYPERLINK(...)` as a lot's code would run when the coordinator opens an export (OWASP, "CSV Injection").
"""

from typing import TypeVar

Cell = TypeVar("Cell", int, float, None)

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula in the common programs, in full width too."""


def plain_cell(value: str | Cell) -> str | Cell:
    """``value`` as a cell that holds it and runs nothing: an apostrophe before what would be a formula.

    Numbers stay numbers, and so does text that is one, such as `-12.5`.
    """
    if not isinstance(value, str) or not value.lstrip(" ").startswith(FORMULA_STARTS):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value
