"""The catalogue: every figure has a source, conflicts are resolved in the open, unknown names get near ones."""

import math

import pytest

from telemetry.freshness import Catalogue, Confidence, UnknownCommodity, keep_at
from telemetry.freshness.ageing import CHILLING_PER_C
from telemetry.freshness.commodities import CatalogueFault, parse_catalogue
from telemetry.freshness.figures import Bound, Kind

NAMES = "commodity_id,name_en,name_th,scientific,default_stage,moisture_limits\npea,Pea,ถั่ว,Pisum,,no\n"
SOURCES = "source_id,citation,url\nhandbook,A handbook,\n"
HEADER = "commodity_id,stage,figure,temperature_c,low,high,bound,unit,text,note,source_id,confidence,set_aside\n"


def test_41_commodities_and_365_figures(catalogue: Catalogue) -> None:
    """All of what was collected is there."""
    assert len(catalogue) == 41
    assert len(catalogue.figures) == 365


def test_every_figure_has_a_source_and_a_value(catalogue: Catalogue) -> None:
    """No figure without a citation, an evidence class, and either numbers or words."""
    for figure in catalogue.figures:
        assert figure.source.citation.strip(), figure
        assert figure.evidence
        assert (figure.low is not None) != bool(figure.text), figure
        if figure.bound is Bound.RANGE:
            assert figure.most > figure.least
        if figure.kind in {Kind.LIFE, Kind.CHILLING_TIME_TO_INJURY, Kind.RESPIRATION}:
            assert figure.at_c is not None
            assert figure.least > 0


def test_every_published_source_has_an_address(catalogue: Catalogue) -> None:
    """What counts as published can be looked up."""
    for figure in catalogue.figures:
        if figure.evidence.value == "published":
            assert figure.source.url.startswith(("http://", "https://")), figure
            assert " " not in figure.source.url


def test_a_figure_without_a_known_source_is_refused() -> None:
    """The loader names file, line, value and remedy."""
    row = "pea,,life,0,7,14,range,day,,,nobody,published,\n"
    with pytest.raises(CatalogueFault, match=r"commodities.csv line 2: source_id 'nobody'.*Correct the row"):
        parse_catalogue({"names.csv": NAMES, "sources.csv": SOURCES, "commodities.csv": HEADER + row})


def test_without_a_published_life_there_is_no_prediction(catalogue: Catalogue) -> None:
    """These keep a temperature record only."""
    unsupported = {c.commodity_id for c in catalogue if not c.supported}
    assert unsupported == {
        "babycorn", "banana_homthong", "galangal", "lemongrass", "orchid_dendrobium", "pandan", "waterspinach",
    }  # fmt: skip
    assert all(catalogue.commodity(name).confidence is Confidence.NOT_SUPPORTED for name in unsupported)


def test_the_default_life_is_the_low_end_of_the_range(catalogue: Catalogue) -> None:
    """Durian keeps 21-35 days mature and unripe, 7-14 days ripe."""
    assert catalogue.commodity("durian").reference_life_days == pytest.approx(21)
    assert catalogue.commodity("durian", "ripe").reference_life_days == pytest.approx(7)


def test_the_median_life_is_the_middle_of_the_range(catalogue: Catalogue) -> None:
    """Durian, 21-35 days: half keep longer than 27; the low end stays what decisions start from."""
    assert catalogue.commodity("durian").median_life_days == pytest.approx(math.sqrt(21 * 35))
    for commodity in catalogue:
        if commodity.supported:
            low, high = commodity.life_range_days
            assert low <= commodity.reference_life_days <= commodity.median_life_days <= high, commodity.commodity_id


def test_a_commodity_with_doses_of_its_own_has_its_own_slope(catalogue: Catalogue) -> None:
    """Mangosteen 15 d at 10 °C and 5 d at 5 °C; ripe papaya bears cold better than green; okra has one dose only."""
    assert catalogue.commodity("mangosteen").chilling_per_c == pytest.approx(math.log(3) / 5)
    assert catalogue.commodity("papaya", "half_yellow").chilling_per_c == pytest.approx(math.log(26 / 17) / 5.5)
    assert catalogue.commodity("papaya").chilling_per_c > catalogue.commodity("papaya", "half_yellow").chilling_per_c
    assert catalogue.commodity("okra").chilling_per_c == CHILLING_PER_C


