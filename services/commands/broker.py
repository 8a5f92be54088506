"""`coldchain broker`: the embedded broker in the foreground."""

import signal

import click

from services.db.engine import Database
from services.logs import configure_logs
from services.settings import load_settings
from services.workers.broker import BrokerKeeper


@click.command()
def broker() -> None:
    """Run the embedded MQTT broker; its address is printed and written to broker.json in the data directory."""
    settings = load_settings()
    configure_logs(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    keeper = BrokerKeeper(settings, Database(settings.resolved_database_url()))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: keeper.stop.set())
    keeper.run()
