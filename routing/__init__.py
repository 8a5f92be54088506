"""Collection plans for perishable lots: state a `Problem`, `solve` it, `check` the `Plan`. No solver is loaded."""

from routing.check import Verdict, check
from routing.document import read_plan, read_problem, write_plan, write_problem
from routing.faults import Fault, Refused
from routing.plan import Plan
from routing.problem import Problem
from routing.search import Progress, solve
from routing.travel import matrices
from routing.validate import validate

__all__ = [
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
