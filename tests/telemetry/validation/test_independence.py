"""No work judges the model that also fed it: by id, by address, by author and year, by two authors."""

from dataclasses import replace

import pytest

from telemetry.freshness.commodities import load_catalogue
from telemetry.freshness.figures import Source
from telemetry.freshness.validation.cases import Use, load_cases
from telemetry.freshness.validation.independence import marks_of_citation, marks_of_work, shared_sources, why_same


def catalogue_sources():
    return {figure.source.source_id: figure.source for figure in load_catalogue().figures}.values()


def test_no_judging_case_shares_a_source_with_the_catalogue():
    assert shared_sources(load_cases(), catalogue_sources()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source_id": "jiang-2002"}, "source id jiang-2002"),
        ({"url": "http://phtnet.org/research/view-abstract.asp?research_id=ws011/"}, "address phtnet.org"),
        ({"authors": "Zhang Z.; Jiang Y.M.", "year": "2002"}, "author jiang 2002"),
        ({"authors": "Meethaworn K.; Siriphanich J.", "year": "2016"}, "authors meethaworn, siriphanich"),
    ],
)
def test_a_judging_case_from_a_catalogue_source_is_caught(change, said):
    case = next(case for case in load_cases() if case.work.use is Use.JUDGING)
    tainted = replace(case, work=replace(case.work, **change))
    found = shared_sources([tainted], catalogue_sources())
    assert len(found) == 1
    assert said in found[0]


def test_a_development_case_may_share_a_source():
    case = next(case for case in load_cases() if case.work.use is Use.DEVELOPMENT)
    assert shared_sources([replace(case, work=replace(case.work, source_id="jiang-2002"))], catalogue_sources()) == []


@pytest.mark.parametrize(
    ("citation", "author_years"),
    [
        ("Jiang et al. 2002 Postharvest Biol Technol 26:241", {("jiang", "2002")}),
        ("Paull, Chen & Chen 2014, CTAHR F_N-29", {("paull", "2014"), ("chen", "2014")}),
        ("UC Davis Produce Facts, Rambutan (Kader 2000)", {("kader", "2000")}),
        ("kif-usa.com optimum storage temperature", set()),
    ],
)
def test_authors_and_years_are_read_from_a_citation(citation, author_years):
    assert marks_of_citation(Source("s", citation, "")).author_years == author_years


def test_a_particle_belongs_to_the_surname_after_it():
    case = next(case for case in load_cases() if case.work.source_id == "phakawatmongkol-2004")
    assert marks_of_work(case.work).authors == {"phakawatmongkol", "ketsa", "doorn"}


def test_one_author_in_common_in_another_year_is_another_source():
    one = marks_of_citation(Source("a", "Kader 2000", ""))
    other = marks_of_citation(Source("b", "Kader 2004", ""))
    assert why_same(one, other) == ""
