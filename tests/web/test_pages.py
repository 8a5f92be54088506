"""What the pages show, to whom, and with which headers."""

import re

import httpx

from services.db.engine import Database
from tests.support.people import way_in
from tests.web.world import World


def test_the_overview_tells_verdicts_in_words_and_orders_by_what_expires_first(viewer: httpx.Client) -> None:
    page = viewer.get("/overview").text
    for word in ("On track", "Use first", "Unknown", "Inspect on arrival"):
        assert word in page
    assert re.findall(r'href="/shipments/(SH-\d)"', page) == ["SH-2", "SH-4", "SH-1", "SH-3"]
    assert "Not known: No reading for 10 hours." in page
    assert "1 run for 2 lots over 312 km for ฿12,345." in page
    assert "L-6: No truck can be back before its shift ends." in page


def test_names_are_escaped(viewer: httpx.Client) -> None:
    page = viewer.get("/overview").text
    assert "Tha Mai &lt;b&gt;" in page
    assert "Tha Mai <b>" not in page


def test_a_shipment_has_a_chart_with_its_band_gap_and_excursion(viewer: httpx.Client) -> None:
    page = viewer.get("/shipments/SH-2").text
    assert 'class="band"' in page
    assert page.count("<title>No readings</title>") == 1
    assert page.count("<title>Outside its band</title>") == 1
    assert "Warmer than its band now; as it is now it keeps at least until Wed 25 Nov, 02:24; due Fri 27 Nov" in page
    assert "2.0 days (1.6–2.4)" in page
    assert "As measured." in page


def test_a_shipment_without_readings_says_so(viewer: httpx.Client) -> None:
    assert "No readings from this shipment" in viewer.get("/shipments/SH-3").text


def test_what_is_not_there_is_a_page_that_says_so(viewer: httpx.Client) -> None:
    answer = viewer.get("/shipments/SH-99")
    assert answer.status_code == 404
    assert "No shipment SH-99" in answer.text


def test_no_page_opens_without_a_link(visitor: httpx.Client) -> None:
    for path in ("/overview", "/shipments/SH-1", "/enter?t=x.y"):
        answer = visitor.get(path)
        assert answer.status_code == 401
        assert "Not signed in" in answer.text
        assert "SH-1" not in answer.text


def test_another_tenant_sees_nothing_of_it(visitor: httpx.Client, day: tuple[Database, World]) -> None:
    visitor.get(way_in(day[0], day[1].stranger_id))
    page = visitor.get("/overview").text
    assert "Growers of the North" in page
    assert "SH-" not in page
    assert "Khlung" not in page
    assert visitor.get("/shipments/SH-1").status_code == 404


def test_the_cookie_can_not_be_read_by_scripts_and_the_token_leaves_the_address(
    visitor: httpx.Client, link: str
) -> None:
    answer = visitor.get(link)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert answer.headers["location"] == "/"
    assert answer.headers["cache-control"] == "no-store"


def test_pages_allow_nothing_inline_and_no_foreign_host(viewer: httpx.Client) -> None:
    for path in ("/overview", "/shipments/SH-2"):
        answer = viewer.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert not re.search(r"<style|style=|onclick=|javascript:", answer.text)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_a_page_that_has_not_changed_is_not_sent_again(viewer: httpx.Client) -> None:
    first = viewer.get("/overview")
    assert viewer.get("/overview", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_assets_carry_their_digest_and_keep(viewer: httpx.Client) -> None:
    for address in re.findall(r'(?:src|href)="(/assets/[^"]+)"', viewer.get("/overview").text):
        answer = viewer.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert viewer.get("/assets/..%2fapi.py").status_code == 404
