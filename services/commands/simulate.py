"""`coldchain simulate`."""

import json
import signal
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

import click

from services.clock import wall_clock_ms
from services.demo.gateways import FieldGateway
from services.demo.simulator import simulate as publish
from services.demo.truth import Truth
from services.errors import FieldFault, InvalidInput, Unavailable

MAX_SENSORS = 1000
"""Readings that one message may carry."""


@click.command()
@click.option("--broker-url", required=True, help="mqtt://host:port or mqtts://host:port; may carry user:password@.")
@click.option("--tenant", required=True, help="The tenant's slug.")
@click.option("--gateway", "name", required=True, help="The gateway's name, as in `coldchain gateway add`.")
@click.option("--password", envvar="GATEWAY_PASSWORD", help="As `coldchain gateway add` printed it.")
@click.option("--sensors", type=click.IntRange(1, MAX_SENSORS), default=4, show_default=True)
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True, help="Messages a second."
)
@click.option("--count", type=click.IntRange(min=1), help="How many messages; without it, until Ctrl-C.")
@click.option(
    "--spool",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File in which readings stay until their receipt, and go on from the next time; by default a temporary one.",
)
@click.option(
    "--wait", "answers_within_s", default=30.0, show_default=True, help="Seconds to wait for receipts at the end."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document at the end.")
def simulate(
    *,
    broker_url: str,
    tenant: str,
    name: str,
    password: str | None,
    sensors: int,
    rate: float,
    count: int | None,
    spool: Path | None,
    answers_within_s: float,
    as_json: bool,
) -> None:
    """Send readings of a simulated gateway over MQTT until told to stop, by the installers' library.

    Exit 0: every message has its receipt, so all is stored. 3: the broker is away, or receipts did not come.
    """
    url = urlsplit(broker_url)
    if url.scheme not in {"mqtt", "mqtts"} or not url.hostname:
        fault = FieldFault("--broker-url", f"is {broker_url!r}.", "Write mqtt://host:port or mqtts://host:port.")
        raise InvalidInput("The broker's address can't be read.", faults=[fault])
    login = (f"{tenant}/{name}", password) if password else None
    if url.username:
        login = (unquote(url.username), unquote(url.password or ""))
    truth, stopping = Truth(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with TemporaryDirectory(prefix="coldchain-simulate-") as scratch:
        gateway = FieldGateway(broker_url, tenant, name, login, truth, spool or Path(scratch) / "spool.db")
        try:
            sent = publish(
                gateway,
                truth,
                sensors=sensors,
                rate=rate,
                count=count,
                clock=wall_clock_ms,
                stopping=stopping,
                answers_within_s=answers_within_s,
            )
        finally:
            gateway.close()
    figures = sent.figures
    if as_json:
        document = {"messages": figures.messages, "readings": figures.readings, "unanswered": sent.unanswered}
        click.echo(json.dumps(document | {"seconds": round(sent.seconds, 3)}))
    else:
        click.echo(f"Sent {figures.readings:,} readings in {figures.messages:,} messages in {sent.seconds:.1f} s.")
    if sent.unanswered:
        kept = f"They wait in {spool}" if spool else "They are given up; with --spool they would wait"
        raise Unavailable(
            f"{sent.unanswered} messages have no receipt; is `coldchain ingest` running, and is {name} a gateway of"
            f" {tenant}? {kept}."
        )
