"""What is said of a lot: never fresh without evidence, and every verdict with its reason."""

import pytest

from telemetry.freshness import Catalogue, Condition, Confidence, Policy, Verdict, assess
from telemetry.freshness.assessment import MODEL_VERSION, Assessment
from telemetry.freshness.treatment import Treatment, TreatmentKind
from telemetry.reading import Flag
from tests.telemetry.freshness.courses import HOUR_MS, MINUTE_MS, START_MS, course


def codes(assessment: Assessment) -> set[str]:
    return {reason.code.value for reason in assessment.reasons}


def test_no_readings_is_unknown(catalogue: Catalogue) -> None:
    """Nothing measured, nothing said."""
    found = assess(catalogue.commodity("durian"), [], now_ms=START_MS)
    assert (found.verdict, found.condition) == (Verdict.UNKNOWN, Condition.NO_DATA)
    assert codes(found) == {"no_readings"}
    assert found.life_used is None
    assert found.remaining_at_reference is None


def test_silence_is_unknown_even_after_a_perfect_record(catalogue: Catalogue) -> None:
    """Ten good days, then nothing for an hour where a reading was due every five minutes."""
    samples = course((240, 14))
    durian = catalogue.commodity("durian")
    good = assess(durian, samples, now_ms=samples[-1][0] + 10 * MINUTE_MS)
    assert (good.verdict, good.condition) == (Verdict.ON_TRACK, Condition.IN_RANGE)
    silent = assess(durian, samples, now_ms=samples[-1][0] + HOUR_MS)
    assert (silent.verdict, silent.condition) == (Verdict.UNKNOWN, Condition.NO_DATA)
    assert "No trusted reading for 60 min; one is expected every 5 min." in {one.sentence for one in silent.reasons}
    assert silent.last_reading_at_ms == samples[-1][0]


@pytest.mark.parametrize(
    "flag", [Flag.STUCK, Flag.FAHRENHEIT_SUSPECTED, Flag.NO_CLOCK, Flag.CLOCK_AHEAD, Flag.OUT_OF_RANGE]
)
def test_a_sensor_that_cannot_be_trusted_is_no_evidence(catalogue: Catalogue, flag: Flag) -> None:
    """Stuck, mis-scaled or mis-clocked: unknown, with the reason."""
    samples = course((24, 14), flags=int(flag))
    found = assess(catalogue.commodity("durian"), samples, now_ms=samples[-1][0])
    assert found.verdict is Verdict.UNKNOWN
    assert codes(found) & {"doubted_values", "doubted_clock"}
    assert found.trusted_readings == 0


def test_a_long_gap_is_bounded_and_then_unknown(catalogue: Catalogue) -> None:
    """Three hours without readings only widen; ten days without readings leave too much open."""
    basil = catalogue.commodity("basil_thai")
    short = [*course((24, 13)), *course((24, 13), start_ms=START_MS + 27 * HOUR_MS)]
    found = assess(basil, short, now_ms=short[-1][0])
    assert found.verdict is not Verdict.UNKNOWN
    assert "gaps_bounded" in codes(found)
    assert found.life_used_low < found.life_used < found.life_used_high
    long = [*course((24, 13)), *course((240, 13), start_ms=START_MS + 264 * HOUR_MS)]
    found = assess(basil, long, now_ms=long[-1][0])
    assert found.verdict is Verdict.UNKNOWN
    assert "bounds_disagree" in codes(found)


def test_doubtful_values_widen_and_never_narrow(catalogue: Catalogue) -> None:
    """A spike to 30 °C that nobody confirms raises the upper bound and changes nothing else."""
    durian = catalogue.commodity("durian")
    samples = course((48, 14))
    now_ms = samples[-1][0]
    plain = assess(durian, samples, now_ms=now_ms)
    spiked = assess(durian, [*samples, (START_MS + 10 * HOUR_MS + 1, 3000, int(Flag.SPIKE))], now_ms=now_ms)
    assert spiked.life_used == plain.life_used
    assert spiked.life_used_high > plain.life_used_high
    assert spiked.life_used_low <= plain.life_used_low
    assert spiked.remaining_at_reference.p10_s < plain.remaining_at_reference.p10_s


