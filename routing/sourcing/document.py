"""Markets and proposals as JSON."""

from typing import Any

from pydantic import TypeAdapter

from routing.sourcing.market import Market
from routing.sourcing.proposal import Proposal


def write_market(market: Market) -> bytes:
    """The market's JSON form; reading it back gives an equal market."""
    return TypeAdapter(Market).dump_json(market)


def read_market(text: bytes | str) -> Market:
    """Decode a market. Raises pydantic's ValidationError, a ValueError, where it is none."""
    return TypeAdapter(Market).validate_json(text)


def write_proposal(proposal: Proposal) -> bytes:
    """The proposal's JSON form; reading it back gives an equal proposal."""
    return TypeAdapter(Proposal).dump_json(proposal)


def read_proposal(text: bytes | str) -> Proposal:
    """Decode a proposal. Raises pydantic's ValidationError, a ValueError, where it is none."""
    return TypeAdapter(Proposal).validate_json(text)


def plain(proposal: Proposal) -> dict[str, Any]:
    """The proposal as JSON's own types."""
    return TypeAdapter(dict[str, Any]).validate_python(TypeAdapter(Proposal).dump_python(proposal, mode="json"))
