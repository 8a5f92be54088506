"""How the router refuses an input: every fault with its place, the value and the remedy."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: a JSON pointer (RFC 6901) into the document, what is wrong with which value, what to do about it."""

    pointer: str
    detail: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.detail} {self.remedy}"


class Refused(ValueError):
    """A problem or plan with faults; `faults` lists all that were found."""

    def __init__(self, what: str, faults: Iterable[Fault]) -> None:
        self.what = what
        self.faults = tuple(faults)
        super().__init__("\n".join([f"The {what} can't be used:", *(f"  {fault}" for fault in self.faults)]))


def pointer(*parts: str | int) -> str:
    """The JSON pointer of a path: `pointer("pickups", 3, "weight_g")` is `/pickups/3/weight_g`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