@pytest.mark.parametrize("temperature_c", [5, 14, 30])
def test_a_bad_clock_never_extends_life(catalogue: Catalogue, temperature_c: float) -> None:
    """Whatever it shows, no quantile of the remaining life grows."""
    durian = catalogue.commodity("durian")
    samples = course((48, 20))
    now_ms = samples[-1][0]
    plain = assess(durian, samples, now_ms=now_ms).remaining_at_reference
    for at_ms in (START_MS - HOUR_MS, START_MS + HOUR_MS + 7, now_ms, now_ms + HOUR_MS):
        stray = (at_ms, round(temperature_c * 100), int(Flag.CLOCK_AHEAD))
        found = assess(durian, [*samples, stray], now_ms=now_ms).remaining_at_reference
        assert found.p10_s <= plain.p10_s
        assert found.p50_s <= plain.p50_s
        assert found.p90_s <= plain.p90_s


def test_an_excursion_is_told_with_its_figures(catalogue: Catalogue) -> None:
    """Four hours at 22 °C, standing: condition, verdict, hours, limit and beginning."""
    samples = course((24, 14), (4, 22))
    found = assess(catalogue.commodity("durian"), samples, now_ms=samples[-1][0])
    assert (found.condition, found.verdict) == (Condition.ABOVE_RANGE, Verdict.WATCH)
    reason = next(reason for reason in found.reasons if reason.code.value == "above_range")
    assert reason.sentence == "4.0 h above 15 °C since 2026-09-22 21:13 Asia/Bangkok, 22.0 °C at most."
    assert reason.parameters == {
        "lasted_s": 14_400,
        "limit_c": 15.0,
        "since_ms": samples[-1][0] - 4 * 3_600_000,
        "extreme_c": 22.0,
    }
    assert {event.alarm.value for event in found.events} == {"above_range", "severe_above"}
    assert found.above_s == pytest.approx(4 * 3600, abs=300)


def test_a_door_opened_for_minutes_changes_the_condition_and_not_the_verdict(catalogue: Catalogue) -> None:
    """The condition is the newest reading's; the verdict waits until the alarm's duration is over."""
    samples = course((24, 14), (0.25, 17))
    found = assess(catalogue.commodity("durian"), samples, now_ms=samples[-1][0])
    assert (found.condition, found.verdict, found.raised) == (Condition.ABOVE_RANGE, Verdict.ON_TRACK, ())


def test_cold_mango_is_sent_to_inspection(catalogue: Catalogue) -> None:
    """Two days at 5 °C are over a quarter of the time to injury; warming up does not undo it."""
    samples = course((24, 13.5), (48, 5), (24, 13.5))
    found = assess(catalogue.commodity("mango_ndm"), samples, now_ms=samples[-1][0])
    assert (found.condition, found.verdict) == (Condition.IN_RANGE, Verdict.INSPECT_ON_ARRIVAL)
    assert {"chilling", "chilling_injury"} <= codes(found)
    assert 0.25 < found.injury_dose < 1


def test_freezing_is_sent_to_inspection_at_once(catalogue: Catalogue) -> None:
    """One reading at the freezing point."""
    samples = [*course((24, 2)), *course((0.1, -1), start_ms=START_MS + 24 * HOUR_MS + MINUTE_MS)]
    found = assess(catalogue.commodity("asparagus"), samples, now_ms=samples[-1][0])
    assert (found.condition, found.verdict) == (Condition.FREEZING_RISK, Verdict.INSPECT_ON_ARRIVAL)


def test_at_the_end_of_its_life_it_goes_first(catalogue: Catalogue) -> None:
    """Eleven of fourteen days."""
    samples = course((11 * 24, 13))
    found = assess(catalogue.commodity("mango_ndm"), samples, now_ms=samples[-1][0])
    assert found.verdict is Verdict.USE_FIRST
    assert found.life_used == pytest.approx(11 / 14, rel=0.01)


def test_required_life_decides_between_watch_and_risk(catalogue: Catalogue) -> None:
    """A buyer asks for more than is likely, or for more than is sure."""
    samples = course((24, 14))
    durian, now_ms = catalogue.commodity("durian"), samples[-1][0]
    assert assess(durian, samples, now_ms=now_ms, required_s=25 * 86_400).verdict is Verdict.AT_RISK
    above_default = assess(durian, samples, now_ms=now_ms, required_s=22 * 86_400)
    assert above_default.remaining_at_reference is not None
    assert above_default.remaining_at_reference.p50_s > 22 * 86_400, "half of such lots keep longer"
    assert above_default.verdict is Verdict.AT_RISK, "the default life, not the median, is what a buyer is promised"
    assert assess(durian, samples, now_ms=now_ms, required_s=15 * 86_400).verdict is Verdict.WATCH
    assert assess(durian, samples, now_ms=now_ms, required_s=5 * 86_400).verdict is Verdict.ON_TRACK


