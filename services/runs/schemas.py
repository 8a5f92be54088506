"""Repairs and dispatch rules as they go in and out."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from services.http.fields import Document, Instant, Payload, example
from services.runs.repairing import Applies

State = Literal["proposed", "applied", "declined", "superseded", "unneeded"]

REPAIR = {
    "id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1e95",
    "plan_id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1e96",
    "state": "applied",
    "reason": "LOT-7 has to be at a hub by 11:40; the plan brings it at 13:05.",
    "causes": [
        {
            "kind": "lot.warming",
            "subject_kind": "lot",
            "subject": "LOT-7",
            "sentence": "LOT-7 has to be at a hub by 11:40; the plan brings it at 13:05.",
        }
    ],
    "changes": [{"kind": "moved", "pickup": "LOT-7", "detail": "moves from TRK-2 to TRK-7, at 09:10 instead of 10:40"}],
    "concessions": ["LOT-7 on TRK-2 can't be delivered in time any more"],
    "cost_satang": 412_000,
    "change_cost_satang": 20_000,
    "noticed_at": "2026-11-23T02:10:00Z",
    "created_at": "2026-11-23T02:10:06Z",
    "decided_at": "2026-11-23T02:11:00Z",
    "decided_by": "Malee",
    "comment": "TRK-7 is closer.",
}


class CauseDocument(Document):
    """One reason why the published plan can't stay."""

    kind: str
    subject_kind: str
    subject: str
    sentence: str


class ChangeDocument(Document):
    """One difference to the published plan, for a driver or a village."""

    kind: Literal["moved", "added", "left", "dropped", "earlier", "later"]
    pickup: str
    detail: str


class RepairSummary(Document):
    """A repair of a published plan. `cost_satang` is that of the rest of the day, `change_cost_satang` the part of it
    that stands for calling drivers and villages.
    """

    model_config = example(REPAIR)

    id: uuid.UUID
    plan_id: uuid.UUID
    state: State
    reason: str
    causes: list[CauseDocument]
    changes: list[ChangeDocument]
    concessions: Annotated[list[str], Field(description="Limits that can't be kept any more, whatever is done.")]
    cost_satang: int
    change_cost_satang: int
    noticed_at: Annotated[Instant, Field(validation_alias="noticed_at_ms")]
    created_at: Annotated[Instant, Field(validation_alias="created_at_ms")]
    decided_at: Annotated[Instant | None, Field(validation_alias="decided_at_ms")]
    decided_by: str | None
    comment: str | None


class RepairDocument(RepairSummary):
    """A repair with the plan that it proposes for the rest of the day."""

    model_config = example(REPAIR | {"plan": {}, "problem": {}})

    plan: dict[str, Any]
    problem: dict[str, Any]


class Declined(Payload):
    """Why the plan stays as it is."""

    model_config = example({"comment": "The driver of TRK-2 is there already."})

    comment: Annotated[str, Field(min_length=1, max_length=1000)]


class RuleChange(Payload):
    """Who decides on repairs."""

    model_config = example({"applies": "at_once", "most_changes": 4})

    applies: Applies
    most_changes: Annotated[
        int, Field(ge=0, le=1000, description="`at_once` holds for repairs with at most so many changes.")
    ] = 5


class RuleDocument(Document):
    """Who decides on repairs; until somebody says otherwise, a coordinator."""

    model_config = example(
        {"applies": "ask", "most_changes": 5, "changed_by": "Malee", "changed_at": "2026-11-23T01:00:00Z"}
    )

    applies: Applies = Applies.ASK
    most_changes: int = 5
    changed_by: str | None = None
    changed_at: Annotated[Instant | None, Field(validation_alias="changed_at_ms")] = None


class SheetDocument(Document):
    """A later version of a run's sheet: why it changed, and what for this driver."""

    model_config = example(
        {"version": 2, "reason": REPAIR["reason"], "lines": ["LOT-7: …"], "created_at": "2026-11-23T02:10:30Z"}
    )

    version: int
    reason: str
    lines: list[str]
    created_at: Annotated[Instant, Field(validation_alias="created_at_ms")]
