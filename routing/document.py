"""Problems and plans as JSON: strict reading that names every fault, and writing."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from routing.faults import Fault, Refused, pointer
from routing.plan import Plan
from routing.problem import Problem

SHOWN_FAULTS = 100
SHOWN_CHARACTERS = 60

_REMEDIES = {
    "missing": "Add it.",
    "unexpected_keyword_argument": "Remove it, or correct its spelling.",
    "int_type": "Write a whole number without quotes or a decimal point.",
    "int_from_float": "Write a whole number without quotes or a decimal point.",
    "float_type": "Write a number.",
    "finite_number": "Write a finite number.",
    "string_type": "Write a string.",
    "tuple_type": "Write an array.",
    "dataclass_type": "Write an object.",
    "dataclass_exact_type": "Write an object.",
    "json_invalid": "Correct the JSON at this place.",
}

Document = TypeVar("Document", Problem, Plan)


def read_problem(text: bytes | str) -> Problem:
    """Decode a problem; `routing.validate` then looks at what it says.

    Raises:
        Refused: not JSON, a member unknown, missing or of the wrong type; all faults with their JSON pointers.
    """
    return _read(text, TypeAdapter(Problem), "problem")


def read_plan(text: bytes | str) -> Plan:
    """Decode a plan.

    Raises:
        Refused: as for `read_problem`.
    """
    return _read(text, TypeAdapter(Plan), "plan")


def write_problem(problem: Problem) -> bytes:
    """The problem's JSON form; reading it back gives an equal problem."""
    return TypeAdapter(Problem).dump_json(problem, indent=1, exclude_defaults=False)


def write_plan(plan: Plan) -> bytes:
    """The plan's JSON form; reading it back gives an equal plan."""
    return TypeAdapter(Plan).dump_json(plan, indent=1)


def _read(text: bytes | str, adapter: TypeAdapter[Document], what: str) -> Document:
    try:
        document = adapter.validate_json(text)
    except ValidationError as refusal:
        errors = refusal.errors(include_url=False)
        faults = [_fault(error) for error in errors[:SHOWN_FAULTS]]
        if len(errors) > SHOWN_FAULTS:
            faults.append(Fault("", f"{len(errors) - SHOWN_FAULTS} more faults are not shown.", "Correct these first."))
        raise Refused(what, faults) from None
    repeated = list(_repeated(text.encode() if isinstance(text, str) else text))
    if repeated:
        raise Refused(what, repeated[:SHOWN_FAULTS])
    return document


# Strings with the colon that makes them names, and brackets; numbers, of which matrices are made, are passed over.
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"\s*:?|[\[\]{}]')


@dataclass(slots=True)
class _Level:
    """An object or array being read: the names seen in it, the last of them, how many objects and arrays so far."""

    names: set[str] = field(default_factory=set)
    last: str = ""
    children: int = -1
    is_object: bool = True

    @property
    def place(self) -> str | int:
        return self.last if self.is_object else self.children


def _repeated(text: bytes) -> Iterator[Fault]:
    """Members given twice in one object: of valid JSON, readers would take the last one without a word."""
    levels: list[_Level] = []
    for match in _TOKENS.finditer(text):
        token = match[0]
        if token in (b"{", b"["):
            if levels:
                levels[-1].children += 1
            levels.append(_Level(is_object=token == b"{"))
        elif token in (b"}", b"]"):
            levels.pop()
        elif token.endswith(b":"):
            name = json.loads(token[:-1])
            level = levels[-1]
            level.last = name
            if name in level.names:
                place = pointer(*(one.place for one in levels))
                yield Fault(place, f"the member {name!r} is given twice.", "Leave one of them.")
            level.names.add(name)


def _fault(error: ErrorDetails) -> Fault:
    kind, place = error["type"], pointer(*error["loc"])
    if kind == "missing":
        return Fault(place, "this member is missing.", _REMEDIES[kind])
    if kind == "unexpected_keyword_argument":
        return Fault(place, f"there is no member {error['loc'][-1]!r} here.", _REMEDIES[kind])
    if kind == "json_invalid":
        return Fault(place, f"{error['msg']}.", _REMEDIES[kind])
    if kind == "literal_error":
        return Fault(place, f"{_shown(error['input'])} is not known here.", f"Write {error['ctx']['expected']}.")
    return Fault(
        place, f"{_shown(error['input'])} can't stand here: {error['msg']}.", _REMEDIES.get(kind, "Correct it.")
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 3] + "..."
