"""The app's own checks: its types against the API's description, and the unit tests of its logic."""

import subprocess


def test_types_and_unit_tests_of_the_app() -> None:
    """A field that the API has no more, or a message that a language lacks, fails here."""
    done = subprocess.run([".ci/web", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
