"""Files of the literature, written out by hand: what they say is read, what is wrong is named by its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.faults import Fault, Refused
from routing.files.literature_file import best_known, read_instance
from routing.files.solomon import read_solomon
from routing.files.vrplib import read_vrplib
from routing.problem import TimeWindow
from routing.validate import validate

SOLOMON = """\
TINY

VEHICLE
NUMBER     CAPACITY
  3         200

CUSTOMER
CUST NO.  XCOORD.    YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE TIME

    0      40         50          0          0       1236          0
    1      45         68         10        912        967         90
    2      45.5       70         30          0        870         90
"""

VRPLIB = """\
NAME : tiny
COMMENT : "by hand"
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 100
NODE_COORD_SECTION
1 0 0
2 3 4
3 0 1.5
DEMAND_SECTION
1 0
2 60
3 50
DEPOT_SECTION
 1
 -1
EOF
"""

EXPLICIT = """\
NAME : rows
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : {shape}
CAPACITY : 100
VEHICLES : 2
EDGE_WEIGHT_SECTION
{cells}
DEMAND_SECTION
1 5
2 0
3 7
DEPOT_SECTION
2
-1
EOF
"""


def test_a_solomon_file_in_the_dimacs_convention() -> None:
    """Times are tenfold; distances tenfold and cut: sqrt(5² + 18²) = 18.68 becomes 186."""
    problem = read_solomon(SOLOMON.encode())
    validate(problem)
    assert problem.name == "TINY"
    assert len(problem.trucks) == 3
    truck = problem.trucks[0]
    assert (truck.capacity_g, truck.shift, truck.rest) == (200, TimeWindow(opens_s=0, closes_s=12_360), None)
    first = problem.pickups[0]
    assert (first.weight_g, first.service_s, first.windows) == (10, 900, (TimeWindow(opens_s=9_120, closes_s=9_670),))
    matrix = problem.profiles[0].distance_m
    assert matrix is not None
    assert matrix[0] == (0, 186, 207)
    assert problem.profiles[0].duration_s == matrix


def test_a_vrplib_file_rounds_to_the_nearest_integer() -> None:
    problem = read_vrplib(VRPLIB.encode())
    validate(problem)
    matrix = problem.profiles[0].distance_m
    assert matrix is not None
    assert matrix == ((0, 5, 2), (5, 0, 4), (2, 4, 0))
    assert [lot.weight_g for lot in problem.pickups] == [60, 50]
    assert all(not lot.windows for lot in problem.pickups)
    assert len(problem.trucks) == 2


@pytest.mark.parametrize(("shape", "cells"), [("FULL_MATRIX", "0 1 2\n1 0 3\n2 3 0"), ("LOWER_ROW", "1\n2 3")])
def test_an_explicit_matrix_with_the_depot_in_the_middle(shape: str, cells: str) -> None:
    """The depot becomes the first place; the others keep their order."""
    problem = read_vrplib(EXPLICIT.format(shape=shape, cells=cells).encode())
    assert problem.profiles[0].distance_m == ((0, 1, 3), (1, 0, 2), (3, 2, 0))
    assert [lot.weight_g for lot in problem.pickups] == [5, 7]
    assert len(problem.trucks) == 2


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("  3         200", "  3         many", 5, "'many'"),
        ("  3         200", "  0         200", 5, "NUMBER is 0"),
        ("  3         200", "  3", 5, "has 1 values"),
        ("       967", "       900", 11, "912 is after DUE DATE 900"),
        ("    1      45         68         10", "    7      45         68         10", 11, "CUST NO. is 7"),
        ("    1      45         68         10", "    1      45         68         -10", 11, "DEMAND is -10"),
        ("    1      45         68         10", "    1      45         68         1.5", 11, "not a whole number"),
        ("    1      45         68", "    1      nan        68", 11, "XCOORD. is nan"),
        ("CUST NO.", "KUNDE", 12, "no CUST NO."),
    ],
)
def test_a_faulty_solomon_file_is_refused_by_line(old: str, new: str, line: int, said: str) -> None:
    assert old in SOLOMON
    with pytest.raises(Refused) as refused:
        read_solomon(SOLOMON.replace(old, new).encode())
    (fault,) = refused.value.faults
    assert fault.pointer == f"line {line}"
    assert said in fault.detail
    assert fault.remedy


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("DIMENSION : 3", "DIMENSION : three", 4, "'three'"),
        ("DIMENSION : 3", "DIMENSION : 1", 4, "DIMENSION is 1"),
        ("DIMENSION : 3", "DIMENSION : 4", 11, "has 3 rows, DIMENSION is 4"),
        ("CAPACITY : 100\n", "", 17, "there is no CAPACITY"),
        ("TYPE : CVRP", "TYPE : VRPPD", 3, "TYPE is VRPPD"),
        ("EUC_2D", "GEO", 5, "EDGE_WEIGHT_TYPE is GEO"),
        ("3 0 1.5", "3 0", 10, "has 2 values"),
        ("2 60", "9 60", 13, "node is 9"),
        (" -1", " 2\n-1", 15, "names 2 depots"),
        (" 1\n -1", " 8\n -1", 15, "depot 8 is no node"),
        ("DEMAND_SECTION\n1 0\n2 60\n3 50\n", "", 14, "no DEMAND_SECTION"),
    ],
)
def test_a_faulty_vrplib_file_is_refused_by_line(old: str, new: str, line: int, said: str) -> None:
    assert old in VRPLIB
    with pytest.raises(Refused) as refused:
        read_vrplib(VRPLIB.replace(old, new, 1).encode())
    (fault,) = refused.value.faults
    assert fault.pointer == f"line {line}"
    assert said in fault.detail
    assert fault.remedy


def test_the_reader_is_chosen_by_the_headings() -> None:
    assert read_instance(SOLOMON.encode()).name == "TINY"
    assert read_instance(VRPLIB.encode()).name == "tiny"
    with pytest.raises(Refused, match="neither a DIMENSION nor a VEHICLE"):
        read_instance(b"hello")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for reader in (read_solomon, read_vrplib, read_instance):
        with pytest.raises(Refused):
            reader(content)


@given(st.sampled_from([SOLOMON, VRPLIB]), st.data())
def test_a_file_with_a_piece_cut_out_is_read_or_refused(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))
    try:
        read_instance((text[:begin] + text[end:]).encode())
        faults: tuple[Fault, ...] = ()
    except Refused as refused:
        faults = refused.faults
    assert all(fault.pointer.startswith("line ") and fault.remedy for fault in faults)


def test_the_best_known_cost_is_found_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.sol").write_text("Route #1: 1 2\nCost 27591\n")
    (tmp_path / "bks.json").write_text('{"b": 8229}')
    assert best_known(tmp_path / "a.vrp") == 27_591
    assert best_known(tmp_path / "b.txt") == 8_229
    assert best_known(tmp_path / "c.txt") is None
