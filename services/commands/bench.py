"""`coldchain bench`: measure a part of the product beside its peers, in one run on this machine."""

from importlib import import_module
from typing import cast

import click

PARTS = {
    "routing": "services.commands.bench_routing:routing",
    "ingest": "services.commands.bench_ingest:ingest",
    "freshness": "services.commands.bench_freshness:freshness",
    "sourcing": "services.commands.bench_sourcing:sourcing",
    "api": "services.commands.bench_api:api",
    "web": "services.commands.bench_web:web",
}


class Parts(click.Group):
    """Imports the module of a part when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = PARTS.get(cmd_name)
        if target is None:
            return None
        module, name = target.split(":")
        return cast("click.Command", getattr(import_module(module), name))


@click.group(cls=Parts)
def bench() -> None:
    """Measure a part of the product on this machine, beside its peers where it has some."""
