"""CVRP instances in the VRPLIB format (Uchoa et al. 2017, doi:10.1016/j.ejor.2016.08.012; after TSPLIB 95)."""

from collections.abc import Iterator

import numpy as np

from routing.files.lines import Line, coordinate_in, integer_in, lines, refusal, row
from routing.files.literature import Customer, Matrix, as_problem, euclidean, nearest_integer
from routing.problem import Problem

SECTIONS = ("NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION", "EDGE_WEIGHT_SECTION")
TYPES = ("CVRP",)
LARGEST_DIMENSION = 20_000


def looks_like_vrplib(content: bytes) -> bool:
    return b"DIMENSION" in content[:2000].upper()


def read_vrplib(content: bytes) -> Problem:
    """The problem in a VRPLIB file: coordinates (EUC_2D) or a matrix (EXPLICIT), demands and one depot.

    Raises:
        Refused: naming the line, the value and the remedy.
    """
    text = lines(content)
    headers, sections = _split(text)
    last = text[-1] if text else Line(1, "")
    dimension = _header_integer(headers, "DIMENSION", last)
    capacity = _header_integer(headers, "CAPACITY", last)
    if not 2 <= dimension <= LARGEST_DIMENSION:
        line = headers["DIMENSION"][0]
        raise refusal(line.number, f"DIMENSION is {dimension}.", f"Give a value from 2 to {LARGEST_DIMENSION}.")
    kind = headers.get("TYPE")
    if kind is not None and kind[1].upper() not in TYPES:
        raise refusal(kind[0].number, f"TYPE is {kind[1]}.", f"Give one of {', '.join(TYPES)}.")
    demands = _demands(_section(sections, "DEMAND_SECTION", last), dimension)
    distance = _distances(headers, sections, dimension, last)
    depot = _depot(sections, dimension)
    order = [depot, *(number for number in range(dimension) if number != depot)]
    customers = [Customer(demands[number]) for number in order]
    name = headers["NAME"][1] if "NAME" in headers else "instance"
    trucks = _header_integer(headers, "VEHICLES", last) if "VEHICLES" in headers else None
    return as_problem(name, customers, distance[np.ix_(order, order)], capacity, trucks)


def _split(text: list[Line]) -> tuple[dict[str, tuple[Line, str]], dict[str, tuple[Line, list[Line]]]]:
    headers: dict[str, tuple[Line, str]] = {}
    sections: dict[str, tuple[Line, list[Line]]] = {}
    body: list[Line] | None = None
    for line in text:
        word = line.words[0].rstrip(":").upper()
        if word == "EOF":
            break
        if word in SECTIONS:
            body = []
            sections[word] = (line, body)
        elif ":" in line.text:
            key, _, value = line.text.partition(":")
            headers[key.strip().upper()] = (line, value.strip().strip('"'))
            body = None
        elif body is None:
            raise refusal(line.number, f"{line.text[:40]!r} is neither a header nor in a section.", "Take it out.")
        else:
            body.append(line)
    return headers, sections


def _header_integer(headers: dict[str, tuple[Line, str]], name: str, last: Line) -> int:
    if name not in headers:
        raise refusal(last.number, f"there is no {name} above.", f"Add a line `{name} : value`.")
    line, value = headers[name]
    return integer_in(line, value, name)


def _section(sections: dict[str, tuple[Line, list[Line]]], name: str, last: Line) -> tuple[Line, list[Line]]:
    if name not in sections:
        raise refusal(last.number, f"there is no {name} above.", f"Add the {name}.")
    return sections[name]


def _numbered(section: tuple[Line, list[Line]], dimension: int, columns: tuple[str, ...]) -> Iterator[list[str]]:
    heading, body = section
    if len(body) != dimension:
        raise refusal(
            heading.number, f"{heading.text} has {len(body)} rows, DIMENSION is {dimension}.", "Make them agree."
        )
    for expected, line in enumerate(body, 1):
        words = [word for word, _ in row(line, ("node", *columns))]
        if integer_in(line, words[0], "node") != expected:
            raise refusal(line.number, f"node is {words[0]}, {expected} is expected.", "Number the nodes in order.")
        yield words[1:]


def _demands(section: tuple[Line, list[Line]], dimension: int) -> list[int]:
    rows = _numbered(section, dimension, ("demand",))
    return [integer_in(line, words[0], "demand") for line, words in zip(section[1], rows, strict=True)]


def _distances(
    headers: dict[str, tuple[Line, str]], sections: dict[str, tuple[Line, list[Line]]], dimension: int, last: Line
) -> Matrix:
    if "EDGE_WEIGHT_TYPE" not in headers:
        raise refusal(last.number, "there is no EDGE_WEIGHT_TYPE above.", "Add `EDGE_WEIGHT_TYPE : EUC_2D`.")
    line, kind = headers["EDGE_WEIGHT_TYPE"]
    if kind.upper() == "EUC_2D":
        section = _section(sections, "NODE_COORD_SECTION", last)
        rows = _numbered(section, dimension, ("x", "y"))
        points = [
            (coordinate_in(at, words[0], "x"), coordinate_in(at, words[1], "y"))
            for at, words in zip(section[1], rows, strict=True)
        ]
        return euclidean(points, nearest_integer)
    if kind.upper() == "EXPLICIT":
        return _explicit(headers, _section(sections, "EDGE_WEIGHT_SECTION", last), dimension)
    raise refusal(line.number, f"EDGE_WEIGHT_TYPE is {kind}.", "EUC_2D and EXPLICIT can be read.")


def _explicit(headers: dict[str, tuple[Line, str]], section: tuple[Line, list[Line]], dimension: int) -> Matrix:
    heading, body = section
    line, shape = headers.get("EDGE_WEIGHT_FORMAT", (heading, ""))
    values = [integer_in(at, word, "distance") for at in body for word in at.words]
    matrix = np.zeros((dimension, dimension), np.int64)
    if shape.upper() == "FULL_MATRIX":
        expected, cells = dimension * dimension, np.indices((dimension, dimension)).reshape(2, -1)
    elif shape.upper() == "LOWER_ROW":
        expected, cells = dimension * (dimension - 1) // 2, np.stack(np.tril_indices(dimension, -1))
    else:
        raise refusal(line.number, f"EDGE_WEIGHT_FORMAT is {shape!r}.", "FULL_MATRIX and LOWER_ROW can be read.")
    if len(values) != expected:
        raise refusal(heading.number, f"the matrix has {len(values)} values, {expected} are expected.", "Complete it.")
    matrix[cells[0], cells[1]] = values
    return matrix if shape.upper() == "FULL_MATRIX" else matrix + matrix.T


def _depot(sections: dict[str, tuple[Line, list[Line]]], dimension: int) -> int:
    if "DEPOT_SECTION" not in sections:
        return 0
    heading, body = sections["DEPOT_SECTION"]
    depots = [integer_in(line, line.text, "depot") for line in body if line.text != "-1"]
    if len(depots) != 1:
        raise refusal(heading.number, f"DEPOT_SECTION names {len(depots)} depots.", "Name one.")
    if not 1 <= depots[0] <= dimension:
        raise refusal(heading.number, f"depot {depots[0]} is no node.", f"Give a value from 1 to {dimension}.")
    return depots[0] - 1
