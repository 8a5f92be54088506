"""The coordinator of the demo: everything it does goes through the HTTP API with its key, as a user's would."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from services.clock import to_rfc3339
from services.demo.places import DemoTruck, Place
from services.demo.scenario import DemoLot
from services.errors import CheckFailed, Unavailable

Document = dict[str, Any]

RETRY_FOR_S = 30.0
POLL_EVERY_S = 0.2
PAGE = 200


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

    def add_lot(self, lot: DemoLot) -> None:
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

    def request_plan(self, seconds: float, seed: int) -> Document:
        """Ask for a plan of all that waits; answers the job."""
        return self._post("/v1/plans", {"seconds": seconds, "seed": seed})

    def await_plan(self, job: Document, within_s: float, check: Callable[[], None]) -> Document:
        """The plan of a job; ``check`` is called between looks and may raise.

        Raises CheckFailed where there is none, Unavailable when it takes too long.
        """
        deadline_s = time.monotonic() + within_s
        while job["state"] in {"queued", "running", "cancelling"}:
            if time.monotonic() > deadline_s:
                raise Unavailable(f"The plan was not made within {within_s:g} s; see the planner's log.")
            time.sleep(POLL_EVERY_S)
            check()
            job = self._get(f"/v1/plans/jobs/{job['id']}")
        if job["state"] != "done":
            raise CheckFailed(f"The plan job {job['state']}: {job['detail']}")
        return self._get(f"/v1/plans/{job['plan_id']}")

    def publish(self, plan: Document) -> list[Document]:
        """Publish a plan; answers its runs with their stops, by departure."""
        self._post(f"/v1/plans/{plan['id']}/publish", None)
        return list(self._pages("/v1/runs", plan_id=plan["id"]))

    def load(self, run: str, position: int, at_ms: int) -> None:
        self._post(f"/v1/runs/{run}/stops/{position}/loaded", None, at=to_rfc3339(at_ms))

    def deliver(self, run: str, at_ms: int) -> None:
        self._post(f"/v1/runs/{run}/delivered", None, at=to_rfc3339(at_ms))

    def add_shipment(self, body: Document) -> None:
        self._post("/v1/shipments", body)

    def load_shipment(self, code: str, lots: list[str], at_ms: int) -> None:
        self._post(f"/v1/shipments/{code}/lots", {"lots": lots, "loaded_at": to_rfc3339(at_ms)})

    def depart(self, code: str, at_ms: int) -> None:
        self._post(f"/v1/shipments/{code}/departed", None, at=to_rfc3339(at_ms))

    def arrive(self, code: str, at_ms: int) -> None:
        self._post(f"/v1/shipments/{code}/arrived", None, at=to_rfc3339(at_ms))

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
