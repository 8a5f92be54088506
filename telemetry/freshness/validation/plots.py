"""The plots of `docs/freshness-validation.md` as small hand-written SVG: the same scores give the same bytes."""

import math
from collections.abc import Iterable, Sequence
from html import escape

from telemetry.freshness.validation.cases import Relation, Setting
from telemetry.freshness.validation.prediction import ALLOWED_FOLD, Comparison
from telemetry.freshness.validation.score import CaseScore

COLOURS = {
    Setting.CONSTANT: "#1b6ca8",
    Setting.CHILLING: "#8e3b8e",
    Setting.DYNAMIC: "#c25b12",
    Setting.DRY: "#7a7a7a",
}
LINES = {"model": "#1b6ca8", "q10_2": "#c25b12", "mkt": "#5f7f3b"}
TITLES = {"model": "Village Cold Chain", "q10_2": "Q10 = 2", "mkt": "Mean kinetic temperature"}
FEWEST_DAYS, MOST_DAYS = 0.25, 400.0
TICKS_DAYS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)
PANEL, MARGIN, GAP = 250, 46, 26
FOLD_TICKS = (1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)

_STYLE = (
    "text{font:11px sans-serif;fill:#333}.t{font-weight:bold;font-size:12px}.a{stroke:#bbb;fill:none}"
    ".d{stroke:#333;fill:none}.b{fill:#1b6ca8;fill-opacity:.08}.g{stroke:#e4e4e4}"
)


def predicted_against_observed(scores: Sequence[CaseScore], predictors: Iterable[str]) -> str:
    """Days predicted over days observed, one panel a predictor; triangles are one-sided observations."""
    names = list(predictors)
    body = []
    for number, name in enumerate(names):
        left = MARGIN + number * (PANEL + GAP)
        body += _panel(left, MARGIN, TITLES[name], first=number == 0)
        body += [_mark(left, MARGIN, one.comparisons[name]) for one in scores]
    body += _legend(MARGIN, MARGIN + PANEL + 50, {setting.value: COLOURS[setting] for setting in _settings(scores)})
    return _svg(MARGIN * 2 + len(names) * PANEL + (len(names) - 1) * GAP, PANEL + MARGIN + 66, body)


def fold_errors(scores: Sequence[CaseScore], predictors: Iterable[str]) -> str:
    """The share of two-sided cases within a fold error, one line a predictor."""
    width, height = 460, PANEL
    body = [f'<text class="t" x="{MARGIN}" y="{MARGIN - 12}">Share of cases within a fold error</text>']
    for tick in FOLD_TICKS:
        x = MARGIN + width * math.log(tick) / math.log(FOLD_TICKS[-1])
        body.append(f'<line class="g" x1="{x:.1f}" y1="{MARGIN}" x2="{x:.1f}" y2="{MARGIN + height}"/>')
        body.append(f'<text x="{x:.1f}" y="{MARGIN + height + 15}" text-anchor="middle">×{tick:g}</text>')
    for percent in range(0, 101, 25):
        y = MARGIN + height * (1 - percent / 100)
        body.append(f'<line class="g" x1="{MARGIN}" y1="{y:.1f}" x2="{MARGIN + width}" y2="{y:.1f}"/>')
        body.append(f'<text x="{MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{percent} %</text>')
    names = list(predictors)
    for name in names:
        folds = sorted(fold for one in scores if (fold := one.comparisons[name].fold))
        body.append(_steps(folds, width, height, LINES[name]))
    body += _legend(MARGIN, MARGIN + height + 36, {TITLES[name]: LINES[name] for name in names})
    return _svg(MARGIN * 2 + width, height + MARGIN + 52, body)


def _steps(folds: Sequence[float], width: int, height: int, colour: str) -> str:
    points = [f"{MARGIN},{MARGIN + height}"]
    for count, fold in enumerate(folds, start=1):
        x = MARGIN + width * min(1.0, math.log(fold) / math.log(FOLD_TICKS[-1]))
        points.append(f"{x:.1f},{MARGIN + height * (1 - (count - 1) / len(folds)):.1f}")
        points.append(f"{x:.1f},{MARGIN + height * (1 - count / len(folds)):.1f}")
    return f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _panel(left: int, top: int, title: str, *, first: bool) -> list[str]:
    body = [f'<text class="t" x="{left}" y="{top - 12}">{escape(title)}</text>']
    for days in TICKS_DAYS:
        x, y = left + _along(days), top + PANEL - _along(days)
        body.append(f'<line class="g" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{top + PANEL}"/>')
        body.append(f'<line class="g" x1="{left}" y1="{y:.1f}" x2="{left + PANEL}" y2="{y:.1f}"/>')
        body.append(f'<text x="{x:.1f}" y="{top + PANEL + 15}" text-anchor="middle">{days:g}</text>')
        if first:
            body.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{days:g}</text>')
    allowed = PANEL * math.log(ALLOWED_FOLD) / math.log(MOST_DAYS / FEWEST_DAYS)
    band = [(0, 0), (0, allowed), (PANEL - allowed, PANEL), (PANEL, PANEL), (PANEL, PANEL - allowed), (allowed, 0)]
    corners = " ".join(f"{left + x:.1f},{top + PANEL - y:.1f}" for x, y in band)
    body.append(f'<polygon class="b" points="{corners}"/>')
    body.append(f'<line class="d" x1="{left}" y1="{top + PANEL}" x2="{left + PANEL}" y2="{top}"/>')
    body.append(f'<rect class="a" x="{left}" y="{top}" width="{PANEL}" height="{PANEL}"/>')
    body.append(f'<text x="{left + PANEL / 2}" y="{top + PANEL + 30}" text-anchor="middle">observed, days</text>')
    return body


def _mark(left: int, top: int, comparison: Comparison) -> str:
    case = comparison.case
    observed = case.observed_days or case.low_days or case.high_days or FEWEST_DAYS
    x, y = left + _along(observed), top + PANEL - _along(comparison.prediction.days)
    colour = COLOURS[case.setting]
    said = f"<title>{escape(case.case_id)}: {comparison.prediction.days:.1f} d</title>"
    if case.relation in (Relation.EXACT, Relation.RANGE):
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}" fill-opacity=".8">{said}</circle>'
    way = 5 if case.relation is Relation.AT_LEAST else -5
    corners = f"{x:.1f},{y - 3.5:.1f} {x:.1f},{y + 3.5:.1f} {x + way:.1f},{y:.1f}"
    return f'<polygon points="{corners}" fill="{colour}" fill-opacity=".45">{said}</polygon>'


def _along(days: float) -> float:
    share = math.log(days / FEWEST_DAYS) / math.log(MOST_DAYS / FEWEST_DAYS)
    return PANEL * min(max(share, 0.0), 1.0)


def _settings(scores: Iterable[CaseScore]) -> list[Setting]:
    there = {one.case.setting for one in scores}
    return [setting for setting in Setting if setting in there]


def _legend(left: int, y: int, entries: dict[str, str]) -> list[str]:
    body = []
    for name, colour in entries.items():
        body.append(f'<circle cx="{left + 5}" cy="{y - 4}" r="4" fill="{colour}"/>')
        body.append(f'<text x="{left + 14}" y="{y}">{escape(name)}</text>')
        left += 40 + 7 * len(name)
    return body


def _svg(width: int, height: int, body: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", ground, *body, "</svg>", ""])
