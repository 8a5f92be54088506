"""The reference pages that are written from the code: `make docs`. A test fails when a page is not what this writes."""

from pathlib import Path

DIRECTORY = Path(__file__).parents[2] / "docs" / "reference"

NOTE = "<!-- Written by `make docs` from the code; change that. -->"
