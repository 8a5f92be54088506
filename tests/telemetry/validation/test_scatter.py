"""How far works agree on the same commodity at the same temperature."""

import pytest

from telemetry.freshness.validation.cases import load_cases, parse_cases, parse_works
from telemetry.freshness.validation.scatter import agreement, spread_of

HEAD = (
    "case_id,source_id,commodity_id,stage,profile,endpoint,"
    "ended_by,relation,low_days,high_days,humidity_pct,cultivar,note\n"
)
WORKS = parse_works(
    "source_id,kind,authors,year,title,where,access,use,url\n"
    "one,experiment,A B.,2000,T,J,read,judging,https://example.org\n"
    "two,experiment,C D.,2001,T,J,read,judging,https://example.org\n"
)


def agreed(*rows):
    return agreement(parse_cases(HEAD + "\n".join(rows), WORKS))


def test_two_works_on_one_thing_are_a_pair():
    found = agreed("a,one,okra,,10C,life,senescence,exact,4,4,,,", "b,two,okra,,11C,life,senescence,exact,8,8,,,")
    assert (found.pairs, found.median_fold, found.floor_fold) == (1, pytest.approx(2.0), pytest.approx(2**0.5**0.5))


@pytest.mark.parametrize(
    "other",
    [
        "b,one,okra,,10C,life,senescence,exact,8,8,,,",
        "b,two,okra,,12C,life,senescence,exact,8,8,,,",
        "b,two,chili,,10C,life,senescence,exact,8,8,,,",
        "b,two,okra,,10C,life,chilling,exact,8,8,,,",
        "b,two,okra,,10C,life,senescence,at_least,8,,,,",
        "b,two,okra,,10C,life,senescence,exact,8,8,50,,",
        "b,two,okra,,10C 24h > 10C,life,senescence,exact,8,8,,,",
    ],
)
def test_what_differs_in_more_than_the_work_is_no_pair(other):
    assert agreed("a,one,okra,,10C,life,senescence,exact,4,4,,,", other).pairs == 0


def test_without_pairs_there_is_no_figure():
    assert spread_of(agreed("a,one,okra,,10C,life,senescence,exact,4,4,,,")) is None


def test_the_packaged_cases_have_pairs():
    assert agreement(load_cases()).pairs >= 10
