"""All gateways of the demo with the probes that they hear: at each tick they measure and report."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from services.demo.gateways import FieldGateway
from services.demo.scenario import Outage
from services.demo.signals import Probe
from services.demo.truth import Measured

REPEATS = 0.03
"""Share of messages that a gateway sends twice."""


@dataclass(slots=True)
class Ear:
    """A probe that a gateway hears, and what surrounds the probe: UTC epoch milliseconds in, °C out."""

    gateway: str
    probe: Probe
    surroundings_c: Callable[[int], float]
    humidity_pct: float


class Network:
    """Gateways by name; `make` opens one that is not connected yet."""

    def __init__(self, make: Callable[[str], FieldGateway], seed: int) -> None:
        self._make = make
        self._random = Random(f"network-{seed}")  # noqa: S311  # a made-up day, not a secret
        self._gateways: dict[str, FieldGateway] = {}
        self._ears: dict[str, Ear] = {}
        self.ticked_s = 0.0
        """When the last tick began, by the monotonic clock."""

    def connect(self, names: Iterable[str]) -> None:
        """Connect gateways, all at once. Raises Unavailable."""
        fresh = [name for name in names if name not in self._gateways]
        self._gateways.update({name: self._make(name) for name in fresh})
        for name in fresh:
            self._gateways[name].start_connecting()
        for name in fresh:
            self._gateways[name].await_connected()

    def hear(self, gateway: str, probe: Probe, surroundings_c: Callable[[int], float], humidity_pct: float) -> None:
        """From now on the gateway hears the probe."""
        self._ears[probe.sensor] = Ear(gateway, probe, surroundings_c, humidity_pct)

    def carry(self, sensor: str, surroundings_c: Callable[[int], float], lag_s: float) -> None:
        """The crate with the probe is somewhere else now; nothing where the probe is not heard."""
        ear = self._ears.get(sensor)
        if ear is not None:
            ear.surroundings_c, ear.probe.lag_s = surroundings_c, lag_s

    def lose(self, sensor: str) -> None:
        """The probe is taken out of its crate."""
        self._ears.pop(sensor, None)

    def tick(self, at_ms: int) -> None:
        """Every probe measures, every gateway reports."""
        self.ticked_s = time.monotonic()
        heard: dict[str, list[Measured]] = {}
        for ear in self._ears.values():
            value = ear.probe.measure(at_ms, ear.surroundings_c(at_ms), ear.humidity_pct)
            if value is not None:
                reading = Measured(ear.probe.sensor, at_ms, *value, ear.probe.battery_pct)
                heard.setdefault(ear.gateway, []).append(reading)
        for name in sorted(heard):
            self._gateways[name].report(heard[name])
            if self._random.random() < REPEATS:
                self._gateways[name].repeat_last()

    def cut_off(self, outage: Outage) -> None:
        """The gateway of an outage is gone."""
        self._gateways[outage.gateway].cut_off()

    def come_back(self, outage: Outage) -> None:
        """The gateway of an outage is back and catches up."""
        self._gateways[outage.gateway].come_back()

    def send_malformed(self, gateway: str) -> None:
        """The gateway sends a message that nobody can read."""
        self._gateways[gateway].send_malformed()

    def unanswered(self) -> int:
        """Messages that the broker has not answered yet."""
        return sum(gateway.unanswered() for gateway in self._gateways.values())

    def online(self) -> int:
        """How many gateways are connected."""
        return sum(gateway.online for gateway in self._gateways.values())

    def close(self) -> None:
        """Disconnect all."""
        for gateway in self._gateways.values():
            gateway.close()
