"""Travel times from a road router over HTTP, as `COLDCHAIN_TRAVEL_URL` names it."""

from pathlib import Path

import httpx

from routing.road_file import OsrmFile
from routing.road_network import Osrm, Remembered, TravelUnavailable, Valhalla
from routing.travel import TravelProvider
from services.errors import FieldFault, InvalidInput

TIMEOUT_S = 30.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024


def travel_provider(url: str, cache: Path) -> TravelProvider | None:
    """The provider that a setting such as `osrm+http://host:5000` names, with its tables kept in `cache`; None for "".

    Raises:
        InvalidInput: the setting names no service that we know.
    """
    if not url:
        return None
    service, _, address = url.partition("+")
    if service == "osrm" and address.startswith("file://"):
        return OsrmFile(Path(address.removeprefix("file://")))
    if not address.startswith(("http://", "https://")) or service not in ("osrm", "valhalla"):
        fault = FieldFault("COLDCHAIN_TRAVEL_URL", f"{url!r} names no road router.", "Write osrm+http://host:port.")
        raise InvalidInput(faults=[fault])
    provider: TravelProvider = Osrm(fetch, address) if service == "osrm" else Valhalla(fetch, address)
    return Remembered(provider, cache)


def fetch(url: str, body: bytes | None = None) -> bytes:
    """The answer of a road router, whatever its status: both say in the body what is wrong.

    Raises:
        TravelUnavailable: no answer in time, or one that is too large.
    """
    headers = {"content-type": "application/json"} if body is not None else {}
    method = "GET" if body is None else "POST"
    try:
        with httpx.stream(method, url, content=body, headers=headers, timeout=TIMEOUT_S) as answer:
            received = bytearray()
            for chunk in answer.iter_bytes():
                received += chunk
                if len(received) > MAX_ANSWER_BYTES:
                    raise TravelUnavailable("the road router's answer is too large.")
            return bytes(received)
    except httpx.HTTPError as error:
        place = httpx.URL(url).copy_with(path="/", query=None)
        raise TravelUnavailable(f"the road router at {place} gives no answer: {error}") from None
