"""All the pages and what each one should say."""

from collections.abc import Callable
from pathlib import Path

from services.reference import DIRECTORY
from services.reference.access import access_page
from services.reference.api import api_page
from services.reference.commands import commands_page
from services.reference.errors import errors_page
from services.reference.settings import settings_page

PAGES: dict[Path, Callable[[], str]] = {
    DIRECTORY.parent / "access.md": access_page,
    DIRECTORY / "api.md": api_page,
    DIRECTORY / "commands.md": commands_page,
    DIRECTORY / "errors.md": errors_page,
    DIRECTORY / "settings.md": settings_page,
}
