"""Tenancy: the code asks for the tenant first. What routes answer is in tests/security."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.orchard import Orchard, plant

STORES = sorted(Path("services").glob("*/store.py"))

ACROSS_TENANTS = {
    "services/identity/store.py": {
        "tenant_by_slug": "finds the tenant by its name, for the command line",
        "tenant_slugs": "names the tenants, for the command line",
        "key_of_any_tenant": "a key says which tenant it is of",
        "session_with_user": "a session's token says which tenant it is of",
        "end_session": "a session's token says which tenant it is of",
        "take_attempt": "the state of a sign-in says which tenant it is of",
        "take_ticket": "a ticket says which tenant it is of",
        "first_people": "names one person of each tenant, for the command line",
    },
    "services/guests/store.py": {"of_token": "a guest's token says which tenant it is of"},
    "services/trace/store.py": {"link_of_token": "the token of a QR code says which tenant it is of"},
}
"""Store functions that can't take the tenant, because it is what they are asked for."""


def store_functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in STORES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(arg.arg == "session" for arg in node.args.args):
                yield path.as_posix(), node


FUNCTIONS = list(store_functions())


def test_the_walk_finds_the_stores() -> None:
    """Ten features with dozens of functions: an empty walk would prove nothing."""
    assert len(STORES) >= 9
    assert len(FUNCTIONS) > 60


@pytest.mark.parametrize(("path", "function"), FUNCTIONS, ids=[f"{path}:{node.name}" for path, node in FUNCTIONS])
def test_a_store_function_takes_the_tenant_first(path: str, function: ast.FunctionDef) -> None:
    """`(session, tenant_id, ...)`, and the tenant is used; exceptions are named above with their reason."""
    if function.name in ACROSS_TENANTS.get(path, {}):
        return
    names = [argument.arg for argument in function.args.args]
    assert names[:2] == ["session", "tenant_id"], f"{path}:{function.lineno} {function.name}({', '.join(names)})"
    used = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == "tenant_id"]
    assert used, f"{path}:{function.lineno} {function.name} takes the tenant and never asks for it"


def test_a_key_opens_one_tenant(orchard: Orchard) -> None:
    """The same codes in two tenants are two things."""
    other = plant(orchard.api, "trat")
    assert orchard.client.get("/v1/hubs/LCB").json()["id"] != other.client.get("/v1/hubs/LCB").json()["id"]
