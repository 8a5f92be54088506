"""The validation as one JSON-ready document."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from telemetry.freshness.validation.cases import Access, Setting, Use
from telemetry.freshness.validation.predictors import PREDICTORS
from telemetry.freshness.validation.requirements import requirements
from telemetry.freshness.validation.scatter import agreement
from telemetry.freshness.validation.score import CaseScore, breach, misses, select, summarise


def document(scores: Sequence[CaseScore], catalogue_sha256: str) -> dict[str, Any]:
    """Accuracy by use, access and setting for every predictor; the requirements; the misses and refusals by name."""
    judged = select(scores, Use.JUDGING)
    return {
        "catalogue_sha256": catalogue_sha256,
        "accuracy": {use.value: _groups(scores, use) for use in Use},
        "requirements": [asdict(one) for one in requirements(judged)],
        "agreement_between_works": asdict(agreement(one.case for one in scores)),
        "misses": [_miss(one) for one in misses(judged)],
        "refused": [one.case.case_id for one in scores if one.refused],
    }


def _groups(scores: Sequence[CaseScore], use: Use) -> dict[str, Any]:
    groups = {"all": select(scores, use)}
    groups |= {access.value: select(scores, use, access) for access in Access}
    groups |= {setting.value: select(scores, use, settings=(setting,)) for setting in Setting}
    return {name: _summaries(group) for name, group in groups.items() if group}


def _summaries(group: Sequence[CaseScore]) -> dict[str, Any]:
    return {one.name: asdict(summarise(group, one.name)) for one in PREDICTORS}


def _miss(one: CaseScore) -> dict[str, Any]:
    return {
        "case": one.case.case_id,
        "source": one.case.work.source_id,
        "setting": one.case.setting.value,
        "observed_days": [one.case.low_days, one.case.high_days],
        "predicted_days": {name: comparison.prediction.days for name, comparison in one.comparisons.items()},
        "fold": breach(one.comparisons["model"]),
    }
