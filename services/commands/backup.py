"""`coldchain backup FILE`."""

from pathlib import Path

import click

from services.commands.database import opened
from services.db.backup import back_up
from services.errors import FieldFault, InvalidInput

FORCE = click.option("--force", is_flag=True, help="Replace what is there.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@FORCE
def backup(*, file: Path, force: bool) -> None:
    """Copy the whole database as it stands at one instant into FILE, while everything goes on working."""
    if file.exists() and not force:
        fault = FieldFault("FILE", f"{file} exists.", "Choose another name, or give --force.")
        raise InvalidInput("There is a file of that name.", faults=[fault])
    with opened() as database:
        made = back_up(database, file, progress=lambda line: click.echo(line, err=True))
    click.echo(f"Backed up {made.rows} rows of {made.tables} tables at revision {made.revision} into {file}.")
