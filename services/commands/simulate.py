"""`coldchain simulate`."""

import json
import signal
import threading
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
    as_json: bool,
) -> None:
    """Publish readings of a simulated gateway over MQTT at QoS 1 until told to stop."""
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
    sent = publish(
        FieldGateway(broker_url, tenant, name, login, truth),
        truth,
        sensors=sensors,
        rate=rate,
        count=count,
        clock=wall_clock_ms,
        stopping=stopping,
    )
    figures = sent.figures
    if as_json:
        document = {"messages": figures.messages, "readings": figures.readings, "unanswered": sent.unanswered}
        click.echo(json.dumps(document | {"seconds": round(sent.seconds, 3)}))
    else:
        click.echo(f"Sent {figures.readings:,} readings in {figures.messages:,} messages in {sent.seconds:.1f} s.")
    if sent.unanswered:
        raise Unavailable(f"The broker did not answer {sent.unanswered} messages: they may be lost.")
