"""Programs that come from the system's packages: found, or named at the end of the test run."""

import os
import shutil

import pytest

ENABLE = "enable with: "
"""Marks the skips that the closing lines of a run repeat."""


def need_binary(name: str, apt_package: str) -> str:
    """The path of a program. Where it is missing: skip and say how to enable; with CI=true, fail."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path:
        return path
    message = f"{name} is not installed; {ENABLE}sudo apt-get install -y {apt_package}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
