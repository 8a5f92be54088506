"""Reading numbers from text files so that a fault names its line, its value and the remedy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.faults import Fault, Refused

LARGEST = 10**9


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty; `number` counts from 1."""

    number: int
    text: str

    @property
    def words(self) -> list[str]:
        return self.text.split()


def lines(content: bytes) -> list[Line]:
    """The lines of a file that are not empty.

    Raises:
        Refused: it is not text.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(1, f"byte {error.start} is not text in UTF-8.", "Save the file as plain text.") from None
    return [Line(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def refusal(number: int, detail: str, remedy: str) -> Refused:
    """The refusal of a file for one line."""
    return Refused("file", [Fault(f"line {number}", detail, remedy)])


def number_in(line: Line, word: str, name: str) -> float:
    """A finite number that is not negative.

    Raises:
        Refused: it is none.
    """
    try:
        value = float(word)
    except ValueError:
        raise refusal(line.number, f"{name} is {word!r}, not a number.", "Correct the value.") from None
    if not 0 <= value <= LARGEST:
        raise refusal(line.number, f"{name} is {word}.", f"Give a value from 0 to {LARGEST}.")
    return value


def integer_in(line: Line, word: str, name: str) -> int:
    """A whole number that is not negative; `20.0` counts as one.

    Raises:
        Refused: it is none.
    """
    value = number_in(line, word, name)
    if value != int(value):
        raise refusal(line.number, f"{name} is {word}, not a whole number.", "Correct the value.")
    return int(value)


def coordinate_in(line: Line, word: str, name: str) -> float:
    """A finite number of either sign.

    Raises:
        Refused: it is none.
    """
    sign = -1.0 if word.startswith("-") else 1.0
    return sign * number_in(line, word.removeprefix("-"), name)


def row(line: Line, columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words of a line with the names of their columns.

    Raises:
        Refused: there are more or fewer.
    """
    words = line.words
    if len(words) != len(columns):
        raise refusal(
            line.number,
            f"has {len(words)} values, {len(columns)} are expected ({', '.join(columns)}).",
            "Add what is missing or take out what is too much.",
        )
    return zip(words, columns, strict=True)
