"""The settings reference: every variable with its default and meaning."""

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from services.reference import NOTE
from services.settings import PREFIX, Settings

OPENING = """# Settings

Environment variables; nothing else is read. One that is not listed here is refused by name at start.
"""


def settings_page() -> str:
    """Every setting, in the order of the code."""
    lines = [NOTE, "", OPENING]
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = "none" if default in ("", PydanticUndefined) else f"`{getattr(default, 'value', default)}`"
        lines += [f"## {PREFIX}{name.upper()}", "", f"{field.description} Default: {shown}.", ""]
    return "\n".join(lines).rstrip() + "\n"
