"""Debian's Chromium, driven without a sandbox and without its own network chatter."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.optional import need_binary
from tests.web.conftest import day, link, settings, url

__all__ = ["day", "link", "settings", "url"]

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session of this worker."""
    binary = need_binary("chromium", "chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=binary, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def artefacts() -> Path:
    """Where screenshots are left to be looked at."""
    directory = Path("artefacts") / "browser"
    directory.mkdir(parents=True, exist_ok=True)
    return directory