def test_field_heat_before_the_first_reading_is_assumed_and_labelled(catalogue: Catalogue) -> None:
    """Six hours from harvest to the first reading cost life at 30 °C."""
    samples = course((12, 14))
    durian, now_ms = catalogue.commodity("durian"), samples[-1][0]
    without = assess(durian, samples, now_ms=now_ms)
    found = assess(durian, samples, now_ms=now_ms, started_at_ms=START_MS - 6 * HOUR_MS)
    assert found.life_used > without.life_used + 6 / 24 / 21
    assert any("6.0 h before the first reading are assumed at 30 ± 5 °C" in reason.sentence for reason in found.reasons)
    late = assess(durian, samples, now_ms=now_ms, started_at_ms=START_MS - 9 * 24 * HOUR_MS)
    assert late.verdict is Verdict.UNKNOWN


def test_without_a_published_life_there_is_a_record_and_no_prediction(catalogue: Catalogue) -> None:
    """Water spinach: the band and the chilling threshold are watched, the life is not."""
    samples = course((24, 25))
    found = assess(catalogue.commodity("waterspinach"), samples, now_ms=samples[-1][0])
    assert (found.condition, found.verdict) == (Condition.ABOVE_RANGE, Verdict.UNKNOWN)
    assert found.confidence is Confidence.NOT_SUPPORTED
    assert found.remaining_at_reference is None
    assert found.mkt_c == pytest.approx(25)
    assert "not_supported" in codes(found)


def test_readings_of_another_time_do_not_speak(catalogue: Catalogue) -> None:
    """What the sensor saw before the lot was loaded, or will be said to have seen, is not this lot's."""
    samples = course((24, 14))
    durian, now_ms = catalogue.commodity("durian"), samples[-1][0]
    strangers = [(START_MS - HOUR_MS, 3500, 0), (now_ms + HOUR_MS, 3500, 0)]
    assert assess(durian, samples, now_ms=now_ms, started_at_ms=START_MS) == assess(
        durian, [*strangers, *samples], now_ms=now_ms, started_at_ms=START_MS
    )


def test_vapour_heat_is_a_process_and_no_abuse(catalogue: Catalogue) -> None:
    """Two hours at 46 °C, flagged as spikes: with the treatment told it costs what the reference would."""
    samples = [*course((6, 13.5)), *course((2, 46), start_ms=START_MS + 6 * HOUR_MS + MINUTE_MS, flags=int(Flag.SPIKE))]
    samples += course((12, 13.5), start_ms=START_MS + 8 * HOUR_MS + 2 * MINUTE_MS)
    mango, now_ms = catalogue.commodity("mango_ndm"), samples[-1][0]
    treatment = Treatment(TreatmentKind.VAPOUR_HEAT, START_MS + 6 * HOUR_MS + 1, START_MS + 8 * HOUR_MS + MINUTE_MS)
    found = assess(mango, samples, now_ms=now_ms, treatments=[treatment])
    assert found.verdict is Verdict.ON_TRACK
    assert found.life_used == pytest.approx(20 / 24 / 14, rel=0.06)
    assert "heat_treated" in codes(found)
    assert assess(mango, samples, now_ms=now_ms).life_used_high > found.life_used_high


def test_every_answer_says_what_it_was_made_with(catalogue: Catalogue) -> None:
    """Model, catalogue, watermark: enough to make it again."""
    samples = course((1, 14))
    found = assess(catalogue.commodity("durian"), samples, now_ms=samples[-1][0] + 1)
    assert found.model_version == MODEL_VERSION
    assert found.catalogue_sha256 == catalogue.sha256
    assert found.watermark_ms == samples[-1][0]


def test_an_interval_of_nothing_is_refused() -> None:
    """The field, the value and the remedy."""
    with pytest.raises(ValueError, match=r"expected_interval_s is 0; give the seconds"):
        Policy(expected_interval_s=0)


def test_some_hours_of_field_heat_do_not_make_asparagus_unknown(catalogue: Catalogue) -> None:
    """It ages fast in the heat: six assumed hours cost a quarter of its life, and that is said, not hidden."""
    samples = course((12, 2))
    found = assess(
        catalogue.commodity("asparagus"), samples, now_ms=samples[-1][0], started_at_ms=START_MS - 6 * HOUR_MS
    )
    assert found.verdict is Verdict.WATCH
    assert 0.2 < found.life_used < 0.35
