"""Several sensors, humidity, ranking, inspections and a tenant's own figures."""

from dataclasses import replace

import pytest

from telemetry.freshness import Assessment, Catalogue, Confidence, Verdict, assess
from telemetry.freshness.assessment import Remaining
from telemetry.freshness.fefo import EYES_FIRST, fefo_key, fefo_order
from telemetry.freshness.humidity import deficit_kpa, dryness, saturation_kpa, with_humidity
from telemetry.freshness.inspection import ENOUGH, Inspection, Quality, calibration_report, compare, refit
from telemetry.freshness.overrides import Override, Parameter, with_overrides
from telemetry.freshness.positions import Placed, Position, deciding
from tests.telemetry.freshness.courses import START_MS, course

DAY_S = 86_400


def kept(catalogue: Catalogue, temperature_c: float, hours: float = 24, name: str = "durian") -> Assessment:
    samples = course((hours, temperature_c))
    return assess(catalogue.commodity(name), samples, now_ms=START_MS + round(hours * 3_600_000))


def silent(catalogue: Catalogue) -> Assessment:
    return assess(catalogue.commodity("durian"), [], now_ms=START_MS)


def test_pulp_speaks_before_air(catalogue: Catalogue) -> None:
    """Warm return air does not decide while the pulp is known to be cool."""
    pulp = Placed("p", Position.PULP, kept(catalogue, 14))
    air = Placed("a", Position.RETURN_AIR, kept(catalogue, 22))
    assert deciding([air, pulp]) is pulp


def test_air_speaks_when_the_pulp_probe_is_silent(catalogue: Catalogue) -> None:
    """An invalid position does not decide, wherever it sits."""
    pulp = Placed("p", Position.PULP, silent(catalogue))
    air = Placed("a", Position.RETURN_AIR, kept(catalogue, 22))
    supply = Placed("s", Position.SUPPLY_AIR, kept(catalogue, 25))
    assert deciding([pulp, supply, air]) is air


def test_the_worst_of_equals_decides_and_silence_of_all_is_unknown(catalogue: Catalogue) -> None:
    """Two pulp probes: the warm one. No probe with evidence: one of them says why."""
    cool, warm = (Placed(str(at), Position.PULP, kept(catalogue, at)) for at in (14, 24))
    assert deciding([cool, warm]) is warm
    nobody = deciding([Placed("p", Position.PULP, silent(catalogue))])
    assert nobody is not None
    assert nobody.assessment.verdict is Verdict.UNKNOWN
    assert deciding([]) is None


def test_saturation_pressure_of_fao_56() -> None:
    """Annex 2, table 2.3: 0.611 kPa at 0... 2.338 at 20, 4.243 at 30 °C."""
    assert [round(saturation_kpa(t), 3) for t in (20, 30)] == [2.338, 4.243]
    assert deficit_kpa(20, 100) == 0
    assert deficit_kpa(20, 40) == pytest.approx(2.338 * 0.6, abs=0.001)


def test_dry_air_is_flagged_where_moisture_limits(catalogue: Catalogue) -> None:
    """Okra at 60 % loses water several times as fast as at 95 %; durian does not care."""
    samples = [(START_MS + n, 850, 6000) for n in range(10)]
    found = dryness(catalogue.commodity("okra"), samples)
    assert found is not None
    assert found.factor == pytest.approx(8, rel=0.01)
    assert dryness(catalogue.commodity("durian"), samples) is None
    assert dryness(catalogue.commodity("okra"), []) is None
    before = kept(catalogue, 8.5, name="okra")
    after = with_humidity(before, found)
    assert (before.verdict, after.verdict) == (Verdict.ON_TRACK, Verdict.WATCH)
    assert after.remaining_at_reference.p10_s < before.remaining_at_reference.p10_s
    assert after.remaining_at_reference.p50_s == before.remaining_at_reference.p50_s
    assert after.confidence is Confidence.LOW


def test_moist_air_changes_nothing(catalogue: Catalogue) -> None:
    """At the recommended humidity."""
    okra = kept(catalogue, 8.5, name="okra")
    assert with_humidity(okra, dryness(catalogue.commodity("okra"), [(START_MS, 850, 9600)])) == okra


def test_first_expired_comes_first_and_the_unknown_before_all(catalogue: Catalogue) -> None:
    """Ranked by when they end where they are."""
    fresh, old, warm = kept(catalogue, 14), kept(catalogue, 14, 200), kept(catalogue, 22)
    unknown = silent(catalogue)
    assert fefo_order([fresh, unknown, old, warm])[0] is unknown
    assert fefo_key(unknown) == EYES_FIRST
    later = replace(unknown, last_reading_at_ms=START_MS + 1)
    earlier = replace(unknown, last_reading_at_ms=START_MS)
    other = replace(earlier, commodity_id="aaa")
    assert fefo_order([warm, later, earlier, other]) == [other, earlier, later, warm]
    assert fefo_order([]) == []
    assert fefo_key(warm) < fefo_key(fresh)


