"""A mail server on a free loopback port that takes every message (RFC 5321, as far as a client needs it)."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import cast


@dataclass
class MailServer:
    """Where it listens, and what it took: addressee and message."""

    url: str = ""
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server until the block ends."""
    kept = MailServer()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            to = ""
            self.wfile.write(b"220 test\r\n")
            while line := self.rfile.readline():
                verb = line.strip().upper()
                if verb.startswith(b"EHLO"):
                    self.wfile.write(b"250 test\r\n")
                elif verb.startswith(b"RCPT TO:"):
                    to = line.decode().partition("<")[2].partition(">")[0]
                    self.wfile.write(b"250 ok\r\n")
                elif verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                    kept.taken.append((to, cast("EmailMessage", message)))
                    self.wfile.write(b"250 taken\r\n")
                elif verb == b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                else:
                    self.wfile.write(b"250 ok\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        kept.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
