"""Plans as tables: CSV for any program, an Excel workbook for people."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from routing.plan import Plan
from routing.problem import Problem

Cell = str | int | float | None

STOPS = (
    "truck", "stop", "kind", "place", "pickup", "hub", "arrives", "starts", "leaves",
    "leg_km", "driving_min", "load_kg", "load_crates",
)  # fmt: skip
ROUTES = ("truck", "stops", "km", "hours", "fixed_baht", "distance_baht", "time_baht", "other_baht", "total_baht")
UNSERVED = ("pickup", "mandatory", "rule", "reason", "relaxation")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula in the common programs, in full width too (OWASP, "CSV Injection")."""

WIDEST_COLUMN = 60


def write_csv(problem: Problem, plan: Plan) -> bytes:
    """One row for each stop, in UTF-8 with the mark that spreadsheets need to read Thai rightly."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(STOPS)
    writer.writerows([[plain_cell(cell) for cell in row] for row in _stops(problem, plan)])
    return out.getvalue().encode("utf-8-sig")


def write_excel(problem: Problem, plan: Plan) -> bytes:
    """A workbook of three sheets: stops, routes with their costs, and what is left behind and why."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, heads, rows in (
        ("Stops", STOPS, _stops(problem, plan)),
        ("Routes", ROUTES, _routes(plan)),
        ("Left behind", UNSERVED, _unserved(plan)),
    ):
        _sheet(book, name, heads, [[plain_cell(cell) for cell in row] for row in rows])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, name: str, heads: Sequence[str], rows: list[list[Cell]]) -> None:
    sheet = book.create_sheet(name)
    sheet.append(list(heads))
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for number, head in enumerate(heads):
        width = max([len(head), *(len(str(row[number])) for row in rows if row[number] is not None)])
        sheet.column_dimensions[get_column_letter(number + 1)].width = min(width + 2, WIDEST_COLUMN)


def plain_cell(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front, unless it is a number."""
    if not isinstance(cell, str) or not cell.lstrip(" ").startswith(FORMULA_STARTS):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def _stops(problem: Problem, plan: Plan) -> Iterator[tuple[Cell, ...]]:
    names = {place.id: place.name or place.id for place in problem.locations}
    for route in plan.routes:
        for number, stop in enumerate(route.stops):
            yield (
                route.truck,
                number,
                stop.kind,
                names.get(stop.location or ""),
                stop.pickup,
                stop.hub,
                _clock(problem, stop.arrival_s),
                _clock(problem, stop.start_s),
                _clock(problem, stop.depart_s),
                stop.distance_m / 1000,
                round(stop.driving_s / 60, 1),
                stop.load_g / 1000,
                stop.load_crates,
            )


def _clock(problem: Problem, second: int) -> str:
    """UTC where the problem says when zero is, else hours, minutes and seconds after zero."""
    if problem.time_zero_ms is not None:
        return datetime.fromtimestamp(problem.time_zero_ms / 1000 + second, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    sign, second = ("-", -second) if second < 0 else ("", second)
    return f"{sign}{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _routes(plan: Plan) -> Iterator[tuple[Cell, ...]]:
    for route in plan.routes:
        costs = route.costs
        other = costs.total - costs.fixed - costs.distance - costs.time
        money = (costs.fixed, costs.distance, costs.time, other, costs.total)
        yield (
            route.truck,
            len(route.stops),
            route.distance_m / 1000,
            round(route.duration_s / 3600, 2),
            *(satang / 100 for satang in money),
        )


def _unserved(plan: Plan) -> Iterator[tuple[Cell, ...]]:
    for item in plan.unserved:
        yield item.pickup, "yes" if item.mandatory else "no", item.rule, item.reason, item.relaxation
