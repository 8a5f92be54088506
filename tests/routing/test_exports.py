"""The public surface of the room is short, and importing it starts nothing heavy."""

import subprocess
import sys

import routing


def test_the_public_names() -> None:
    assert routing.__all__ == [
        "Fault",
        "Plan",
        "Problem",
        "Progress",
        "Refused",
        "Verdict",
        "check",
        "matrices",
        "read_plan",
        "read_problem",
        "solve",
        "validate",
        "write_plan",
        "write_problem",
    ]
    assert all(hasattr(routing, name) for name in routing.__all__)


def test_importing_loads_no_solver() -> None:
    program = "import sys, routing; print(sorted({'ortools', 'numba'} & {name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ortools_is_imported_in_one_place() -> None:
    from pathlib import Path

    importers = [
        path.name for path in Path(routing.__path__[0]).glob("*.py") if "from ortools" in path.read_text("utf-8")
    ]
    assert importers == ["model.py"]
