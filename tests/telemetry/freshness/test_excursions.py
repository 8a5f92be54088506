"""Alarms: duration, hysteresis, severe ones at once, latches, and one event for each transition."""

from telemetry.freshness import Catalogue, Ledger
from telemetry.freshness.excursions import Alarm, Event, Transition
from telemetry.freshness.samples import Sample
from tests.telemetry.freshness.courses import HOUR_MS, MINUTE_MS, START_MS, course


def events(catalogue: Catalogue, name: str, samples: list[Sample], *inspections: int) -> tuple[Event, ...]:
    ledger = Ledger(catalogue.commodity(name))
    ledger.extend(samples)
    for at_ms in inspections:
        ledger.inspect(at_ms)
    return ledger.alarms().events()


def told(happened: tuple[Event, ...]) -> list[tuple[str, str, float]]:
    return [(one.alarm.value, one.transition.value, (one.at_ms - START_MS) / HOUR_MS) for one in happened]


def test_a_short_excursion_is_no_alarm(catalogue: Catalogue) -> None:
    """Twenty-five minutes at 17 °C: the door was open."""
    assert events(catalogue, "durian", course((5, 14), (25 / 60, 17), (5, 14))) == ()


def test_an_excursion_is_raised_once_and_cleared_once(catalogue: Catalogue) -> None:
    """Three hours at 17 °C: raised after half an hour, whatever the interval of the readings; cleared on return."""
    samples = course((5, 14), (3, 17), (5, 14))
    assert told(events(catalogue, "durian", samples)) == [
        ("above_range", "raised", 5.5),
        ("above_range", "cleared", 8.0),
    ]


def test_hysteresis_keeps_one_alarm_from_becoming_many(catalogue: Catalogue) -> None:
    """Swinging between 14.8 and 15.3 °C around a limit of 15 is one excursion; 14.5 ends it."""
    samples = course((1, 14), *[(0.1, 15.3), (0.1, 14.8)] * 20, (1, 14.5))
    assert [one.transition for one in events(catalogue, "durian", samples)] == [Transition.RAISED, Transition.CLEARED]


def test_far_above_is_alarmed_at_once(catalogue: Catalogue) -> None:
    """The first reading more than 5 °C over the band."""
    samples = course((1, 14), (0.2, 21))
    assert told(events(catalogue, "durian", samples)) == [("severe_above", "raised", 1.0)]


def test_freezing_latches_until_somebody_has_looked(catalogue: Catalogue) -> None:
    """Thawing does not clear it, a second frost does not repeat it, an inspection does clear it."""
    samples = course((1, 2), (0.1, -1), (2, 2), (0.1, -1), (2, 2))
    happened = told(events(catalogue, "asparagus", samples))
    assert [one for one in happened if one[0] == "freezing"] == [("freezing", "raised", 1.0)]
    inspected = events(catalogue, "asparagus", samples, START_MS + 4 * HOUR_MS)
    last = [one for one in inspected if one.alarm is Alarm.FREEZING][-1]
    assert (last.transition, last.at_ms) == (Transition.INSPECTED, START_MS + 4 * HOUR_MS)


def test_chilling_latches_and_counts_anew_after_an_inspection_in_the_cold(catalogue: Catalogue) -> None:
    """Inspected while still at 5 °C: released, and raised again two hours later."""
    samples = course((1, 13.5), (10, 5), (5, 13.5))
    happened = told(events(catalogue, "mangosteen", samples, START_MS + 5 * HOUR_MS))
    chilling = [(what, at) for alarm, what, at in happened if alarm == "chilling"]
    assert chilling == [("raised", 3.0), ("inspected", 5.0), ("raised", 7.0)]


def test_a_late_reading_rewrites_what_was_alarmed(catalogue: Catalogue) -> None:
    """The excursion had been broken by a reading that came days late: it was two short ones, and no alarm."""
    samples = course((5, 14), (50 / 60, 17), (5, 14))
    ledger = Ledger(catalogue.commodity("durian"))
    ledger.extend(samples)
    assert len(ledger.alarms().events()) == 2
    ledger.add(START_MS + 5 * HOUR_MS + 26 * MINUTE_MS, 1400)
    assert ledger.alarms().events() == ()


def test_the_longest_excursion_is_kept(catalogue: Catalogue) -> None:
    """From the first reading out to the first one back in."""
    samples = course((1, 14), (2, 17), (1, 14), (3, 17), (1, 14))
    ledger = Ledger(catalogue.commodity("durian"))
    ledger.extend(samples)
    assert ledger.alarms().longest_ms()[Alarm.ABOVE_RANGE] == 3 * HOUR_MS


def test_a_reading_days_late_is_replayed_from_before_it(catalogue: Catalogue) -> None:
    """Three days of readings with an alarm, then one of the first hour: the same as if it had come in time."""
    samples = course((1, 14), (2, 22), (48, 14), (2, 22), (24, 14))
    late = samples.pop(20)
    told_late, in_time = Ledger(catalogue.commodity("durian")), Ledger(catalogue.commodity("durian"))
    for sample in samples:
        told_late.add(*sample)
    before = told_late.alarms().events()
    for replaced in ((late[0], 1300, 0), (late[0] + 1, 1300, 0)):
        told_late.add(*replaced)
    in_time.extend([*samples, (late[0], 1300, 0), (late[0] + 1, 1300, 0)])
    assert told_late.alarms().events() == in_time.alarms().events() != before
