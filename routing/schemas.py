"""The JSON Schemas of problem and plan, made from their types: `python -m routing.schemas docs/reference`."""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from routing.plan import Plan
from routing.problem import Problem


def problem_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the problem file."""
    return _schema(TypeAdapter(Problem), "Collection problem")


def plan_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the plan file."""
    return _schema(TypeAdapter(Plan), "Collection plan")


def _schema(adapter: TypeAdapter[Any], title: str) -> dict[str, Any]:
    return {"$schema": GenerateJsonSchema.schema_dialect, **adapter.json_schema(), "title": title}


def main(folder: Path) -> None:
    """Write `problem.schema.json` and `plan.schema.json`."""
    for name, schema in (("problem", problem_schema()), ("plan", plan_schema())):
        (folder / f"{name}.schema.json").write_text(json.dumps(schema, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
