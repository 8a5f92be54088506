"""VRPTW instances as text (Solomon 1987; Gehring and Homberger 1999), in the convention of the 12th DIMACS challenge.

Distances are ten times the Euclidean distance, truncated; durations equal them; windows and service times are times
ten; the objective is total distance.
"""

from routing.files.lines import Line, coordinate_in, integer_in, lines, refusal, row
from routing.files.literature import Customer, as_problem, euclidean, tenths_truncated
from routing.problem import Problem

COLUMNS = ("CUST NO.", "XCOORD.", "YCOORD.", "DEMAND", "READY TIME", "DUE DATE", "SERVICE TIME")
SCALE = 10


def looks_like_solomon(content: bytes) -> bool:
    return b"VEHICLE" in content[:400].upper() and b"CUST" in content[:600].upper()


def read_solomon(content: bytes) -> Problem:
    """The problem in a Solomon file.

    Raises:
        Refused: naming the line, the value and the remedy.
    """
    text = lines(content)
    if not text:
        raise refusal(1, "the file is empty.", "Give a Solomon or Gehring–Homberger instance.")
    trucks, capacity = _fleet(text)
    table = _after(text, "CUST NO.", "a heading CUST NO. XCOORD. YCOORD. ...")
    if len(table) < 2:
        raise refusal(text[-1].number, "there is no customer.", "Give the depot and at least one customer.")
    points, customers = [], []
    for expected, line in enumerate(table):
        point, customer = _customer(line, expected)
        points.append(point)
        customers.append(customer)
    return as_problem(text[0].text, customers, euclidean(points, tenths_truncated), capacity, trucks)


def _fleet(text: list[Line]) -> tuple[int, int]:
    body = _after(text, "NUMBER", "a heading NUMBER CAPACITY")
    if not body:
        raise refusal(
            text[-1].number, "no number of trucks and capacity follow.", "Add the line below NUMBER CAPACITY."
        )
    values = [integer_in(body[0], word, name) for word, name in row(body[0], ("NUMBER", "CAPACITY"))]
    if values[0] < 1:
        raise refusal(body[0].number, "NUMBER is 0.", "Give at least one truck.")
    return values[0], values[1]


def _after(text: list[Line], heading: str, what: str) -> list[Line]:
    for place, line in enumerate(text):
        if line.text.upper().startswith(heading):
            return text[place + 1 :]
    raise refusal(text[-1].number, f"there is no {heading} above.", f"Add {what}.")


def _customer(line: Line, expected: int) -> tuple[tuple[float, float], Customer]:
    words = dict(zip(COLUMNS, (word for word, _ in row(line, COLUMNS)), strict=True))
    number = integer_in(line, words["CUST NO."], "CUST NO.")
    if number != expected:
        raise refusal(
            line.number, f"CUST NO. is {number}, {expected} is expected.", "Number the rows from 0, in order."
        )
    point = (coordinate_in(line, words["XCOORD."], "XCOORD."), coordinate_in(line, words["YCOORD."], "YCOORD."))
    opens, closes, service = (
        SCALE * integer_in(line, words[name], name) for name in ("READY TIME", "DUE DATE", "SERVICE TIME")
    )
    if opens > closes:
        raise refusal(
            line.number, f"READY TIME {opens // SCALE} is after DUE DATE {closes // SCALE}.", "Swap or correct them."
        )
    return point, Customer(integer_in(line, words["DEMAND"], "DEMAND"), service, opens, closes)
