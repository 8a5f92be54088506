"""What happened on the demo's day, in plain words, with the pages that show it."""

from dataclasses import dataclass, field

WIDTH = 23


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened: a word for it, a sentence, and the path of the page that shows it."""

    word: str
    sentence: str
    path: str = ""


@dataclass(slots=True)
class Story:
    """The thread of the day; one thing is told once."""

    told: list[Told] = field(default_factory=list)
    repair_seconds: float | None = None
    """Real seconds from the reading that broke the plan until its repair could be seen; None: no plan broke."""

    def tell(self, word: str, sentence: str, path: str = "") -> None:
        """Add what happened next."""
        self.told.append(Told(word, sentence, path))

    def lines(self, base_url: str) -> list[str]:
        """The story as lines for people."""
        shown = []
        for one in self.told:
            shown.append(f"{one.word:<{WIDTH}}{one.sentence}")
            if one.path:
                link = one.path if "://" in one.path else base_url + one.path
                shown.append(f"{'':<{WIDTH}}{link}")
        return shown
