"""`coldchain decode`: what it shows of messages and logger files, and how it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from services.commands.decode import decode
from services.errors import InvalidInput
from tests.telemetry.formats.samples import SAMPLES, text
from tests.telemetry.loggers.files import FILES


def run(format_name: str, content: bytes, tmp_path: Path, *options: str) -> Result:
    file = tmp_path / "room 1.csv"
    file.write_bytes(content)
    return CliRunner().invoke(decode, [format_name, str(file), *options])


def document(format_name: str, content: bytes, tmp_path: Path, *options: str) -> dict[str, Any]:
    result = run(format_name, content, tmp_path, "--json", *options)
    assert result.exit_code == 0, result.output
    shown: dict[str, Any] = json.loads(result.stdout)
    return shown


@pytest.mark.parametrize("format_name", sorted(SAMPLES))
def test_every_format_is_shown(format_name: str, tmp_path: Path) -> None:
    """One table a message, with every reading in it; the JSON says the same."""
    received = ("--received-at", "2026-11-23T12:00:00+07:00")
    readings = document(format_name, SAMPLES[format_name], tmp_path, *received)["readings"]
    table = run(format_name, SAMPLES[format_name], tmp_path, *received).stdout
    assert readings
    for reading in readings:
        assert reading["sensor"] in table
        assert f"{reading['temperature_c']:.2f}" in table
        assert reading["measured_at"] in table


@pytest.mark.parametrize("kind", sorted(FILES))
@pytest.mark.parametrize("asked", ["kind", "logger"])
def test_every_logger_is_shown(kind: str, asked: str, tmp_path: Path) -> None:
    """Asked for by its name or by any."""
    shown = document(
        kind if asked == "kind" else "logger", FILES[kind][0].encode(), tmp_path, "--timezone", "Asia/Bangkok"
    )
    assert shown["format"] == kind
    assert shown["readings"][0]["measured_at"] == "2026-11-23T04:00:00.000Z"
    assert [reading["temperature_c"] for reading in shown["readings"]] == [13.4, 13.5, 13.6]


def test_flags_and_rejections_have_their_reasons(tmp_path: Path) -> None:
    """A never-set clock, an impossible value, and a reading that is none."""
    message = text(
        {
            "seq": 7,
            "readings": [
                {"sensor": "a", "at": "1970-01-01T00:00:05Z", "temperature_c": 4},
                {"sensor": "b", "at": "2026-11-23T05:00:00Z", "temperature_c": 99},
                {"sensor": "c", "temperature_c": "4"},
            ],
        }
    )
    shown = document("native", message, tmp_path, "--received-at", "2026-11-23T12:00:00+07:00")
    unset, hot = shown["readings"]
    assert (unset["measured_at"], unset["sent_at"]) == ("2026-11-23T05:00:00.000Z", "1970-01-01T00:00:05.000Z")
    assert (unset["flags"], hot["flags"]) == (["CLOCK_BEHIND"], ["OUT_OF_RANGE"])
    assert "never set" in unset["reasons"][0]
    assert shown["rejected"] == [{"index": 2, "reason": "temperature_c '4' is not a number; send it without quotes"}]
    assert shown["seq"] == 7
    table = run("native", message, tmp_path, "--received-at", "now").stdout
    assert "rejected, index 2" in table
    assert "flagged: the sensor's clock was behind" in table


def test_an_old_capture_is_judged_as_of_its_own_day(tmp_path: Path) -> None:
    """A message from 2022 is not taken for a clock that is behind."""
    message = text({"readings": [{"sensor": "a", "at": "2022-05-27T06:46:26Z", "temperature_c": 4}]})
    shown = document("native", message, tmp_path)
    assert shown["received_at"] == "2022-05-27T06:46:26.000Z"
    assert shown["readings"][0]["flags"] == []


def test_rows_of_a_logger_are_rejected_by_number(tmp_path: Path) -> None:
    """As a spreadsheet counts them."""
    shown = document("csv", b"Time,Temp C\n2026-11-23 11:00,4\n2026-11-23 12:00,warm\n", tmp_path)
    assert shown["rejected"][0]["row"] == 3
    assert "as if UTC; give --timezone" in shown["notes"][0]


def test_columns_named_by_options(tmp_path: Path) -> None:
    """By heading or by number, with unit and sensor."""
    options = [f"--column={option}" for option in ("time=when", "temperature=2", "unit=F", "sensor_name=probe")]
    shown = document("csv", b"when,v\n2026-11-23T11:00:00Z,39.2\n", tmp_path, *options)
    assert (shown["readings"][0]["sensor"], shown["readings"][0]["temperature_c"]) == ("probe", 4.0)


def test_a_long_log_is_cut_in_the_table_only(tmp_path: Path) -> None:
    """A hundred rows are enough to see what becomes of it."""
    rows = [f"2026-11-{day:02} {hour:02}:00,4" for day in range(1, 11) for hour in range(24)]
    content = "\n".join(["Time,Temp C", *rows]).encode()
    assert "140 more" in run("csv", content, tmp_path).stdout
    assert len(document("csv", content, tmp_path)["readings"]) == 240


def test_a_message_from_standard_input() -> None:
    """As at the end of a pipe."""
    result = CliRunner().invoke(decode, ["native", "-", "--json"], input=SAMPLES["native"])
    assert json.loads(result.stdout)["readings"][0]["sensor"] == "a"


@pytest.mark.parametrize(
    ("format_name", "content", "options", "words"),
    [
        ("native", b"\xff\xfe", (), "not JSON.*malformed"),
        ("native", b" " * 300_000, (), "262144.*too-large"),
        ("csv", b"a,b\n1,2\n", (), "mapping.*no-columns"),
        ("hobo", FILES["tinytag"][0].encode(), ("--timezone", "UTC"), "of the kind tinytag, not hobo"),
        ("csv", b"Time,Temp\n", ("--timezone", "Nowhere"), "Nowhere.*bad-timezone"),
        ("csv", b"Time,Temp\n5/6/2026 11:00,4\n", (), "date_order.*ambiguous-dates"),
        ("csv", b"Time,Temp\n", ("--column", "time"), "KEY=VALUE"),
        ("csv", b"Time,Temp\n", ("--column", "heat=Temp"), "heat"),
        ("native", b"{}", ("--received-at", "yesterday"), "yesterday"),
    ],
)
def test_what_can_t_be_decoded(
    format_name: str, content: bytes, options: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    """Bad input, exit code 2, with the field, the value and the remedy."""
    error = run(format_name, content, tmp_path, *options).exception
    assert isinstance(error, InvalidInput)
    assert error.exit_code == 2
    with pytest.raises(InvalidInput, match=words):
        raise error


def test_a_missing_file_and_an_unknown_format(tmp_path: Path) -> None:
    """The file is named; the formats are listed."""
    error = CliRunner().invoke(decode, ["native", str(tmp_path / "none.json")]).exception
    assert isinstance(error, InvalidInput)
    assert "No such file" in error.detail
    unknown = CliRunner().invoke(decode, ["nativ3", "x"])
    assert unknown.exit_code == 2
    assert "'chirpstack'" in unknown.output
