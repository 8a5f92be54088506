"""Following a chain from its first link, and naming the first that does not hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.db.chain import Head, link_after


class Wrong(StrEnum):
    """What is wrong with a record."""

    MISSING = "missing"
    CHANGED = "changed"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    ADDED = "added"


class BrokenChainError(Exception):
    """A chain does not hold: what is wrong with which of its records."""

    def __init__(self, wrong: Wrong, number: int, detail: str) -> None:
        super().__init__(detail)
        self.wrong = wrong
        self.number = number
        self.detail = detail


@dataclass(slots=True)
class ChainCheck:
    """Takes the records of one chain in order. ``signed`` are links that a checkpoint has, by number.

    Raises BrokenChainError at the first record that is missing, changed, or other than it was when it was signed.
    """

    signed: Mapping[int, bytes] = field(default_factory=dict)
    last: Head = field(default_factory=Head)

    def take(self, number: int, record: bytes, link: bytes) -> None:
        """The next record, its canonical bytes and the link that stands beside it."""
        expected = self.last.number + 1
        if number != expected:
            raise BrokenChainError(Wrong.MISSING, expected, f"number {expected} is missing; {number} comes next")
        if link != link_after(self.last.link, record):
            raise BrokenChainError(Wrong.CHANGED, number, f"number {number} is not what its link was made over")
        signed = self.signed.get(number)
        if signed is not None and signed != link:
            raise BrokenChainError(
                Wrong.REWRITTEN,
                number,
                f"number {number} or one before it is not what was signed; the chain was rewritten",
            )
        self.last = Head(number, link)

    def end(self, head: Head) -> None:
        """After the last record: the chain is as long as its head and every checkpoint say."""
        beyond = max([head.number, *self.signed], default=0)
        if beyond > self.last.number:
            first = self.last.number + 1
            raise BrokenChainError(
                Wrong.TRUNCATED, first, f"numbers {first} to {beyond} are missing at the end; the chain was cut off"
            )
        if head.number < self.last.number or (head.number and head.link != self.last.link):
            raise BrokenChainError(
                Wrong.CHANGED,
                self.last.number,
                f"the head of the chain is not its last link, number {self.last.number}",
            )
