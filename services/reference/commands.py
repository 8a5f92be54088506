"""The command reference: what `coldchain` and its commands say of themselves."""

from collections.abc import Iterator

import click

from services.cli import cli
from services.reference import NOTE

OPENING = """# Commands

`coldchain COMMAND --help` says the same. Exit codes: 0 done; 1 a check found a fault; 2 bad usage or input; 3 a needed
service can't be reached. With `--json` one JSON document goes to standard output, and progress to standard error.
"""


def commands_page() -> str:
    """Every command with its usage and options."""
    return "\n".join([NOTE, "", OPENING, *_sections(cli, "coldchain", None)]).rstrip() + "\n"


def _sections(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    # the command's own settings too: `-h` shows or not by whether somebody asked it before, otherwise
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, **command.context_settings)
    if parent is not None:
        heading = context.command_path.removeprefix("coldchain ")
        yield from (f"## {heading}", "", "```text", command.get_help(context).rstrip(), "```", "")
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None and not found.hidden:
                yield from _sections(found, inner, context)
