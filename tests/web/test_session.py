"""Signed links and cookies: only what was signed, for its purpose, until it expires."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Unauthenticated
from services.identity.logic import Role
from services.web.session import Purpose, Viewer, sign, verify

SECRET = "s" * 32
VIEWER = Viewer(uuid.UUID(int=7), Role.AUDITOR, 1_000)


def test_what_was_signed_comes_back() -> None:
    assert verify(SECRET, Purpose.LINK, sign(SECRET, Purpose.LINK, VIEWER), now_ms=999) == VIEWER


def test_a_link_is_no_cookie() -> None:
    with pytest.raises(Unauthenticated):
        verify(SECRET, Purpose.SESSION, sign(SECRET, Purpose.LINK, VIEWER), now_ms=0)


def test_a_link_fits_on_a_line() -> None:
    assert len(sign(SECRET, Purpose.LINK, VIEWER)) <= 64


def test_it_ends_when_it_says() -> None:
    with pytest.raises(Unauthenticated, match="expired"):
        verify(SECRET, Purpose.LINK, sign(SECRET, Purpose.LINK, VIEWER), now_ms=1_000)


def test_another_secret_made_nothing_of_ours() -> None:
    with pytest.raises(Unauthenticated):
        verify("t" * 32, Purpose.LINK, sign(SECRET, Purpose.LINK, VIEWER), now_ms=0)


@given(st.integers(0, 10_000), st.characters())
def test_a_changed_character_is_noticed(place: int, letter: str) -> None:
    good = sign(SECRET, Purpose.LINK, VIEWER)
    place %= len(good)
    changed = good[:place] + letter + good[place + 1 :]
    if changed != good:
        with pytest.raises(Unauthenticated):
            verify(SECRET, Purpose.LINK, changed, now_ms=0)


@given(st.text())
def test_any_text_is_refused_alike(text: str) -> None:
    with pytest.raises(Unauthenticated):
        verify(SECRET, Purpose.LINK, text, now_ms=0)
