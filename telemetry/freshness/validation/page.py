"""The tables of `docs/freshness-validation.md`: written by the benchmark, checked by a test."""

from collections import Counter
from collections.abc import Iterable, Sequence

from telemetry.freshness.validation.cases import (
    Access,
    Case,
    EndedBy,
    Relation,
    Segment,
    Setting,
    Use,
    load_excluded,
    load_works,
)
from telemetry.freshness.validation.plots import TITLES, fold_errors, predicted_against_observed
from telemetry.freshness.validation.predictors import PREDICTORS
from telemetry.freshness.validation.requirements import requirements
from telemetry.freshness.validation.scatter import agreement, spread_of
from telemetry.freshness.validation.score import CaseScore, Summary, misses, select, summarise

START = "<!-- written by `coldchain bench freshness --write-docs docs`: start -->"
END = "<!-- written by `coldchain bench freshness --write-docs docs`: end -->"
PAGE = "freshness-validation.md"
SCATTER, FOLDS = "freshness-validation-scatter.svg", "freshness-validation-folds.svg"

_NAMES = tuple(one.name for one in PREDICTORS)


def pictures(scores: Sequence[CaseScore]) -> dict[str, str]:
    """The plots by file name, of the judging cases."""
    judged = select(scores, Use.JUDGING)
    return {SCATTER: predicted_against_observed(judged, _NAMES), FOLDS: fold_errors(judged, _NAMES)}


