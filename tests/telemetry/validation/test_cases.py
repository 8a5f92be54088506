"""The validation data: every row is used, cited and of a known commodity; a wrong row is named."""

import pytest

from telemetry.freshness.commodities import load_catalogue
from telemetry.freshness.validation.cases import (
    Access,
    CaseFault,
    Relation,
    Setting,
    SourceKind,
    Use,
    load_cases,
    load_excluded,
    load_works,
    parse_cases,
    parse_profile,
    parse_works,
    use_by_rule,
)
from telemetry.freshness.validation.independence import marks_of_citation, marks_of_work, why_same

WORKS = "source_id,kind,authors,year,title,where,access,use,url\n"
CASES = (
    "case_id,source_id,commodity_id,stage,profile,endpoint,"
    "ended_by,relation,low_days,high_days,humidity_pct,cultivar,note\n"
)


def test_every_case_is_of_a_commodity_and_stage_of_the_catalogue():
    catalogue = load_catalogue()
    for case in load_cases():
        assert catalogue.commodity(case.commodity_id, case.stage).commodity_id == case.commodity_id


def test_every_case_has_its_own_id_and_every_work_has_a_case():
    cases = load_cases()
    assert len({case.case_id for case in cases}) == len(cases)
    assert {case.work.source_id for case in cases} == set(load_works())


def test_a_read_work_says_where_and_a_recalled_one_names_authors_and_year():
    for work in load_works().values():
        if work.access is Access.READ:
            assert work.url.startswith("http"), work.source_id
        else:
            assert work.year, work.source_id
            assert work.authors[:1] not in ("", "("), work.source_id
        assert work.title, work.source_id
        assert work.where, work.source_id


def test_works_judge_or_develop_by_the_rule_unless_they_fed_the_catalogue():
    fed = [marks_of_citation(figure.source) for figure in load_catalogue().figures]
    for work in load_works().values():
        if work.use is not use_by_rule(work.source_id, work.kind):
            assert work.use is Use.DEVELOPMENT, work.source_id
            assert any(why_same(marks_of_work(work), mark) for mark in fed), work.source_id


def test_handbooks_and_reviews_never_judge():
    restated = [work for work in load_works().values() if work.kind is not SourceKind.EXPERIMENT]
    assert restated
    assert all(work.use is Use.DEVELOPMENT for work in restated)


def test_every_setting_has_unseen_cases():
    settings = {case.setting for case in load_cases() if case.work.use is Use.JUDGING}
    assert settings == set(Setting)


def test_what_was_left_out_has_a_reason_and_an_address():
    assert all(observation and reason and url.startswith("http") for observation, reason, url in load_excluded())


def test_a_profile_is_read_in_order():
    segments = parse_profile("15C 24h > -0.5C 12.5h > 5C")
    assert [(one.temperature_c, one.hours) for one in segments] == [(15.0, 24.0), (-0.5, 12.5), (5.0, None)]


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("warm", "'warm'"),
        ("5C > 10C", "hours in every part but the last"),
        ("5C 24h", "hours in every part but the last"),
    ],
)
def test_a_profile_that_is_none_is_refused_by_its_part(profile, said):
    with pytest.raises(ValueError, match=said):
        parse_profile(profile)


def test_observed_days_are_the_geometric_middle_of_a_range():
    works = parse_works(f"{WORKS}w,experiment,A B.,2000,T,J,read,judging,https://example.org\n")
    rows = [
        "a,w,okra,,5C,life,senescence,range,4,9,,,",
        "b,w,okra,,5C,life,senescence,at_least,4,,,,",
        "c,w,okra,,5C 24h > 9C,injury,chilling,exact,4,4,,,",
        "d,w,okra,,5C,life,senescence,exact,4,4,60,,",
    ]
    middle, open_ended, dynamic, dry = parse_cases(CASES + "\n".join(rows), works)
    assert middle.observed_days == pytest.approx(6.0)
    assert open_ended.observed_days is None
    assert open_ended.relation is Relation.AT_LEAST
    assert [case.setting for case in (middle, dynamic, dry)] == [Setting.CONSTANT, Setting.DYNAMIC, Setting.DRY]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,nobody,okra,,5C,life,senescence,exact,4,4,,,", "line 2: 'nobody'"),
        ("a,w,okra,,5C,life,senescence,exact,4,5,,,", "do not say 'exact'"),
        ("a,w,okra,,5C,life,senescence,range,5,4,,,", "do not say 'range'"),
        ("a,w,okra,,5C,life,senescence,at_most,5,,,,", "do not say 'at_most'"),
        ("a,w,okra,,5C,life,old_age,exact,4,4,,,", "old_age"),
        ("a,w,okra,,5,life,senescence,exact,4,4,,,", "profile part '5'"),
    ],
)
def test_a_wrong_case_is_named_by_its_line(row, said):
    works = parse_works(f"{WORKS}w,experiment,A B.,2000,T,J,read,judging,https://example.org\n")
    with pytest.raises(CaseFault, match=said):
        parse_cases(CASES + row, works)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("w,experiment,A B.,2000,T,J,read,judging,", "Say where it was read"),
        ("w,rumour,A B.,2000,T,J,read,judging,https://example.org", "rumour"),
    ],
)
def test_a_wrong_work_is_named_by_its_line(row, said):
    with pytest.raises(CaseFault, match=f"line 2: .*{said}"):
        parse_works(WORKS + row)


def test_a_work_that_is_there_twice_is_refused():
    row = "w,experiment,A B.,2000,T,J,read,judging,https://example.org\n"
    with pytest.raises(CaseFault, match="line 3: 'w' is there twice"):
        parse_works(WORKS + row + row)
