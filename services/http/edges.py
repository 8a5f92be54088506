"""What stands between the network and the application: which names it answers to, and whom it believes about senders.

A proxy says in `X-Forwarded-For`, `-Proto` and `-Host` who asked and how. Anybody can send these, so they count only
from the addresses of trusted proxies; the sender is then the last address in the list that is not such a proxy.
"""

import ipaddress
from collections.abc import Iterable, Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from services.errors import InvalidInput
from services.http.problems import problem_response

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
"""What this machine calls itself: health checks and the demo come so."""


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a setting, separated by commas. Raises ValueError."""
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def names(text: str) -> frozenset[str]:
    """The host names of a setting, separated by commas; `*.example.org` stands for every name below."""
    return frozenset(part.strip().lower() for part in text.split(",") if part.strip())


class TrustedProxies:
    """ASGI layer that takes sender and scheme from the headers of trusted proxies, and from nobody else's."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self.app = app
        self.trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("client") and self._is_trusted(scope["client"][0]):
            headers = Headers(scope=scope)
            sender = self._sender(headers.getlist("x-forwarded-for"))
            if sender is not None:
                scope["client"] = (sender, 0)
            if headers.get("x-forwarded-proto") in {"http", "https"}:
                scope["scheme"] = headers["x-forwarded-proto"]
        await self.app(scope, receive, send)

    def _sender(self, lists: Iterable[str]) -> str | None:
        """The nearest sender that is no proxy of ours; what stands before it in the list is only its word."""
        hops = [hop.strip() for one in lists for hop in one.split(",")]
        for hop in reversed(hops):
            try:
                ipaddress.ip_address(hop)
            except ValueError:
                return None
            if not self._is_trusted(hop):
                return hop
        return None

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed.version == network.version and parsed in network for network in self.trusted)


class TrustedHosts:
    """ASGI layer that refuses requests for names that are not ours, so that no link is made of a stranger's `Host`."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.hosts and not self._is_ours(host_of(Headers(scope=scope).get("host", ""))):
            identity = str(scope.get("state", {}).get("request_id", ""))
            refused = InvalidInput("This installation does not answer to that host name; see COLDCHAIN_TRUSTED_HOSTS.")
            await problem_response(identity, refused)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        below = any(name.startswith("*.") and host.endswith(name[1:]) for name in self.hosts)
        return host in self.hosts or host in OWN_NAMES or below


def host_of(header: str) -> str:
    """The name in a `Host` header, without its port."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()
