"""Simulated gateways against any broker: a steady stream of plausible readings at a chosen rate."""

import threading
import time
from dataclasses import dataclass
from random import Random

from services.clock import Clock
from services.demo.gateways import FieldGateway
from services.demo.signals import BOX_LAG_S, Probe
from services.demo.truth import Figures, Measured, Truth

TARGET_C = 13.0
START_C = 26.0
HUMIDITY_PCT = 90.0
CONNECT_WITHIN_S = 5.0
ANSWERS_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What a simulation sent, and how many of its messages had no receipt in time."""

    figures: Figures
    unanswered: int
    seconds: float


def simulate(
    gateway: FieldGateway,
    truth: Truth,
    *,
    sensors: int,
    rate: float,
    count: int | None,
    clock: Clock,
    stopping: threading.Event,
    answers_within_s: float = ANSWERS_WITHIN_S,
) -> Sent:
    """Send a message with a reading of every sensor, `rate` messages a second, `count` times or until stopped."""
    started_s = time.monotonic()
    gateway.connect(CONNECT_WITHIN_S)
    probes = [
        Probe(f"{gateway.name}-{number:03d}", START_C, BOX_LAG_S, Random(f"{gateway.name}-{number}"))  # noqa: S311
        for number in range(1, sensors + 1)
    ]
    sent, last_ms = 0, 0
    while (count is None or sent < count) and not stopping.wait(max(0.0, started_s + sent / rate - time.monotonic())):
        # two rounds in one millisecond would measure the same instant twice
        last_ms = max(clock(), last_ms + 1)
        heard = ((probe.sensor, probe.measure(last_ms, TARGET_C, HUMIDITY_PCT)) for probe in probes)
        gateway.report([Measured(sensor, last_ms, *value, 100) for sensor, value in heard if value])
        sent += 1
    gateway.wait_stored(answers_within_s)
    unanswered = gateway.unanswered()
    return Sent(truth.figures(), unanswered, time.monotonic() - started_s)