def test_sources_that_disagree_are_averaged_and_named(catalogue: Catalogue) -> None:
    """Three sources on pineapple: 14, 14 and 21 days, carried to 10 °C, one voice each."""
    pineapple = catalogue.commodity("pineapple")
    assert 14 < (pineapple.reference_life_days or 0) < 21
    said = " ".join(pineapple.decisions)
    for source in ("cantwell-2001", "usda-hb66-2002", "cargo-pineapple"):
        assert source in said


def test_a_figure_set_aside_is_shown_and_not_used(catalogue: Catalogue) -> None:
    """42-56 days at 4 °C is not whole durian; the decision says so."""
    durian = catalogue.commodity("durian")
    assert any(decision.startswith("set aside") and "4 °C" in decision for decision in durian.decisions)
    assert durian.life_range_days == pytest.approx((21, 35))


def test_a_maximum_is_no_low_end(catalogue: Catalogue) -> None:
    """ "Up to 28 days" of papaya is not a life to plan with."""
    assert (catalogue.commodity("papaya").reference_life_days or 0) < 20


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("mangosten", "mangosteen"), ("Dragon fruit", "dragonfruit"), ("mango ndm", "mango_ndm"), ("ทุเรียน", "durian")],
)
def test_an_unknown_name_gets_near_ones(catalogue: Catalogue, wrong: str, near: str) -> None:
    """The error carries what was probably meant."""
    with pytest.raises(UnknownCommodity) as refused:
        catalogue.commodity(wrong)
    assert near in refused.value.near
    assert near in str(refused.value)


def test_an_unknown_stage_gets_the_known_ones(catalogue: Catalogue) -> None:
    """Stages are part of the name."""
    with pytest.raises(UnknownCommodity, match="mature_unripe, ripe"):
        catalogue.commodity("durian", "rotten")


def test_the_digest_names_the_data(catalogue: Catalogue) -> None:
    """Every commodity carries the digest of the files it came from."""
    assert len(catalogue.sha256) == 64
    assert all(commodity.catalogue_sha256 == catalogue.sha256 for commodity in catalogue)


def test_a_life_published_below_the_threshold_is_kept(catalogue: Catalogue) -> None:
    """Mango keeps 14-28 days "at 10-13 °C" while 13 °C is called the threshold: at 11.5 °C the model says no less."""
    mango = catalogue.commodity("mango_ndm")
    assert 14 <= keep_at(mango, 11.5).keeps_days.p50 <= 28


def test_the_model_agrees_with_its_own_sources_but_for_named_conflicts(catalogue: Catalogue) -> None:
    """Every published life and dose within ×1.5 of the model, except where sources contradict one another."""
    conflicts = set()
    for commodity in catalogue:
        for figure in commodity.figures:
            of_stage = figure.stage in {"", commodity.stage} and not figure.set_aside and commodity.supported
            if of_stage and figure.kind in {Kind.LIFE, Kind.CHILLING_TIME_TO_INJURY}:
                days = keep_at(commodity, figure.at_c).keeps_days.p50
                if not figure.least / 1.5 <= days <= figure.most * 1.5:
                    conflicts.add((commodity.commodity_id, figure.source.source_id))
    assert conflicts == {
        ("papaya", "ucd-papaya"),  # at 2 °C more rot after 4 days, injury after 10
        ("mushroom", "ucd-mushroom"),  # 5-7 days at 1.5 °C and 2 days at 4.5 °C: steeper than any Q10
        ("mangosteen", "ucd-mangosteen"),  # injury at 10 °C, which is the threshold itself
        ("chili", "ucd-chile"),  # injury at 5 °C, which is the threshold itself
        ("chinesekale", "postharvest-au"),  # "up to 4 weeks" against 7-10 days
        ("pakchoi", "postharvest-au"),
    }
