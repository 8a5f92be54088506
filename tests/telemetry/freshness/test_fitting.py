"""The model's constants are what the catalogue gives, and what the catalogue alone gives."""

import ast
from pathlib import Path

import pytest

from telemetry.freshness import load_catalogue
from telemetry.freshness.fitting import constants, law_scores

ROOM = Path(__file__).parents[3] / "telemetry" / "freshness"


def test_constants_in_use_are_the_fitted_ones() -> None:
    """A figure changed in the catalogue without a new fit is found here."""
    for constant in constants(load_catalogue()):
        assert constant.used == pytest.approx(constant.fitted, abs=0.006), constant.name


def test_q10_by_interval_fits_respiration_best() -> None:
    """Of the laws compared it has the smallest scatter, and next to no bias."""
    scores = law_scores(load_catalogue())
    best = min(scores, key=lambda score: score.scatter)
    assert best.name == "Q10 by interval (HB66)"
    assert abs(best.bias) < 0.05


def test_nothing_of_the_model_reads_the_validation_cases() -> None:
    """Cases that judge the model choose none of its parameters: no module outside `validation/` imports from it."""
    for module in ROOM.glob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not any("validation" in name for name in names), module.name
