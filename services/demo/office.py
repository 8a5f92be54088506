"""The coordinator of the demo: everything it does goes through the HTTP API with its key, as a user's would."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import httpx

from services.clock import to_rfc3339
from services.demo.places import DemoTruck, Place, Programme
from services.demo.scenario import DemoLot
from services.errors import CheckFailed, Unavailable

Document = dict[str, Any]

RETRY_FOR_S = 30.0
POLL_EVERY_S = 0.2
PAGE = 200
SOURCED_WITHIN_S = 120.0
CONFLICT = 409


class Office:
    """A client of the API. A busy service (503, no connection) is asked again for a while; a refusal is an error."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30)

    def close(self) -> None:
        self._http.close()

    def add_village(self, place: Place) -> None:
        body = _place(place) | {
            "name_th": place.name_th,
            "province": place.province,
            "synthetic": place.synthetic,
        }
        self._post("/v1/villages", body)

    def add_hub(self, place: Place) -> None:
        self._post("/v1/hubs", _place(place) | {"kind": place.kind})

    def add_truck(self, truck: DemoTruck) -> None:
        self._post(
            "/v1/trucks",
            {
                "code": truck.code,
                "home_hub": truck.home_hub,
                "capacity_g": truck.capacity_g,
                "capacity_crates": truck.capacity_crates,
                "min_temperature_c": truck.min_temperature_c,
                "max_temperature_c": truck.max_temperature_c,
                "shift_starts": _time_of_day(truck.shift_starts_s),
                "shift_ends": _time_of_day(truck.shift_ends_s),
                "fixed_cost_satang": truck.fixed_cost_satang,
                "cost_per_km_satang": truck.cost_per_km_satang,
                "cost_per_hour_satang": truck.cost_per_hour_satang,
            },
        )

    def add_lot(self, lot: DemoLot, declaration: str | None) -> None:
        self._post(
            "/v1/lots",
            {
                "code": lot.code,
                "village": lot.village,
                "commodity_id": lot.commodity_id,
                "weight_g": lot.weight_g,
                "crates": lot.crates,
                "value_satang": lot.value_satang,
                "harvested_at": to_rfc3339(lot.harvested_at_ms),
                "ready_at": to_rfc3339(lot.ready_at_ms),
                "declaration": declaration,
            },
        )

    def assign(self, sensor: str, kind: str, subject: str, position: str, from_ms: int) -> str:
        """Let a sensor speak for a subject from an instant on; answers the assignment's id."""
        body = {
            "sensor": sensor,
            "subject_kind": kind,
            "subject": subject,
            "position": position,
            "from": to_rfc3339(from_ms),
        }
        return str(self._post("/v1/assignments", body)["id"])

    def add_programme(self, programme: Programme, from_on: date, to_on: date) -> None:
        """Write a buyer's programme into the demand book."""
        self._post(
            "/v1/demands",
            {
                "code": programme.code,
                "exporter": programme.exporter,
                "buyer": programme.buyer,
                "commodity_id": programme.commodity_id,
                "quantity_g": programme.kg_per_day * 1000,
                "per": "day",
                "from_on": from_on.isoformat(),
                "to_on": to_on.isoformat(),
                "hub": programme.hub,
                "destination": programme.destination,
                "transit_days": programme.transit_hours / 24,
                "transit_c": programme.transit_c,
                "min_life_days": programme.min_life_days,
                "price_satang_per_kg": programme.satang_per_kg,
            },
        )

    def declare(self, village: str, commodity_id: str, expected_g: int, on: date) -> str:
        """A village says what it will harvest on a day; answers the declaration's id."""
        body = {
            "village": village,
            "commodity_id": commodity_id,
            "expected_g": expected_g,
            "harvest_on": on.isoformat(),
        }
        return str(self._post("/v1/declarations", body)["id"])

    def source(self, days: int, ambient_c: float, collection_h: int, check: Callable[[], None]) -> Document:
        """Match supply with demand; answers the sourcing once it is done. Raises CheckFailed, Unavailable."""
        body = {"days": days, "ambient_c": ambient_c, "collection_h": collection_h}
        job = self._post("/v1/sourcing", body)
        return self._await(job, f"/v1/sourcing/{job['id']}", SOURCED_WITHIN_S, check)

    def accept_all(self, sourcing: Document) -> list[Document]:
        """Accept every line of a sourcing; answers the lines."""
        lines = list(self._pages(f"/v1/sourcing/{sourcing['id']}/lines"))
        if lines:
            decisions = [{"line": line["number"], "state": "accepted", "version": line["version"]} for line in lines]
            self._post(f"/v1/sourcing/{sourcing['id']}/decisions", {"decisions": decisions})
        return lines

    def request_plan(self, seconds: float, seed: int, ambient_c: float) -> Document:
        """Ask for a plan of all that waits; answers the job."""
        return self._post("/v1/plans", {"seconds": seconds, "seed": seed, "ambient_c": ambient_c})

    def await_plan(self, job: Document, within_s: float, check: Callable[[], None]) -> Document:
        """The plan of a job; ``check`` is called between looks and may raise.

        Raises CheckFailed where there is none, Unavailable when it takes too long.
        """
        done = self._await(job, f"/v1/plans/jobs/{job['id']}", within_s, check)
        return self._get(f"/v1/plans/{done['plan_id']}")

    def _await(self, job: Document, path: str, within_s: float, check: Callable[[], None]) -> Document:
        deadline_s = time.monotonic() + within_s
        while job["state"] in {"queued", "running", "cancelling"}:
            if time.monotonic() > deadline_s:
                raise Unavailable(f"{path} was not done within {within_s:g} s; see the planner's log.")
            time.sleep(POLL_EVERY_S)
            check()
            job = self._get(path)
        if job["state"] != "done":
            raise CheckFailed(f"{path} {job['state']}: {job['detail']}")
        return job

    def problem(self, plan: Document) -> Document:
        """What a plan was made from."""
        return dict(self._get(f"/v1/plans/{plan['id']}/problem")["problem"])

    def publish(self, plan: Document) -> list[Document]:
        """Publish a plan; answers its runs with their stops, by departure."""
        self._post(f"/v1/plans/{plan['id']}/publish", None)
        return self.runs(plan)

    def runs(self, plan: Document) -> list[Document]:
        """The runs of a plan with their stops as they are now, by departure."""
        return list(self._pages("/v1/runs", plan_id=plan["id"]))

    def report(self, run: str, *events: Document) -> None:
        """Send what a driver did. Raises CheckFailed where it is refused."""
        body = {"events": [{"id": str(uuid.uuid4())} | event for event in events]}
        refused = [one for one in self._post(f"/v1/runs/{run}/events", body)["results"] if one["outcome"] == "refused"]
        if refused:
            raise CheckFailed(f"A driver's report was refused: {refused[0]['reason']}")

    def repairs(self, plan: Document, state: str) -> list[Document]:
        """The repairs of a plan in a state, the newest first."""
        return list(self._pages("/v1/repairs", plan_id=plan["id"], state=state))

    def repair(self, repair_id: str) -> Document:
        """A repair with the plan that it proposes."""
        return self._get(f"/v1/repairs/{repair_id}")

    def apply_repair(self, repair_id: str) -> bool:
        """Put a repair into force; False when drivers were quicker."""
        answer = self._http.post(f"/v1/repairs/{repair_id}/apply")
        if answer.status_code == CONFLICT:
            return False
        if not answer.is_success:
            raise CheckFailed(f"The API refused the repair: {answer.status_code} {answer.text}")
        return True

    def receive(self, hub: str, lines: list[Document], at_ms: int) -> None:
        """A hub takes lots in."""
        self._post(f"/v1/hubs/{hub}/receipts", {"lines": lines, "at": to_rfc3339(at_ms)})

    def put_away(self, hub: str, lots: list[str], place: str, at_ms: int) -> None:
        """Lots go into the cold store."""
        self._post(f"/v1/hubs/{hub}/cold-store", {"lots": lots, "place": place, "at": to_rfc3339(at_ms)})

    def loading_plan(self, programme: Programme, wanted_g: int) -> Document:
        """What to load for a programme: first expired, first out."""
        return self._get(
            f"/v1/hubs/{programme.hub}/loading-plan",
            commodity_id=programme.commodity_id,
            weight_g=wanted_g,
            transit_h=programme.transit_hours,
            set_point_c=str(programme.transit_c),
            required_life_days=str(programme.min_life_days),
        )

    def plan_way(self, shipment: str, legs: list[Document]) -> None:
        """The way of a shipment, leg by leg."""
        self._ask("PUT", f"/v1/shipments/{shipment}/itinerary", {}, {"legs": legs})

    def hand_over(self, shipment: str, body: Document) -> None:
        """A shipment passes from one to the next."""
        self._post(f"/v1/shipments/{shipment}/handovers", body)

    def inspect(self, shipment: str, findings: list[Document], at_ms: int) -> list[Document]:
        """What the buyer found of the lots, beside what was forecast."""
        body = {"inspected_at": to_rfc3339(at_ms), "findings": findings}
        return list(self._post(f"/v1/shipments/{shipment}/inspections", body)["items"])

    def trace_url(self, shipment: str) -> str:
        """The address of the public trace page."""
        return str(self._post(f"/v1/shipments/{shipment}/trace-link", None)["url"])

    def add_shipment(self, body: Document) -> None:
        self._post("/v1/shipments", body)

    def load_shipment(self, code: str, lots: list[str], at_ms: int) -> None:
        self._post(f"/v1/shipments/{code}/lots", {"lots": lots, "loaded_at": to_rfc3339(at_ms)})

    def depart(self, code: str, at_ms: int) -> None:
        self._post(f"/v1/shipments/{code}/departed", None, at=to_rfc3339(at_ms))

    def arrive(self, code: str, at_ms: int) -> None:
        self._post(f"/v1/shipments/{code}/arrived", None, at=to_rfc3339(at_ms))

    def lots_of(self, shipment: str) -> list[str]:
        """Codes of the lots in a shipment."""
        return list(self._get(f"/v1/shipments/{shipment}")["lots"])

    def shipments(self) -> list[Document]:
        """All shipments."""
        return list(self._pages("/v1/shipments"))

    def freshness(self, code: str) -> Document:
        """How fresh a shipment is."""
        return self._get(f"/v1/shipments/{code}/freshness")

    def _get(self, path: str, **query: str | int) -> Document:
        return self._ask("GET", path, query, None)

    def _post(self, path: str, body: Document | None, **query: str | int) -> Document:
        return self._ask("POST", path, query, body)

    def _pages(self, path: str, **query: str | int) -> Iterator[Document]:
        cursor: dict[str, str | int] = {}
        while True:
            page = self._ask("GET", path, {**query, **cursor, "limit": PAGE}, None)
            yield from page["items"]
            if not page["next_cursor"]:
                return
            cursor = {"cursor": page["next_cursor"]}

    def _ask(self, method: str, path: str, query: dict[str, str | int], body: Document | None) -> Document:
        deadline_s = time.monotonic() + RETRY_FOR_S
        while True:
            try:
                answer = self._http.request(method, path, params=query, json=body)
            except httpx.TransportError as error:
                trouble = str(error)
            else:
                if answer.is_success:
                    return answer.json() if answer.content else {}
                if answer.status_code not in {429, 503}:
                    raise CheckFailed(f"The API refused {method} {path}: {answer.status_code} {answer.text}")
                trouble = answer.text
            if time.monotonic() > deadline_s:
                raise Unavailable(f"The API did not answer {method} {path}: {trouble}")
            time.sleep(POLL_EVERY_S)


def _place(place: Place) -> Document:
    return {
        "code": place.code,
        "name": place.name,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "opens": _time_of_day(place.opens_s),
        "closes": _time_of_day(place.closes_s),
        "source": place.source,
    }


def _time_of_day(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
