"""What the library offers, and that its documented examples run."""

import ast
import doctest
import re
from pathlib import Path

import pytest

import telemetry.freshness
from telemetry.freshness.drawing import life_curve_svg
from telemetry.freshness.fitting import constants, law_scores

ROOT = Path(__file__).parents[3]
ROOM = ROOT / "telemetry" / "freshness"
GUIDE = ROOT / "docs" / "freshness.md"


def test_exported_names() -> None:
    """A name added or taken away is a decision, not an accident."""
    assert telemetry.freshness.__all__ == [
        "Assessment",
        "Catalogue",
        "Commodity",
        "Condition",
        "Confidence",
        "Ledger",
        "Leg",
        "Policy",
        "UnknownCommodity",
        "Verdict",
        "assess",
        "forecast",
        "judge",
        "keep_along",
        "keep_at",
        "load_catalogue",
    ]
    for name in telemetry.freshness.__all__:
        assert getattr(telemetry.freshness, name).__doc__, name


def test_the_docstring_example_runs() -> None:
    """As it stands."""
    assert doctest.testmod(telemetry.freshness).failed == 0


def test_the_examples_of_the_guide_run() -> None:
    """Every Python block of docs/freshness.md, one after the other in one notebook."""
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(blocks) >= 3
    notebook: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), notebook)  # the guide is ours


def test_the_tables_of_the_guide_are_what_the_fit_gives() -> None:
    """Figures in the guide come from `python -m telemetry.freshness.fitting`, today."""
    guide, catalogue = GUIDE.read_text(encoding="utf-8"), telemetry.freshness.load_catalogue()
    for score in law_scores(catalogue):
        assert f"| {score.name} | {score.bias:+.2f} | {score.scatter:.2f} |" in guide
    for constant in constants(catalogue):
        assert f"| {constant.name} | {constant.fitted:.3f} | {constant.used:g} |" in guide


def test_the_picture_of_the_guide_is_the_model_s(catalogue: telemetry.freshness.Catalogue) -> None:
    """`python -m telemetry.freshness.drawing mangosteen > docs/freshness-mangosteen.svg` makes it."""
    drawn = life_curve_svg(catalogue.commodity("mangosteen"))
    assert drawn == (ROOT / "docs" / "freshness-mangosteen.svg").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="pandan has no published life"):
        life_curve_svg(catalogue.commodity("pandan"))


@pytest.mark.parametrize("module", sorted(ROOM.glob("*.py")), ids=lambda path: path.stem)
def test_the_room_is_pure(module: Path) -> None:
    """No SQL, no HTTP, no clock, no files beside the catalogue: only the standard library, numpy and telemetry."""
    allowed = {"telemetry", "numpy"}
    standard = {
        "ast", "bisect", "collections", "csv", "dataclasses", "datetime", "difflib", "enum", "functools", "hashlib",
        "importlib", "io", "itertools", "json", "math", "statistics", "sys", "types", "typing",
    }  # fmt: skip
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert {name.split(".")[0] for name in names} <= allowed | standard, module.name
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"time", "now", "today", "utcnow"}, f"{module.name}: the clock is given, never read"
