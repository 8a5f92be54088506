"""`coldchain bench sourcing`: how soon supply is matched to demand and a plan prepared, on a database of its own."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from routing.sourcing import propose, read_market
from routing.sourcing.benchmark import SOLVERS, generated
from routing.sourcing.eligibility import tables
from routing.sourcing.flow import network
from services.db.engine import Database
from services.db.migrate import upgrade
from services.demand.tables import Demand
from services.fleet.tables import Hub, Truck, Village
from services.identity import logic as identity
from services.lots.declarations import local_day
from services.lots.tables import HarvestDeclaration, Lot
from services.plans.logic import request_plan
from services.plans.schemas import PlanRequest
from services.sourcing.logic import request_sourcing
from services.sourcing.schemas import SourcingRequest
from telemetry.freshness import load_catalogue

NOW_MS = 1_795_410_000_000
HOUR_MS = 3_600_000
COMMODITIES = ("mangosteen", "durian", "longan", "mango", "rambutan", "pineapple")
GRADES = ("AA", "A", "B", "C")
VILLAGES, HUBS, TRUCKS = 100, 3, 40

Answer = TypeVar("Answer")


@click.command()
@click.option("--lots", default=2000, show_default=True, type=click.IntRange(10, 20_000), help="Lots and declarations.")
@click.option("--demands", default=200, show_default=True, type=click.IntRange(1, 2_000), help="Programmes.")
@click.option("--plan-lots", default=1000, show_default=True, type=click.IntRange(10, 5_000), help="Lots to plan.")
@click.option("--seconds", default=30.0, show_default=True, help="Wall time for each peer.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def sourcing(lots: int, demands: int, plan_lots: int, seconds: float, as_json: bool) -> None:
    """Match generated supply to generated demand, beside a linear program and CP-SAT; prepare a plan's problem."""
    results: dict[str, Any] = {"solvers": _solvers(lots, demands, seconds), "whole": _whole(lots, demands, plan_lots)}
    if as_json:
        click.echo(json.dumps(results))
        return
    for one in results["solvers"]:
        click.echo(f"{one['solver']}: {one['seconds']:.2f} s, cost {one['cost'] if one['cost'] is not None else '–'}")
    for name, figure in results["whole"].items():
        click.echo(f"{name}: {figure}")


def _solvers(lots: int, demands: int, seconds: float) -> list[dict[str, Any]]:
    """The same network by each solver, building its model included."""
    market = generated(lots, demands)
    net = network(market, tables(market))
    found = []
    for name, solve in SOLVERS.items():
        solution, taken_s = _timed(lambda solve=solve: solve(net, seconds))  # type: ignore[misc]
        cost = None if solution is None else solution.cost
        found.append({"solver": name, "pairs": len(net.pair_supply), "seconds": taken_s, "cost": cost})
    return found


def _whole(lots: int, demands: int, plan_lots: int) -> dict[str, Any]:
    """From rows to a market, from the market to a proposal in its child process, from rows to a plan's problem."""
    catalogue = load_catalogue()
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(database)
        with database.write() as session:
            tenant_id = _season(session, lots, demands)
        with database.write() as session:
            job, market_s = _timed(
                lambda: request_sourcing(
                    session, tenant_id, SourcingRequest.model_validate({}), catalogue, by="bench", now_ms=NOW_MS
                )
            )
        proposal, match_s = _timed(lambda: propose(read_market(json.dumps(job.market))))
        chosen = [f"L{number:05}" for number in range(0, lots, 2)][:plan_lots]
        with database.write() as session:
            request = PlanRequest(lots=chosen)
            _, problem_s = _timed(
                lambda: request_plan(session, tenant_id, request, catalogue, by="bench", now_ms=NOW_MS)
            )
        database.close()
    return {
        "supplies": len(job.market["supplies"]),
        "needs": len(job.market["needs"]),
        "market_s": market_s,
        "match_s": match_s,
        "lines": len(proposal.lines),
        "planned_lots": len(chosen),
        "problem_s": problem_s,
    }


def _timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    began = time.perf_counter()
    answer = work()
    return answer, round(time.perf_counter() - began, 3)


def _season(session: Session, lots: int, demands: int) -> uuid.UUID:
    """Villages, hubs, trucks, lots (every second one a declaration) and programmes of one tenant."""
    tenant_id = identity.add_tenant(session, "bench", "Bench", NOW_MS).id
    common = {"tenant_id": tenant_id, "created_at_ms": NOW_MS}
    hubs = [
        Hub(id=uuid.uuid4(), code=f"H{n}", kind="packing_house", name=f"Hub {n}", latitude=13.0 + n / 5,
            longitude=101.0 + n / 4, opens_s=0, closes_s=86_400, **common)
        for n in range(HUBS)
    ]  # fmt: skip
    villages = [
        Village(id=uuid.uuid4(), code=f"V{n:03}", name=f"Village {n}", latitude=12.5 + n % 10 / 8,
                longitude=100.8 + n // 10 / 8, opens_s=21_600, closes_s=64_800, synthetic=True, **common)
        for n in range(VILLAGES)
    ]  # fmt: skip
    session.add_all([*hubs, *villages])
    session.flush()
    session.add_all(
        Truck(code=f"T{n:02}", home_hub_id=hubs[n % HUBS].id, capacity_g=6_000_000, capacity_crates=400,
              min_temperature_centi_c=200, max_temperature_centi_c=1500, shift_starts_s=18_000, shift_ends_s=79_200,
              fixed_cost_satang=80_000, cost_per_km_satang=1_200, cost_per_hour_satang=15_000, **common)
        for n in range(TRUCKS)
    )  # fmt: skip
    today = local_day(NOW_MS)
    for n in range(lots):
        place, commodity, grade = villages[n * 7 % VILLAGES].id, COMMODITIES[n % 11 % len(COMMODITIES)], GRADES[n % 4]
        grams, gap = (80 + n * 37 % 500) * 1000, f"GAP-{n}" if n % 5 else None
        if n % 2:
            session.add(HarvestDeclaration(village_id=place, commodity_id=commodity, grade=grade, expected_g=grams,
                harvest_on=today + timedelta(days=n % 6), confidence_pct=60 + n % 40, gap_code=gap, created_by="bench",
                changed_at_ms=NOW_MS, **common))  # fmt: skip
        else:
            session.add(Lot(code=f"L{n:05}", village_id=place, commodity_id=commodity, grade=grade, weight_g=grams,
                crates=grams // 20_000, value_satang=grams * 5, harvested_at_ms=NOW_MS - 6 * HOUR_MS,
                ready_at_ms=NOW_MS - HOUR_MS, gap_code=gap, **common))  # fmt: skip
    session.add_all(
        Demand(code=f"D{n:04}", exporter="bench", buyer=f"Buyer {n}", commodity_id=COMMODITIES[n % len(COMMODITIES)],
               grade=GRADES[1 + n % 3], quantity_g=(200 + n * 61 % 900) * 1000, per="week" if n % 4 == 0 else "day",
               from_on=today, to_on=today + timedelta(days=20), hub_id=hubs[n % HUBS].id, destination="Guangzhou",
               transit_s=86_400 * (1 + n % 4), min_life_s=86_400 * (n % 4), certificates=["gap"] if n % 2 else [],
               price_satang_per_kg=4_000 + n * 97 % 9_000, created_by="bench", changed_at_ms=NOW_MS, **common)
        for n in range(demands)
    )  # fmt: skip
    session.flush()
    return tenant_id
