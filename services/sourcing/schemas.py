"""Sourcing as it goes in and out."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from routing.sourcing import Basis, Rules, Substitution
from services.http.fields import CodeText, Document, Instant, NameText, Payload, example

SourcingState = Literal["queued", "running", "cancelling", "cancelled", "done", "failed"]
LineState = Literal["proposed", "accepted", "rejected"]
PerKg = Annotated[int, Field(ge=0, le=10**6, description="Satang per kilogram.")]
Grams = Annotated[int, Field(ge=1, le=10**9)]
STANDARD = Rules()


class SourcingRules(Payload):
    """How supply may serve demand, and what is worth what."""

    grades: Annotated[
        list[NameText],
        Field(default_factory=lambda: list(STANDARD.grades), min_length=1, max_length=20, description="Best first."),
    ]
    substitution: Substitution = STANDARD.substitution
    upgrade_satang_per_kg: Annotated[PerKg, Field(description="For each grade that is better than asked.")] = (
        STANDARD.upgrade_satang_per_kg
    )
    max_hold_days: Annotated[int, Field(ge=0, le=30, description="How long a hub may hold supply for a need.")] = (
        STANDARD.max_hold_days
    )
    hold_satang_per_kg_day: PerKg = STANDARD.hold_satang_per_kg_day
    fairness: Annotated[Basis, Field(description="What a village's fair share is reckoned by.")] = STANDARD.fairness
    fairness_satang_per_kg: Annotated[PerKg, Field(description="For taking a village beyond its fair share.")] = (
        STANDARD.fairness_satang_per_kg
    )
    risk_satang_per_kg: Annotated[PerKg, Field(description="For what is lacking of full confidence.")] = (
        STANDARD.risk_satang_per_kg
    )
    shortfall_pct: Annotated[int, Field(ge=0, le=1000, description="Of the price, for what is not delivered.")] = (
        STANDARD.shortfall_pct
    )
    step_g: Annotated[Grams, Field(description="Requests are whole multiples of it.")] = STANDARD.step_g
    min_line_g: Annotated[int, Field(ge=0, le=10**9, description="Nobody is asked for less.")] = STANDARD.min_line_g

    def rules(self) -> Rules:
        """The rules of the match."""
        return Rules(**(self.model_dump() | {"grades": tuple(self.grades)}))


class SourcingRequest(Payload):
    """What to match. Everything may be left out: all open programmes and all supply of the coming seven days."""

    model_config = example({"days": 7, "rules": {"fairness": "equal", "fairness_satang_per_kg": 300}})

    days: Annotated[int, Field(ge=1, le=28, description="From today on.")] = 7
    demands: Annotated[list[CodeText] | None, Field(max_length=2000, description="Codes; default: all open.")] = None
    exporter: Annotated[CodeText | None, Field(description="Only this exporter's programmes.")] = None
    ambient_c: Annotated[float, Field(ge=-20, le=60, description="The days' temperature in villages.")] = 32.0
    collection_h: Annotated[int, Field(ge=0, le=96, description="From a village's gate to a hub, at ambient.")] = 12
    lead_days: Annotated[int, Field(ge=0, le=14, description="From the day of harvest to the day at the hub.")] = 1
    history_days: Annotated[int, Field(ge=0, le=400, description="How far back fairness looks.")] = 28
    haul_satang_per_t_km: Annotated[int, Field(ge=0, le=10**6)] = 500
    rules: Annotated[SourcingRules, Field(default_factory=lambda: SourcingRules.model_validate({}))]


class Totals(Document):
    """A proposal in numbers."""

    needed_g: int
    met_g: int
    short_g: int
    uncertain_g: int
    surplus_g: int
    lines: int
    accepted: int
    rejected: int
    accepted_g: int
    cost_satang: int
    seconds: float


class SourcingJob(Document):
    """A sourcing job. Poll it until `state` is `done`; then `totals` are there, and its lines to decide on."""

    id: uuid.UUID
    state: SourcingState
    progress: float
    detail: str | None
    created_by: str
    created_at: Instant
    finished_at: Instant | None
    from_on: date
    days: int
    supplies: int
    needs: int
    totals: Totals | None


class NeedDocument(Document):
    """What a programme needs on a day or in a week, and how far it is met. `number` names it in this sourcing."""

    number: int
    demand: str
    demand_id: uuid.UUID
    demand_version: int
    commodity_id: str
    variety: str | None
    grade: str | None
    hub: str
    from_on: date
    to_on: date
    quantity_g: int
    met_g: int
    short_g: int
    uncertain_g: int
    accepted_g: int


class ConsideredDocument(Document):
    """A village that has the commodity, and why it was chosen or not."""

    village: str
    chosen_g: int
    had_g: int
    code: str
    reason: str


class NeedDetail(NeedDocument):
    """A need with every village that was chosen for it, and those that came nearest."""

    considered: list[ConsideredDocument]


class SurplusDocument(Document):
    """Supply that nobody takes: a lot by its code, or a declaration by its id."""

    lot: str | None
    declaration: uuid.UUID | None
    village: str
    weight_g: int
    ready_on: date
    code: str
    reason: str


class ShareDocument(Document):
    """What a village offers of a commodity, is asked for, was taken of it before, and what would be fair."""

    village: str
    commodity: str
    offered_g: int
    asked_g: int
    history_g: int
    fair_g: int


class SourcingDocument(SourcingJob):
    """A sourcing with its needs, what is left over, and the shares of villages."""

    request: dict[str, Any]
    need_list: list[NeedDocument]
    surplus: list[SurplusDocument]
    shares: list[ShareDocument]


class LineDocument(Document):
    """One request to one village. `weight_g` is what is asked for, as proposed or as a coordinator has set it."""

    number: int
    state: LineState
    demand: str
    demand_version: int
    need: int
    village: str
    lot: str | None
    declaration: uuid.UUID | None
    commodity_id: str
    ready_on: date
    deliver_on: date
    proposed_g: int
    weight_g: int
    haul_satang_per_kg: int
    upgrade_satang_per_kg: int
    hold_satang_per_kg: int
    risk_satang_per_kg: int
    price_satang_per_kg: int
    life_left_days: float | None
    why: str
    reason: str | None
    decided_by: str | None
    decided_at: Instant | None
    version: int


class Decision(Payload):
    """What becomes of one line."""

    line: Annotated[int, Field(ge=1, le=10**6)]
    state: LineState
    weight_g: Annotated[Grams | None, Field(description="Another weight than the one that stands.")] = None
    reason: NameText | None = None
    version: Annotated[int | None, Field(description="The line's version that was read; 409 when it has moved.")] = None


class Decisions(Payload):
    """Lines accepted, edited or rejected, all together or none."""

    model_config = example(
        {
            "decisions": [
                {"line": 1, "state": "accepted"},
                {"line": 2, "state": "accepted", "weight_g": 800_000, "reason": "they have one truck"},
                {"line": 3, "state": "rejected", "reason": "the road is closed", "version": 1},
            ]
        }
    )

    decisions: Annotated[list[Decision], Field(min_length=1, max_length=2000)]


class DecidedLines(Document):
    """The lines as they stand now."""

    lines: list[LineDocument]
