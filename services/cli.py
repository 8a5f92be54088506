"""The `coldchain` command: a table of subcommands, each loaded only when it is called."""

import sys
from importlib import import_module
from typing import cast

import click

from services.db.acting import name_process
from services.errors import ColdchainError

COMMANDS = {
    "demo": "services.commands.demo:demo",
    "simulate": "services.commands.simulate:simulate",
    "api": "services.commands.api:api",
    "broker": "services.commands.broker:broker",
    "freshness": "services.commands.freshness:freshness",
    "import": "services.commands.imports:import_group",
    "gateway": "services.commands.gateway:gateway",
    "ingest": "services.commands.ingest:ingest",
    "key": "services.commands.key:key",
    "user": "services.commands.user:user",
    "tenant": "services.commands.tenant:tenant",
    "db": "services.commands.db:db",
    "audit": "services.commands.audit:audit",
    "backup": "services.commands.backup:backup",
    "restore": "services.commands.restore:restore",
    "outbox": "services.commands.outbox:outbox",
    "planner": "services.commands.planner:planner",
    "up": "services.commands.up:up",
    "check": "services.commands.check:check",
    "solve": "services.commands.solve:solve",
    "bench": "services.commands.bench:bench",
    "decode": "services.commands.decode:decode",
    "shelf-life": "services.commands.shelf_life:shelf_life",
}


class LazyGroup(click.Group):
    """A group that imports a subcommand's module on first use, so that `coldchain --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        name_process(f"command {cmd_name}")
        module, name = target.split(":")
        command = getattr(import_module(module), name)
        return cast("click.Command", command)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="village-coldchain", prog_name="coldchain")
def cli() -> None:
    """Village Cold Chain: readings in, collection plans out, and how long every shipment will keep."""


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 a check found a fault, 2 bad input, 3 a service is missing."""
    try:
        cli(standalone_mode=True)
    except ColdchainError as error:
        click.echo(f"{error.title}: {error.detail}", err=True)
        for fault in error.faults:
            click.echo(f"  {fault}", err=True)
        sys.exit(error.exit_code)