def with_tables(page: str, scores: Sequence[CaseScore]) -> str:
    """The page with its tables renewed. Raises `ValueError` where the marks are missing."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"{PAGE} lacks its marks {START!r} and {END!r}")
    return f"{before}{START}\n\n{tables(scores)}\n{END}{after}"


def tables(scores: Sequence[CaseScore]) -> str:
    """All tables as Markdown."""
    judged = select(scores, Use.JUDGING)
    parts = [
        "### Required and reached, on unseen cases\n",
        _requirements_table(judged),
        "### How far the observations themselves agree\n",
        _agreement(scores),
        "### Unseen cases, all of them\n",
        _summary_table(("all", judged), *_by_setting(scores, Use.JUDGING)),
        _commodities(judged),
        "### By how the figure was obtained\n",
        _summary_table(*((access.value, select(scores, Use.JUDGING, access)) for access in Access)),
        "### Dry air, judged apart\n",
        _summary_table(("under 75 % relative humidity", select(scores, Use.JUDGING, settings=(Setting.DRY,)))),
        "### Chilling cases, one by one\n",
        _chilling_table(judged),
        f"### The misses: {len(misses(judged))} of {len(judged)} cases are off by more than ×1.5\n",
        _case_table(misses(judged)),
        "### Cases that the model refuses\n",
        "The catalogue has no published life for these commodities, so there is no prediction to judge:\n",
        "".join(f"- `{one.case.case_id}`: observed {_days(one.case)} d\n" for one in scores if one.refused),
        "### Development cases\n",
        "Never counted above.\n",
        _summary_table(("all", select(scores, Use.DEVELOPMENT)), *_by_setting(scores, Use.DEVELOPMENT)),
        "### Every judging case\n",
        _case_table(judged),
        "### Sources\n",
        _sources_table(scores),
        "### Read and left out\n",
        _excluded_table(),
    ]
    return "\n".join(parts)


def _requirements_table(judged: Sequence[CaseScore]) -> str:
    rows = ["| measure | required | reached | met |", "|---|---|---|---|"]
    for one in requirements(judged):
        rows.append(f"| {one.measure} | {one.required} | {one.reached} | {'yes' if one.met else '**no**'} |")
    return "\n".join(rows) + "\n"


def _agreement(scores: Sequence[CaseScore]) -> str:
    agreed = agreement(one.case for one in scores)
    return (
        f"{agreed.pairs} pairs of works report the same commodity, stage and kind of end at the same constant "
        f"temperature (within 1 °C). Half of the pairs differ by more than ×{agreed.median_fold:.2f}. If the "
        f"logarithms scatter normally, one who knew the true middle of every commodity would have a median fold error "
        f"of {agreed.floor_fold:.2f} on such observations (standard deviation of ln days {spread_of(agreed):.2f}).\n"
    )


def _commodities(judged: Iterable[CaseScore]) -> str:
    counts = Counter(one.case.commodity_id for one in judged)
    said = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return f"They speak of {len(counts)} commodities: {said}.\n"


def _by_setting(scores: Sequence[CaseScore], use: Use) -> list[tuple[str, tuple[CaseScore, ...]]]:
    shown = (Setting.CONSTANT, Setting.CHILLING, Setting.DYNAMIC)
    return [(setting.value, select(scores, use, settings=(setting,))) for setting in shown]


def _summary_table(*groups: tuple[str, Sequence[CaseScore]]) -> str:
    head = "| cases | predictor | n | median fold error | within ×1.5 | over beyond ×1.5 | 80 % interval holds |"
    rows = [head, "|---|---|---|---|---|---|---|"]
    for label, group in groups:
        for name in _NAMES:
            rows.append(f"| {label} | {TITLES[name]} | {_summary_cells(summarise(group, name))} |")
    return "\n".join(rows) + "\n"


def _summary_cells(summary: Summary) -> str:
    fold = "none two-sided" if summary.median_fold is None else f"{summary.median_fold:.2f} ({summary.two_sided})"
    return " | ".join(
        (
            str(summary.cases),
            fold,
            _share(summary.within, summary.cases),
            _share(summary.over, summary.over_of),
            _share(summary.covered, summary.covered_of),
        )
    )


def _chilling_table(scores: Iterable[CaseScore]) -> str:
    chilled = [one for one in scores if one.case.ended_by is EndedBy.CHILLING]
    beaten = [one for one in chilled if one.comparisons["model"].within and not any(_baselines_within(one))]
    lost = [one for one in chilled if not one.comparisons["model"].within]
    said = (
        f"Of {len(chilled)} chilling cases, constant and dynamic, the model is within ×1.5 in "
        f"{len(chilled) - len(lost)}; in {len(beaten)} of them both baselines are off by more. It misses {len(lost)}.\n"
    )
    return f"{said}\n{_case_table(chilled)}"


def _baselines_within(one: CaseScore) -> list[bool]:
    return [one.comparisons[name].within for name in _NAMES if name != "model"]


def _case_table(scores: Iterable[CaseScore]) -> str:
    titles = " | ".join(TITLES[name] for name in _NAMES)
    rows = [f"| case | conditions | observed, d | {titles} |", "|---|---|---|" + "---|" * len(_NAMES)]
    for one in scores:
        cells = " | ".join(_prediction(one, name) for name in _NAMES)
        rows.append(f"| `{one.case.case_id}` | {_conditions(one.case)} | {_days(one.case)} | {cells} |")
    return "\n".join(rows) + "\n"


def _prediction(one: CaseScore, name: str) -> str:
    comparison = one.comparisons[name]
    days = f"{comparison.prediction.days:.1f}"
    return days if comparison.within else f"**{days}**"


def _conditions(case: Case) -> str:
    profile = ", ".join(_segment(segment) for segment in case.profile)
    parts = [profile, case.endpoint.value, case.stage.replace("_", " "), case.cultivar, case.note]
    return "; ".join(part for part in parts if part)


def _segment(segment: Segment) -> str:
    return f"{segment.temperature_c:g} °C" + (f" for {segment.hours:g} h" if segment.hours is not None else "")


def _days(case: Case) -> str:
    match case.relation:
        case Relation.EXACT:
            return f"{case.low_days:g}"
        case Relation.RANGE:
            return f"{case.low_days:g}-{case.high_days:g}"
        case Relation.AT_LEAST:
            return f"≥ {case.low_days:g}"
        case Relation.AT_MOST:
            return f"≤ {case.high_days:g}"


def _sources_table(scores: Iterable[CaseScore]) -> str:
    counts: dict[str, int] = {}
    for one in scores:
        counts[one.case.work.source_id] = counts.get(one.case.work.source_id, 0) + 1
    rows = ["| id | work | use | access | cases |", "|---|---|---|---|---|"]
    for work in load_works().values():
        cited = f"{work.authors or 'no author'} ({work.year or 'no year seen'}). {work.title}. {work.where}."
        linked = f"{cited} [address]({work.url})" if work.url else cited
        rows.append(f"| `{work.source_id}` | {linked} | {work.use} | {work.access} | {counts[work.source_id]} |")
    return "\n".join(rows) + "\n"


def _excluded_table() -> str:
    rows = ["| observation | why it is left out |", "|---|---|"]
    rows += [f"| [{observation}]({url}) | {reason} |" for observation, reason, url in load_excluded()]
    return "\n".join(rows) + "\n"


def _share(count: int, of: int) -> str:
    return f"{count} of {of} ({100 * count / of:.0f} %)" if of else "-"
