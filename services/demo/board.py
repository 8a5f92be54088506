"""The live terminal board of the demo."""

import threading
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from services.demo.tally import HotLot
from services.demo.truth import Figures
from services.web.words import VERDICTS, baht, clock_time, day_and_time

EVENTS_MIN, EVENTS_MAX = 3, 9
STYLES = {
    "use_first": "dark_orange",
    "at_risk": "red",
    "inspect_on_arrival": "magenta",
    "watch": "cyan",
    "unknown": "bright_black",
    "on_track": "green",
}
RUNS_SHOWN = 8
UPPER_ROWS = 10
LOWER_ROWS = RUNS_SHOWN + 3
EVENTS_FRAME = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run on the board."""

    truck: str
    hub: str
    loaded: int
    stops: int
    delivered: bool

    @property
    def state(self) -> str:
        return "delivered" if self.delivered else "collecting" if self.loaded else "assigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that the board shows at one instant."""

    now_ms: int
    speed: float
    share: float
    figures: Figures
    stored: int
    gateways: int
    online: int
    dead_letters: dict[str, int]
    lots: dict[str, int]
    plan: str
    plan_progress: float | None
    best_cost_satang: int | None
    runs: tuple[RunLine, ...]
    shipments: dict[str, int]
    hottest: tuple[HotLot, ...]


@dataclass(slots=True)
class Journal:
    """What happened, in the order in which it did; written by the day, read by the board."""

    entries: list[tuple[int, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, at_ms: int, text: str) -> None:
        with self._lock:
            self.entries.append((at_ms, text))

    def latest(self, count: int) -> list[tuple[int, str]]:
        with self._lock:
            return self.entries[-count:]

    def since(self, told: int) -> list[str]:
        """The entries after the first ``told``, as lines."""
        with self._lock:
            return [f"{clock_time(at_ms)}  {text}" for at_ms, text in self.entries[told:]]


def render(standing: Standing, journal: Journal, url: str, rows: int) -> RenderableType:
    """The board, in a terminal of ``rows`` lines: a low one leaves out the runs and the lots, never what happened."""
    head = Text.assemble(
        ("Village Cold Chain  ", "bold"),
        (day_and_time(standing.now_ms), "bold cyan"),
        "" if standing.speed == 1 else f"  simulated, ×{standing.speed:g}",
        ("   Ctrl-C ends it", "dim"),
    )
    link = Text.assemble("Pages  ", (url, f"underline link {url}"), no_wrap=True)
    bar = ProgressBar(total=1, completed=standing.share, width=None)
    upper = _row(_messages(standing), _planning(standing), _verdicts(standing))
    parts: list[RenderableType] = [head, link, bar, upper]
    left = rows - len(parts[:3]) - UPPER_ROWS - EVENTS_FRAME - 1
    if left - LOWER_ROWS >= EVENTS_MIN:
        parts.append(_row(_runs(standing), _hottest(standing)))
        left -= LOWER_ROWS
    return Group(*parts, _events(journal, max(EVENTS_MIN, min(left, EVENTS_MAX))))


def _row(*panels: Panel) -> Table:
    row = Table.grid(expand=True)
    for _ in panels:
        row.add_column(ratio=1)
    row.add_row(*panels)
    return row


def _messages(standing: Standing) -> Panel:
    figures = standing.figures
    table = _figures()
    table.add_row("gateways online", f"{standing.online} of {standing.gateways}")
    table.add_row("messages sent", f"{figures.messages:,}")
    table.add_row("readings sent", f"{figures.readings:,}")
    table.add_row("  of them repeated", f"{figures.repeated:,}")
    table.add_row("held by cut-off gateways", f"{figures.not_sent_yet:,}")
    table.add_row("readings stored", f"[bold]{standing.stored:,}[/bold]")
    for reason, count in sorted(standing.dead_letters.items()):
        table.add_row(f"dead letters, {reason}", f"[red]{count}[/red]")
    return Panel(table, title="Readings", border_style="blue", height=UPPER_ROWS)


def _planning(standing: Standing) -> Panel:
    table = _figures()
    for state in ("waiting", "planned", "loaded", "received"):
        table.add_row(f"lots {state}", f"{standing.lots.get(state, 0)}")
    table.add_row("plan", standing.plan)
    if standing.best_cost_satang:
        table.add_row("cost, penalties included", baht(standing.best_cost_satang))
    parts: list[RenderableType] = [table]
    if standing.plan_progress is not None:
        parts.append(ProgressBar(total=1, completed=standing.plan_progress))
    return Panel(Group(*parts), title="Collection", border_style="blue", height=UPPER_ROWS)


def _verdicts(standing: Standing) -> Panel:
    table = _figures()
    for key, look in VERDICTS.items():
        table.add_row(Text(look.word, style=STYLES[key]), f"{standing.shipments.get(key, 0)}")
    return Panel(table, title=f"Shipments ({sum(standing.shipments.values())})", border_style="blue", height=UPPER_ROWS)


def _runs(standing: Standing) -> Panel:
    table = Table(box=None, expand=True, pad_edge=False)
    for name in ("truck", "to", "lots", "state"):
        table.add_column(name, header_style="dim", justify="right" if name == "lots" else "left", no_wrap=True)
    for run in standing.runs[:RUNS_SHOWN]:
        table.add_row(run.truck, run.hub, f"{run.loaded}/{run.stops}", run.state)
    hidden = len(standing.runs) - RUNS_SHOWN
    return Panel(
        table,
        title="Runs" + (f" ({hidden} more on the page)" if hidden > 0 else ""),
        border_style="blue",
        height=LOWER_ROWS,
    )


def _hottest(standing: Standing) -> Panel:
    table = Table(box=None, expand=True, pad_edge=False)
    for name in ("lot", "produce", "°C", "verdict"):
        table.add_column(name, header_style="dim", justify="right" if name == "°C" else "left", no_wrap=True)
    for lot in standing.hottest:
        verdict = Text(VERDICTS[lot.verdict].word, style=STYLES[lot.verdict])
        table.add_row(lot.code, lot.commodity_id, f"{lot.temperature_c:.1f}", verdict)
    return Panel(table, title="Hottest lots in villages", border_style="blue", height=LOWER_ROWS)


def _events(journal: Journal, count: int) -> Panel:
    told = Text("\n").join(
        Text.assemble((f"{clock_time(at_ms)}  ", "dim"), text) for at_ms, text in journal.latest(count)
    )
    return Panel(told, title="What happened", border_style="blue", height=count + EVENTS_FRAME)


def _figures() -> Table:
    table = Table(box=None, show_header=False, expand=True, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    return table
