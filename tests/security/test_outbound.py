"""Requests to addresses that users name: where they go, and where they never go."""

import ipaddress
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.http.outbound import Reach, RefusedAddressError, is_public, outbound_client


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """Answers each GET with the Host that was asked for, and redirects `/away`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.headers["Host"].encode()
            self.send_response(302 if self.path == "/away" else 200)
            if self.path == "/away":
                self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield served
        served.shutdown()
        thread.join()


NOT_PUBLIC = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # metadata of clouds
    "100.100.100.200",  # metadata of another
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:0001::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_of_the_open_internet_is_refused(address: str) -> None:
    """By its own address and behind a name, before a connection is begun."""
    assert not is_public(ipaddress.ip_address(address))
    with (
        outbound_client(Reach.PUBLIC, resolve=lambda *_: [address]) as client,
        pytest.raises(RefusedAddressError, match="not public"),
    ):
        client.get("http://hooks.example.org/x")


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.114.7", "2606:4700::1111", "64:ff9b::808:808"])
def test_what_is_public_is_let_through(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="127.0.0.0/8"))
def test_no_spelling_of_a_private_address_passes(address: ipaddress.IPv4Address) -> None:
    """Plain, mapped into IPv6, and translated by a NAT64."""
    number = int(address)
    for spelled in (
        address,
        ipaddress.IPv6Address(0xFFFF << 32 | number),
        ipaddress.IPv6Address(0x64FF9B << 96 | number),
    ):
        assert not is_public(spelled)


def test_one_private_address_among_public_ones_condemns_the_name() -> None:
    """Else it would be luck which of them is asked."""
    with (
        outbound_client(Reach.PUBLIC, resolve=lambda *_: ["8.8.8.8", "127.0.0.1"]) as client,
        pytest.raises(RefusedAddressError),
    ):
        client.get("http://hooks.example.org/x")


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "[::1]"])
def test_other_spellings_of_this_machine_are_refused(host: str) -> None:
    """What the resolver of the system makes of them is what is checked."""
    with outbound_client(Reach.PUBLIC) as client, pytest.raises((httpx.ConnectError, httpx.InvalidURL)):
        client.get(f"http://{host}:1/")


def test_the_name_is_resolved_once_and_the_checked_address_is_asked(server: ThreadingHTTPServer) -> None:
    """A name that changes between check and use (DNS rebinding) changes nothing; the Host stays the name."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    port = server.server_address[1]
    with outbound_client(Reach.ANYWHERE, resolve=resolve) as client:
        answer = client.get(f"http://hooks.example.org:{port}/x")
    assert answer.text == f"hooks.example.org:{port}"
    assert asked == ["hooks.example.org"]


def test_redirects_are_not_followed_and_proxies_of_the_environment_not_used(
    server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either would lead past the check."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with outbound_client(Reach.ANYWHERE) as client:
        answer = client.get(f"http://127.0.0.1:{server.server_address[1]}/away")
    assert answer.status_code == 302
