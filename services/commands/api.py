"""`coldchain api`: the HTTP API on its own."""

import json
import os
import signal
import socket
from pathlib import Path

import click
import uvicorn

from services.app import create_app
from services.db.engine import Database
from services.errors import Unavailable
from services.logs import configure_logs
from services.settings import load_settings

READY_FILE = "api.json"


@click.command()
def api() -> None:
    """Serve the API until it is told to stop; its address stands in api.json in the data directory."""
    settings = load_settings()
    configure_logs(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.resolved_database_url())
    listener = listen(settings.api_host, settings.api_port)
    host, port = listener.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings, database),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # services.http.edges believes the proxies that the settings name
            lifespan="off",
            timeout_graceful_shutdown=5,
        )
    )
    ready = settings.data_dir / READY_FILE
    write_ready(ready, url)
    click.echo(f"The API listens on {url}", err=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn hands the signal back after its orderly end; the rest of this function must still run
        signal.signal(number, lambda *_: None)
    try:
        server.run([listener])
    finally:
        ready.unlink(missing_ok=True)
        database.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises Unavailable when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle off only where the protocol is named; without that, each answer waits 40 ms for an ACK
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise Unavailable(f"Can't listen on {host}:{port}: {error.strerror}; set COLDCHAIN_API_PORT.") from error
    return listener


def write_ready(path: Path, url: str) -> None:
    """Say where the API listens, all at once, so that a reader never sees half a file."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="ascii")
    fresh.replace(path)
