"""`coldchain shelf-life` as in the contract: words, JSON, profiles, and errors that name the line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.commands.shelf_life import shelf_life
from services.errors import InvalidInput


def run(*arguments: str) -> dict[str, object]:
    outcome = CliRunner().invoke(shelf_life, [*arguments, "--json"], catch_exceptions=False)
    assert outcome.exit_code == 0
    return dict(json.loads(outcome.stdout))


def refused(*arguments: str) -> str:
    outcome = CliRunner().invoke(shelf_life, list(arguments))
    assert isinstance(outcome.exception, InvalidInput)
    assert outcome.exception.exit_code == 2
    return str(outcome.exception)


def profile(tmp_path: Path, text: str) -> str:
    path = tmp_path / "way.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_document_has_the_members_of_the_contract() -> None:
    """At one temperature: five members, none more."""
    document = run("mango_ndm", "--at", "13")
    assert list(document) == ["commodity", "confidence", "keeps_days", "chilling_injury_after_days", "freezing_risk"]
    assert document["keeps_days"]["p10"] < document["keeps_days"]["p50"] == 19.799 < document["keeps_days"]["p90"]
    assert (document["chilling_injury_after_days"], document["freezing_risk"]) == (None, False)


def test_cold_gives_a_day_of_injury_and_frost_a_warning() -> None:
    """Mangosteen at 5 °C, asparagus at -1 °C."""
    assert run("mangosteen", "--at", "5")["chilling_injury_after_days"] == pytest.approx(5, rel=0.02)
    assert run("asparagus", "--at", "-1")["freezing_risk"] is True


def test_without_a_published_life_there_are_nulls() -> None:
    """Pandan: not supported, and no number made up."""
    document = run("pandan", "--at", "13")
    assert (document["confidence"], document["keeps_days"]) == ("not_supported", None)


def test_a_profile_tells_what_is_used_and_left(tmp_path: Path) -> None:
    """Half a day at 30 °C, then seven days at 13 °C."""
    document = run("mango_ndm", "--profile", profile(tmp_path, "hours,temperature_c\n0,30\n12,30\n12,13\n180,13\n"))
    assert list(document)[-2:] == ["life_used", "remaining_days_at_reference"]
    assert document["life_used"] == pytest.approx(0.5 + 0.109, abs=0.01)
    assert document["remaining_days_at_reference"] == pytest.approx(14 * (1 - document["life_used"]), abs=0.001)


def test_a_stage_is_a_matter_of_days() -> None:
    """Ripe durian keeps 7-14 days, a third as long as unripe; the median is the middle."""
    assert run("durian", "--at", "14", "--stage", "ripe")["keeps_days"]["p50"] == 9.8995


def test_an_unknown_commodity_gets_near_ones() -> None:
    """Exit 2 with what was probably meant."""
    assert "Did you mean mangosteen" in refused("mangosten", "--at", "13")
    assert "mature_unripe" in refused("durian", "--at", "13", "--stage", "green")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hours,temperature_c\n0,13\n48,abc\n", "way.csv: line 3: temperature_c is 'abc', not a number"),
        ("hours,temperature_c\n0,13\n\n48\n", "line 4: 1 columns, not 2"),
        ("hours,temperature_c\n5,13\n4,13\n", "line 3: hours falls from 5 to 4"),
        ("hours,temperature_c\n-1,13\n", "line 2: hours is -1"),
        ("hours,temperature_c\n0,55\n3,131\n", "line 3: temperature_c is 131. Give °C from -40 to 80; is it in °F?"),
        ("hours,temperature_c\n0,nan\n", "line 2: temperature_c is 'nan'"),
        ("hours,temperature_c\n1e9,13\n", "line 2: hours is 1e+09"),
        ("time,temp\n0,13\n", "line 1: the header is 'time,temp'"),
        ("hours,temperature_c\n", "has no points"),
        ("", "has no points"),
    ],
)
def test_a_nonsense_profile_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    """The file, the line, the value and the remedy."""
    assert said in refused("mango_ndm", "--profile", profile(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """An Excel file given as CSV."""
    path = tmp_path / "way.csv"
    path.write_bytes(b"PK\x03\x04\xff\xfe")
    assert "not a text file" in refused("mango_ndm", "--profile", str(path))


@pytest.mark.parametrize("at", ["1000", "nan", "-300"])
def test_an_impossible_temperature_is_refused(at: str) -> None:
    """With the range that is meant."""
    assert "Give °C from -40 to 80" in refused("mango_ndm", "--at", at)


@pytest.mark.parametrize("arguments", [[], ["mango_ndm"], ["mango_ndm", "--at", "13", "--profile", __file__]])
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    """Nothing asked, too little, or two things at once."""
    assert CliRunner().invoke(shelf_life, arguments).exit_code == 2


def test_words_for_people_name_the_sources() -> None:
    """Days, confidence, and how each figure was chosen."""
    outcome = CliRunner().invoke(shelf_life, ["durian", "--at", "10"])
    assert "Keeps 7.0 days at 10 °C" in outcome.stdout
    assert "Chilling injury after 7.0 days" in outcome.stdout
    assert "ucd-durian" in outcome.stdout


def test_the_list_has_all_commodities() -> None:
    """One line each."""
    outcome = CliRunner().invoke(shelf_life, ["--list"])
    assert len(outcome.stdout.splitlines()) == 41
    listed = CliRunner().invoke(shelf_life, ["--list", "--json"])
    assert {row["commodity"] for row in json.loads(listed.stdout)} >= {"durian", "pandan"}
