"""The OpenAPI document: complete, consistent, and its examples are true."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from services.app import create_app
from services.db.engine import Database
from services.settings import Settings

DOCUMENT: dict[str, Any] = create_app(Settings(), Database("sqlite://")).openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def nodes(value: Any) -> Iterator[Any]:
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def test_every_reference_leads_somewhere() -> None:
    """No `$ref` to a schema that is not there."""
    references = {node["$ref"] for node in nodes(DOCUMENT) if isinstance(node, dict) and "$ref" in node}
    assert references
    assert references <= {f"#/components/schemas/{name}" for name in SCHEMAS}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_described(name: str) -> None:
    """A sentence, a success with a schema, problems with theirs, and the key that it needs."""
    operation = OPERATIONS[name]
    assert operation.get("description"), "a docstring"
    assert operation["tags"]
    success = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    assert len(success) == 1
    assert "204" in operation["responses"] or "content" in success[0]
    for status in ("401", "403", "422", "429", "503"):
        content = operation["responses"][status].get("content", {})
        assert "application/problem+json" in content or name == "GET /ready", status
    if not re.fullmatch(r"GET /(health|ready|metrics)|POST /v1/session(/.*)?", name):
        assert operation["security"] == [{"key": []}, {"session": []}]


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if "requestBody" in operation])
def test_a_body_has_an_example(name: str) -> None:
    """Whoever sends something sees what."""
    content = OPERATIONS[name]["requestBody"]["content"]["application/json"]
    schema = content["schema"]
    found = SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    assert "example" in content or "example" in found or "examples" in found, name


@pytest.mark.parametrize("name", [name for name, schema in SCHEMAS.items() if "example" in schema])
def test_an_example_is_true(name: str) -> None:
    """Each example is what its own schema asks for."""
    whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    validator = jsonschema_rs.Draft202012Validator(whole)
    errors = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(SCHEMAS[name]["example"])]
    assert errors == []


def test_schemas_have_names_of_one_word() -> None:
    """Generated clients make classes of them: no module paths, and no two alike."""
    assert [name for name in SCHEMAS if "__" in name] == []
