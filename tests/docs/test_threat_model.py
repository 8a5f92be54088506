"""The threat model names tests and code that are there."""

import re
from itertools import product
from pathlib import Path

MODEL = Path("docs/threat-model.md")
PATH = re.compile(r"`((?:tests|services|routing|telemetry|docs)/[^`\s]+)`")
CHOICE = re.compile(r"{([^}]*)}")


def written_out(path: str) -> list[str]:
    """`a/{b,c}.py` as `a/b.py` and `a/c.py`."""
    choices = [found.split(",") for found in CHOICE.findall(path)]
    return [CHOICE.sub("{}", path).format(*chosen) for chosen in product(*choices)]


def test_what_the_threat_model_cites_is_there() -> None:
    """A control whose test was renamed or removed is no longer shown to hold."""
    cited = [one for path in PATH.findall(MODEL.read_text()) for one in written_out(path)]
    assert len([path for path in cited if path.startswith("tests/")]) >= 10
    assert [path for path in cited if not any(Path().glob(path))] == []


def test_cited_tests_hold_tests() -> None:
    """A cited file or directory has test functions in it, and is not an empty shell."""
    for path in {one for one in PATH.findall(MODEL.read_text()) if one.startswith("tests/")}:
        files = [Path(path)] if path.endswith(".py") else sorted(Path(path).rglob("test_*.py"))
        assert any("def test_" in file.read_text() for file in files), path


def test_every_risk_of_the_api_top_ten_has_a_test() -> None:
    """Each of the ten rows ends with what shows that it holds."""
    rows = re.findall(r"^\| (API\d+) .*$", MODEL.read_text(), re.MULTILINE)
    assert rows == [f"API{number}" for number in range(1, 11)]
    for line in MODEL.read_text().splitlines():
        if line.startswith("| API"):
            assert "`tests/" in line.rsplit("|", 2)[1], line
