"""The published page is what the benchmark writes now, and its plots are well-formed."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from telemetry.freshness.commodities import load_catalogue
from telemetry.freshness.validation.cases import Use, load_cases
from telemetry.freshness.validation.page import END, PAGE, START, pictures, with_tables
from telemetry.freshness.validation.score import misses, score, select

DOCS = Path(__file__).parents[3] / "docs"
RENEW = "run `coldchain bench freshness --write-docs docs` and commit what it writes"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def scores():
    return score(load_cases(), load_catalogue())


def test_the_page_holds_the_tables_of_this_model(scores):
    page = (DOCS / PAGE).read_text(encoding="utf-8")
    assert with_tables(page, scores) == page, RENEW


def test_the_plots_are_those_of_this_model(scores):
    for name, svg in pictures(scores).items():
        assert (DOCS / name).read_text(encoding="utf-8") == svg, RENEW


def test_every_miss_is_named_on_the_page(scores):
    page = (DOCS / PAGE).read_text(encoding="utf-8")
    misses_part = page[page.index("### The misses") : page.index("### Cases that the model refuses")]
    assert all(f"`{one.case.case_id}`" in misses_part for one in misses(select(scores, Use.JUDGING)))


def test_the_scatter_has_a_mark_for_every_judging_case_and_predictor(scores):
    judged = select(scores, Use.JUDGING)
    scatter = ElementTree.fromstring(next(iter(pictures(scores).values())))
    assert len(list(scatter.iter(f"{SVG}title"))) == 3 * len(judged)


def test_a_page_without_its_marks_is_refused(scores):
    with pytest.raises(ValueError, match="lacks its marks"):
        with_tables("# Freshness\n", scores)


def test_writing_twice_changes_nothing(scores):
    once = with_tables(f"before\n{START}\n{END}\nafter\n", scores)
    assert with_tables(once, scores) == once
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