def test_the_key_stands_still_while_time_passes(catalogue: Catalogue) -> None:
    """A lot that keeps its temperature keeps its place."""
    samples = course((48, 14))
    durian = catalogue.commodity("durian")
    early = assess(durian, samples[:288], now_ms=samples[287][0])
    late = assess(durian, samples, now_ms=samples[-1][0])
    assert abs(fefo_key(early) - fefo_key(late)) <= 2000


def inspected(shipment: str, kept_days: float | None, quality: Quality = Quality.SOUND, **more: bool) -> Inspection:
    return Inspection(shipment, "mango_ndm", "siam-fruit", START_MS, quality, kept_days, **more)


FORECAST = Remaining(6 * DAY_S, 10 * DAY_S, 18 * DAY_S)


def test_an_inspection_meets_its_forecast() -> None:
    """Ten days forecast, eight kept: a fold of 1.25, inside the interval."""
    found = compare(inspected("S1", 8), FORECAST, 0.0)
    assert (found.fold, found.within_80, found.surprise) == (1.25, True, False)
    spoiled = compare(inspected("S2", None, Quality.UNMARKETABLE), FORECAST, 0.0)
    assert (spoiled.fold, spoiled.within_80, spoiled.surprise) == (None, False, True)


def test_a_report_tells_bias_coverage_and_injuries() -> None:
    """One line a commodity and exporter; a factor is suggested only from enough inspections."""
    found = [compare(inspected(f"S{n}", 8), FORECAST, 0.0) for n in range(ENOUGH - 1)]
    found.append(compare(inspected("S90", None, chilling_injury=True), FORECAST, 1.2))
    found.append(compare(inspected("S91", None, chilling_injury=True), FORECAST, 0.1))
    found.append(compare(inspected("S92", None, chilling_injury=False), FORECAST, 1.2))
    (line,) = calibration_report(found)
    assert (line.inspections, line.followed, line.median_fold, line.coverage_80) == (ENOUGH + 2, ENOUGH - 1, 1.25, 1.0)
    assert (line.injuries_foreseen, line.injuries_missed, line.injuries_not_found) == (1, 1, 1)
    assert line.suggested_factor is None
    (more,) = calibration_report([*found, compare(inspected("S99", 8), FORECAST, 0.0)])
    assert more.suggested_factor == pytest.approx(0.8)


def test_a_refit_is_an_explicit_versioned_act(catalogue: Catalogue) -> None:
    """It leaves an override with a name and a reason, and moves the digest; the report alone moves nothing."""
    mango = catalogue.commodity("mango_ndm")
    (line,) = calibration_report([compare(inspected(f"S{n}", 8), FORECAST, 0.0) for n in range(ENOUGH)])
    override = refit(mango, line, version=3, by="Nok", at_ms=START_MS, why="season 2026")
    changed = with_overrides(mango, [override])
    assert changed.reference_life_days == pytest.approx(0.8 * mango.reference_life_days)
    assert changed.median_life_days == pytest.approx(0.8 * mango.median_life_days), "the median moves with it"
    assert changed.catalogue_sha256 != mango.catalogue_sha256
    assert "version 3 by Nok: reference_life_days 11.2, season 2026" in changed.decisions
    with pytest.raises(ValueError, match="suggest no factor"):
        refit(mango, replace(line, suggested_factor=None), version=4, by="Nok", at_ms=START_MS, why="-")


def override(parameter: Parameter, value: float, version: int = 1, name: str = "pandan") -> Override:
    return Override(version, name, "", parameter, value, "Nok", START_MS, "own trial")


def test_a_tenant_gives_pandan_a_life(catalogue: Catalogue) -> None:
    """A commodity without figures is supported once its tenant gives life and temperature."""
    pandan = catalogue.commodity("pandan")
    both = [override(Parameter.REFERENCE_LIFE_DAYS, 9, 2), override(Parameter.REFERENCE_TEMPERATURE_C, 12)]
    changed = with_overrides(pandan, [*both, override(Parameter.REFERENCE_LIFE_DAYS, 5, 1)])
    assert (changed.supported, changed.reference_life_days, changed.confidence) == (True, 9, Confidence.LOW)
    assert changed.median_life_days == pytest.approx(9 * 1.58**0.5), "half of the usual spread of published lives above"
    assert with_overrides(pandan, []) is pandan
    with pytest.raises(ValueError, match="needs both"):
        with_overrides(pandan, both[:1])


def test_overrides_that_make_no_sense_are_refused(catalogue: Catalogue) -> None:
    """Out of range, without a reason, of another commodity, or a band upside down."""
    with pytest.raises(ValueError, match=r"reference_life_days is 0; give 0.5 to 730"):
        override(Parameter.REFERENCE_LIFE_DAYS, 0)
    with pytest.raises(ValueError, match="why is empty"):
        replace(override(Parameter.BAND_LOW_C, 5), why=" ")
    with pytest.raises(ValueError, match="is for durian"):
        with_overrides(catalogue.commodity("pandan"), [override(Parameter.BAND_LOW_C, 5, name="durian")])
    upside_down = [override(Parameter.BAND_LOW_C, 9), override(Parameter.BAND_HIGH_C, 5)]
    with pytest.raises(ValueError, match="give a low end and a higher high end"):
        with_overrides(catalogue.commodity("pandan"), upside_down)
