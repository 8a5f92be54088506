"""What goes in and out of the plan and run endpoints."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from services.http.fields import CodeText, Document, Instant, NameText, Payload, example


class Scenario(Payload):
    """A named set of changes to a request: what the day would be with one truck less, or a later cut-off."""

    model_config = example({"name": "one truck less", "without_trucks": ["TRK-7"]})

    name: Annotated[NameText, Field(max_length=100)]
    without_trucks: Annotated[list[CodeText] | None, Field(max_length=1000)] = None
    without_lots: Annotated[list[CodeText] | None, Field(max_length=5000)] = None
    later_cutoff_min: Annotated[int, Field(ge=-720, le=720, description="Hubs close so much later.")] = 0
    longer_shift_min: Annotated[int, Field(ge=-720, le=720, description="Shifts end so much later.")] = 0
    starts_at: Instant | None = None
    required_life_h: Annotated[float | None, Field(ge=0, le=2400)] = None
    ambient_c: Annotated[float | None, Field(ge=-20, le=60)] = None


class Pin(Payload):
    """A lot that is to ride on this truck."""

    lot: CodeText
    truck: CodeText


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
    which: Annotated[
        Literal["waiting", "sourced"], Field(description="All lots that wait, or those accepted in sourcing alone.")
    ] = "waiting"
    scenario: Annotated[Scenario | None, Field(description="Changes to all this, under a name.")] = None
    pins: Annotated[list[Pin] | None, Field(max_length=5000, description="Lots held to trucks.")] = None


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
    scenario: str | None


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
    scenario: str | None
    parent_id: Annotated[uuid.UUID | None, Field(description="The plan that this one was edited from; undo returns.")]


class PlanDocument(PlanSummary):
    """A plan as the router made it, checked independently, with the reason of each lot's deadline."""

    plan: dict[str, Any]
    deadlines: dict[str, str]


class PlanProblem(Document):
    """What a plan was made from, as `coldchain solve` reads it; its seconds count from `problem.time_zero_ms`."""

    plan_id: uuid.UUID
    problem: dict[str, Any]


class StopDocument(Document):
    """A pick-up of a run."""

    position: int
    lot: str
    village: str
    arrives_at: Instant
    departs_at: Instant
    state: Literal["assigned", "driving", "arrived", "loaded", "skipped"]
    arrived_at: Instant | None
    done_at: Instant | None
    loaded_weight_g: int | None
    loaded_crates: int | None
    reason: str | None


class RunDocument(Document):
    """One truck's trip: its pick-ups in order, ending at a hub."""

    id: uuid.UUID
    code: str
    plan_id: uuid.UUID
    truck: str
    hub: str
    state: Literal["assigned", "driving", "delivered", "cancelled"]
    sheet_version: Annotated[int, Field(description="Rises with each change after the plan was published.")]
    departs_at: Instant
    departed_at: Instant | None
    arrives_at: Instant
    arrived_at: Instant | None
    distance_m: int
    set_point_c: Annotated[float | None, Field(description="What the unit is set to; null: an ambient truck.")]
    stops: list[StopDocument]


class Skipped(Payload):
    """Why a stop was left out; the lot waits again."""

    model_config = example({"reason": "the road is flooded"})

    reason: NameText


class ScenarioRequest(Payload):
    """One request under several scenarios, all from the same data; the request itself is planned too."""

    model_config = example(
        {
            "base": {"seconds": 10},
            "scenarios": [
                {"name": "one truck less", "without_trucks": ["TRK-7"]},
                {"name": "later cut-off", "later_cutoff_min": 60},
            ],
        }
    )

    base: PlanRequest
    scenarios: Annotated[list[Scenario], Field(min_length=1, max_length=8)]


class ScenarioJobs(Document):
    """The jobs, the request itself first."""

    jobs: list[JobDocument]


class ComparedPlan(PlanSummary):
    """A plan in the figures by which plans are compared; `against_first_satang` is its cost less the first one's."""

    costs: dict[str, int]
    indicators: dict[str, Any]
    unserved: list[str]
    against_first_satang: int


class LotInPlans(Document):
    """A lot whose truck is not the same in all of the plans; null where it stays behind or is no part of it."""

    lot: str
    trucks: list[str | None]


class Comparison(Document):
    """Plans side by side, in the order asked for, and the lots in which they differ."""

    plans: list[ComparedPlan]
    differences: list[LotInPlans]


class PinChange(Payload):
    """Lots to hold to trucks, and lots to let go."""

    model_config = example({"pin": [{"lot": "LOT-1", "truck": "TRK-7"}], "unpin": ["LOT-2"], "version": 1})

    pin: Annotated[list[Pin], Field(default_factory=list[Pin], max_length=5000)]
    unpin: Annotated[list[CodeText], Field(default_factory=list[str], max_length=5000)]
    version: Annotated[int | None, Field(description="The plan's version that was read; 409 when it has moved.")] = None


class PinDocument(Document):
    """A pin, and what the plan would save without it, all else as it is; null while it is not in force."""

    lot: str
    truck: str
    in_force: Annotated[bool, Field(description="Whether the plan has the lot on that truck already.")]
    saving_satang: int | None
    better_truck: str | None
    pinned_by: str
    pinned_at: Instant


class PinsDocument(Document):
    """All pins of a plan."""

    plan_id: uuid.UUID
    version: int
    pins: list[PinDocument]


class Replan(Payload):
    """Solve again from what waits now, with the pins of this plan."""

    model_config = example({"seconds": 10})

    seconds: Annotated[float | None, Field(gt=0, le=600)] = None
    engine: Literal["auto", "ortools", "kernel"] | None = None
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1)] = None


class Move(Payload):
    """A lot to another place: the truck (null leaves it behind), its trip and its position there, from 1."""

    lot: CodeText
    to_truck: CodeText | None
    position: Annotated[int, Field(ge=1, le=5000)] = 1
    trip: Annotated[int, Field(ge=1, le=100)] = 1


class Moves(Payload):
    """Moves, one after the other. A rehearsal tells what they would do; otherwise they make a new draft."""

    model_config = example({"moves": [{"lot": "LOT-1", "to_truck": "TRK-7", "position": 2}], "dry_run": True})

    moves: Annotated[list[Move], Field(min_length=1, max_length=200)]
    dry_run: bool = True
    pin: Annotated[bool, Field(description="Also hold the moved lots to their trucks in later solves.")] = False
    version: Annotated[int | None, Field(description="The plan's version that was read; 409 when it has moved.")] = None


class ViolationDocument(Document):
    """A rule that the edited plan breaks, and how."""

    rule: str
    detail: str
    truck: str | None
    pickup: str | None


class MovedDocument(Document):
    """What moves do: the re-timed plan, its cost, and every rule that it breaks."""

    feasible: bool
    cost_satang: int
    delta_satang: int
    costs: dict[str, int]
    violations: list[ViolationDocument]
    changed_trucks: list[str]
    plan: Annotated[dict[str, Any], Field(description="As in a plan; re-timed, also where it breaks rules.")]
    plan_id: Annotated[uuid.UUID | None, Field(description="The new draft; null for a rehearsal.")]
