"""What goes in and out of the plan and run endpoints."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from services.http.fields import CodeText, Document, Instant, NameText, Payload, example


class PlanRequest(Payload):
    """What to plan. Everything may be left out: all waiting lots, all trucks, all hubs, from now on."""

    model_config = example({"seconds": 10, "required_life_h": 72})

    lots: Annotated[list[CodeText] | None, Field(max_length=5000, description="Lot codes; default: all that wait.")] = (
        None
    )
    trucks: Annotated[list[CodeText] | None, Field(max_length=1000, description="Truck codes; default: all.")] = None
    hubs: Annotated[list[CodeText] | None, Field(max_length=200, description="Hubs lots may go to; default: all.")] = (
        None
    )
    starts_at: Annotated[Instant | None, Field(description="When trucks may leave; default: now.")] = None
    required_life_h: Annotated[
        float, Field(ge=0, le=2400, description="Life at the reference temperature that a lot must have at the hub.")
    ] = 72.0
    ambient_c: Annotated[
        float, Field(ge=-20, le=60, description="The day's temperature in villages and on ambient trucks.")
    ] = 32.0
    seconds: Annotated[float | None, Field(gt=0, le=600, description="Search time; default: the setting.")] = None
    engine: Literal["auto", "ortools", "kernel"] = "auto"
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class JobDocument(Document):
    """A plan job. Poll it until `state` is `done`; then `plan_id` names the plan."""

    id: uuid.UUID
    state: Literal["queued", "running", "cancelling", "cancelled", "done", "failed"]
    progress: float
    best_cost_satang: int | None
    detail: str | None
    created_by: str
    created_at: Instant
    finished_at: Instant | None
    plan_id: uuid.UUID | None
    lots: int
    trucks: int


class PlanSummary(Document):
    """A plan without its routes."""

    id: uuid.UUID
    job_id: uuid.UUID
    state: Literal["draft", "published", "superseded"]
    version: int
    engine: str
    cost_satang: int
    data_as_of: Instant
    created_at: Instant
    published_at: Instant | None


class PlanDocument(PlanSummary):
    """A plan as the router made it, checked independently, with the reason of each lot's deadline."""

    plan: dict[str, Any]
    deadlines: dict[str, str]


class StopDocument(Document):
    """A pick-up of a run."""

    position: int
    lot: str
    village: str
    arrives_at: Instant
    departs_at: Instant
    state: Literal["assigned", "loaded", "skipped"]
    done_at: Instant | None
    reason: str | None


class RunDocument(Document):
    """One truck's trip: its pick-ups in order, ending at a hub."""

    id: uuid.UUID
    code: str
    plan_id: uuid.UUID
    truck: str
    hub: str
    state: Literal["assigned", "driving", "delivered"]
    departs_at: Instant
    arrives_at: Instant
    arrived_at: Instant | None
    distance_m: int
    set_point_c: Annotated[float | None, Field(description="What the unit is set to; null: an ambient truck.")]
    stops: list[StopDocument]


class Skipped(Payload):
    """Why a stop was left out; the lot waits again."""

    model_config = example({"reason": "the road is flooded"})

    reason: NameText
