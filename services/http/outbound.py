"""The way out to addresses that users name: webhooks, identity providers, whatever is fetched for somebody.

A name is resolved once, every address it has is checked, and the connection goes to one that was checked: what the name
says a moment later (DNS rebinding) changes nothing. The certificate is still that of the name. Redirects are not
followed and proxies of the environment not used, since either would lead past the check (OWASP, "Server-Side Request
Forgery Prevention").
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

import httpcore
import httpx

from services.settings import Mode

TIMEOUT_S = 10.0

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host and port. Raises OSError."""


class Reach(StrEnum):
    """How far requests go: to public addresses alone, or to this network too, for development."""

    PUBLIC = "public"
    ANYWHERE = "anywhere"


SHARED_NETS = tuple(
    ipaddress.ip_network(net)
    for net in (
        "100.64.0.0/10",  # carriers' own (RFC 6598), where some clouds keep their metadata
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "64:ff9b:1::/48",  # translation within a network (RFC 8215)
    )
)


class RefusedAddressError(httpx.ConnectError):
    """The name leads to an address that is not public."""


def reach_of(mode: Mode) -> Reach:
    """Production reaches public addresses alone."""
    return Reach.PUBLIC if mode is Mode.PRODUCTION else Reach.ANYWHERE


def outbound_client(reach: Reach, *, timeout_s: float = TIMEOUT_S, resolve: Resolve | None = None) -> httpx.Client:
    """A client for addresses that users name. Its requests raise httpx errors, RefusedAddressError among them."""
    transport = httpx.HTTPTransport(trust_env=False)
    pool = transport._pool  # httpx has no other place for a network backend
    pool._network_backend = _CheckedBackend(reach, resolve or _resolved, pool._network_backend)
    return httpx.Client(transport=transport, timeout=timeout_s, follow_redirects=False, trust_env=False)


def is_public(address: Address) -> bool:
    """Whether an address is one of the open Internet: not private, loopback, link-local, metadata or reserved."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _translated(address)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    if any(address.version == net.version and address in net for net in SHARED_NETS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address within the well-known prefix of NAT64 (RFC 6052)."""
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class _CheckedBackend(httpcore.NetworkBackend):
    """Resolves and checks, then connects to the address itself; TLS above still asks for the name."""

    def __init__(self, reach: Reach, resolve: Resolve, inner: httpcore.NetworkBackend) -> None:
        self._reach = reach
        self._resolve = resolve
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"the name {host} leads nowhere") from error
        # one address that is not public condemns the name: which of them is used is not ours to choose
        wrong = [text for text in addresses if not is_public(ipaddress.ip_address(text.partition("%")[0]))]
        if not addresses or (wrong and self._reach is Reach.PUBLIC):
            raise RefusedAddressError(f"{host} leads to an address that is not public")
        failure: Exception | None = None
        for address in addresses:
            try:
                return self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} can't be reached")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("no sockets of this machine")
