"""Mail to one person, by SMTP (RFC 5321) with TLS wherever the server has it."""

import smtplib
import ssl
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

from services.errors import Unavailable

TIMEOUT_S = 20.0
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Mail(Protocol):
    """A way to send one plain message."""

    def send(self, to: str, subject: str, body: str) -> None:
        """Send it. Raises Unavailable when the server does not take it."""
        ...


class SmtpMail:
    """Sends by the server at ``url``: `smtps://user:password@host`, or `smtp://` where TLS is begun by STARTTLS.

    Without TLS nothing is sent to another machine than this one.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._scheme, self._host = parts.scheme, parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._sender = sender

    def send(self, to: str, subject: str, body: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        try:
            with self._connected() as server:
                if self._login:
                    server.login(*self._login)
                server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(
                f"The mail server {self._host} did not take a message: {type(error).__name__}."
            ) from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif self._host not in LOOPBACK:
            server.close()
            raise smtplib.SMTPNotSupportedError("no TLS")
        return server


class KeptMail:
    """Keeps what it is given, for tests."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send(self, to: str, subject: str, body: str) -> None:
        self.sent.append((to, subject, body))
