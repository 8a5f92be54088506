"""How the built app is served: by name, compressed, kept for good where that is safe, and never anything else."""

from pathlib import Path

import httpx
import pytest

from services.web.app_files import BuiltFile, chosen, read

FILE = BuiltFile("text/css", '"t"', {"": b"plain", "br": b"b", "gzip": b"g"})


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("br;q=0.000", ""),
        ("BR;q=0.5", "br"),
        ("identity", ""),
        ("", ""),
    ],
)
def test_the_best_encoding_that_is_taken(accepted: str, encoding: str) -> None:
    assert chosen(accepted, FILE) == encoding


def test_a_build_is_read_with_its_compressed_forms_and_nothing_hidden(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for name, body in {"index.html": b"<p>", "assets/a.js": b"1", "assets/a.js.br": b"2", ".sources": b"x"}.items():
        (tmp_path / name).write_bytes(body)
    found = read(tmp_path)
    assert set(found) == {"index.html", "assets/a.js"}
    assert found["assets/a.js"].bodies == {"": b"1", "br": b"2"}


def test_the_home_page_leads_to_the_app(visitor: httpx.Client) -> None:
    assert visitor.get("/").headers["location"] == "/app/"
    assert visitor.get("/app").headers["location"] == "/app/"


def test_every_address_inside_answers_the_page_with_a_strict_policy(visitor: httpx.Client) -> None:
    first = visitor.get("/app/")
    for path in ("/app/", "/app/shipments/SH-1", "/app/nothing/here"):
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert answer.text == first.text
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "private, no-cache"
    assert visitor.get("/app/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_scripts_are_compressed_and_kept_for_good(visitor: httpx.Client) -> None:
    page = visitor.get("/app/").text
    script = page.partition('type="module" crossorigin src="')[2].partition('"')[0]
    answer = visitor.get(script, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "<script>" not in page


@pytest.mark.parametrize("path", ["assets/none.js", "assets/../../api.py", "assets/%2e%2e/%2e%2e/api.py"])
def test_what_is_not_in_the_build_is_not_there(visitor: httpx.Client, path: str) -> None:
    answer = visitor.get(f"/app/{path}")
    assert answer.status_code == 404 or "<div id" in answer.text
    assert "router" not in answer.text
