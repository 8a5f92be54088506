"""The summary finds every disagreement between what was sent and what is stored."""

from dataclasses import replace

import pytest

from services.demo.reckoning import Done, lines, reckon
from services.demo.story import Story
from services.demo.tally import Tally
from services.demo.truth import Measured, Truth

READINGS = [Measured("TH-1", at_ms, 13.456, 90.0, 100) for at_ms in (0, 300_000, 600_000)]


@pytest.fixture
def truth() -> Truth:
    truth = Truth()
    truth.sent(READINGS[:2], late=False)
    truth.sent(READINGS[:2], late=False)
    truth.sent(READINGS[2:], late=True)
    truth.sent_malformed()
    return truth


@pytest.fixture
def done(truth: Truth) -> Done:
    return Done(
        figures=truth.figures(),
        lots=3,
        runs=1,
        cancelled=0,
        collected=2,
        delivered=2,
        unserved={"L-3": "The shift ends."},
        shipments={"SH-1": "on_track", "SH-2": "unknown"},
    )


TALLY = Tally(
    readings=3,
    conflicts=0,
    dead_letters={"not-json": 1},
    gaps=0,
    lots={"received": 2, "waiting": 1},
    runs={"delivered": 1},
    stops={"loaded": 2},
    shipments={"on_track": 1, "unknown": 1},
)


def test_the_books_count_repeats_and_late_ones(truth: Truth) -> None:
    figures = truth.figures()
    assert (figures.messages, figures.readings, figures.repeated, figures.late, figures.malformed) == (4, 5, 2, 1, 1)
    assert figures.unique == len(truth.values()) == 3


def test_all_agrees(done: Done, truth: Truth) -> None:
    summary = reckon(done, TALLY, truth.values(), truth.values())
    assert summary.faults == []
    told = "\n".join(lines(summary))
    assert "Lost                   nothing" in told
    assert "Every figure agrees with SQL on the database." in told
    assert "L-3: The shift ends." in told


def test_a_run_that_a_repair_emptied_is_not_missed(done: Done, truth: Truth) -> None:
    """Two runs were published, one was emptied: one delivered is all there can be."""
    tally = replace(TALLY, runs={"delivered": 1, "cancelled": 1})
    assert reckon(replace(done, runs=2, cancelled=1), tally, truth.values(), truth.values()).faults == []
    assert reckon(replace(done, runs=2), tally, truth.values(), truth.values()).faults == [
        "runs delivered: 1 instead of 2"
    ]


def test_the_story_comes_before_the_figures(done: Done, truth: Truth) -> None:
    story = Story()
    story.tell("Plan", "2 runs.", "/app/plans/1")
    story.tell("Trace", "Read it:", "http://localhost/t/x")
    summary = reckon(replace(done, story=tuple(story.lines("http://box"))), TALLY, truth.values(), truth.values())
    assert [line.split() for line in lines(summary)[:4]] == [
        ["Plan", "2", "runs."],
        ["http://box/app/plans/1"],
        ["Trace", "Read", "it:"],
        ["http://localhost/t/x"],
    ]


def test_a_lost_reading_is_found(done: Done, truth: Truth) -> None:
    stored = truth.values()
    del stored["TH-1", 300_000]
    summary = reckon(done, TALLY, truth.values(), stored)
    assert summary.readings_lost == 1
    assert summary.faults == ["readings stored, of those sent: 2 instead of 3"]


def test_a_changed_value_is_found(done: Done, truth: Truth) -> None:
    stored = truth.values() | {("TH-1", 0): 9999}
    assert reckon(done, TALLY, truth.values(), stored).faults == ["values that changed on their way: 1 instead of 0"]


def test_a_reading_that_nobody_sent_is_found(done: Done, truth: Truth) -> None:
    stored = truth.values() | {("TH-1", 77): 1346}
    assert reckon(done, TALLY, truth.values(), stored).faults == ["readings stored that nobody sent: 1 instead of 0"]


def test_readings_of_somebody_elses_gateway_are_only_counted(done: Done, truth: Truth) -> None:
    summary = reckon(done, TALLY, truth.values(), truth.values() | {("MY-1", 77): 1346})
    assert summary.faults == []
    assert summary.readings_of_others == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"dead_letters": {}}, "messages in the dead letters: 0 instead of 1"),
        ({"gaps": 1}, "holes in the gateways' message numbers: 1 instead of 0"),
        ({"runs": {"driving": 1}}, "runs delivered: 0 instead of 1"),
        ({"lots": {"received": 3}}, "lots received at hubs: 3 instead of 2"),
        (
            {"shipments": {"on_track": 2}},
            "shipments by verdict: the API says 1 on track, 1 unknown, SQL says 2 on track",
        ),
    ],
)
def test_every_figure_is_held_against_sql(done: Done, truth: Truth, change: dict[str, object], fault: str) -> None:
    tally = replace(TALLY, **change)  # type: ignore[arg-type]
    assert fault in reckon(done, tally, truth.values(), truth.values()).faults
