"""Which reader a benchmark file needs, and the best cost known for it."""

import json
import re
from pathlib import Path

from routing.files.lines import refusal
from routing.files.solomon import looks_like_solomon, read_solomon
from routing.files.vrplib import looks_like_vrplib, read_vrplib
from routing.problem import Problem


def read_instance(content: bytes) -> Problem:
    """The problem in a VRPLIB or Solomon file, told apart by its headings.

    Raises:
        Refused: it is neither, or has a fault.
    """
    if looks_like_vrplib(content):
        return read_vrplib(content)
    if looks_like_solomon(content):
        return read_solomon(content)
    raise refusal(
        1,
        "there is neither a DIMENSION nor a VEHICLE heading.",
        "Give a VRPLIB (CVRP) or a Solomon or Gehring–Homberger (VRPTW) file.",
    )


def best_known(path: Path) -> int | None:
    """The best known cost of the instance in `path`: from NAME.sol beside it (`Cost 27591`) or from bks.json there."""
    solution = path.with_suffix(".sol")
    if solution.exists():
        found = re.search(r"^\s*cost:?\s+(\d+)", solution.read_text("utf-8", "replace"), re.IGNORECASE | re.MULTILINE)
        if found:
            return int(found[1])
    table = path.with_name("bks.json")
    if table.exists():
        value = json.loads(table.read_text("utf-8")).get(path.stem)
        return int(value) if value is not None else None
    return None
