"""Lots as they are to be assessed: custody, voices, commodity and what happened to them; their accounts advanced."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from services.evidence import ledger_store, store
from services.evidence.accounts import Advanced, Basis, Begun, Kept, advance, go_on, replay_from
from services.evidence.figures import OwnFigures
from services.evidence.spans import Custody, Sample, Voice, course, heard
from services.lots.tables import Lot
from services.shipments.tables import Shipment
from telemetry.freshness import Commodity, Policy, UnknownCommodity
from telemetry.freshness.humidity import HumiditySample

DRY_WINDOW_MS = 86_400_000
"""Dry air is told by the newest day's readings."""

USUAL_INTERVAL_S = 300


@dataclass(frozen=True, slots=True)
class Case:
    """One lot at an instant: now, or when its story ended. `commodity` is None where the catalogue has it no more."""

    lot: Lot
    shipment: Shipment | None
    custody: Custody
    spoken: list[Voice]
    commodity: Commodity | None
    override_version: int | None
    basis: Basis
    policy: Policy
    instant_ms: int


def cases(
    session: Session, tenant_id: uuid.UUID, lot_ids: Iterable[uuid.UUID], figures: OwnFigures, now_ms: int
) -> list[Case]:
    """The lots' cases, by code."""
    found = store.custodies(session, tenant_id, lot_ids)
    ids = [lot.id for lot, _, _ in found]
    voices: dict[object, list[Voice]] = {}
    for voice in store.voices(session, tenant_id, {subject for _, _, custody in found for subject in custody.held()}):
        voices.setdefault(voice.subject, []).append(voice)
    treatments = ledger_store.treatments(session, tenant_id, ids)
    inspected = ledger_store.inspected(session, tenant_id, ids)
    commodities = {lot.commodity_id: _commodity(figures, lot.commodity_id) for lot, _, _ in found}
    shown = []
    for lot, shipment, custody in found:
        instant_ms = now_ms if custody.ends_ms is None else min(now_ms, custody.ends_ms)
        spoken = heard(custody, [voice for subject in custody.held() for voice in voices.get(subject, ())])
        interval_s = _interval_s(spoken, instant_ms)
        shown.append(
            Case(
                lot=lot,
                shipment=shipment,
                custody=custody,
                spoken=spoken,
                commodity=commodities[lot.commodity_id],
                override_version=figures.version(lot.commodity_id),
                basis=Basis.of(spoken, interval_s, treatments.get(lot.id, ()), inspected.get(lot.id, ())),
                policy=Policy(expected_interval_s=interval_s),
                instant_ms=instant_ms,
            )
        )
    return shown


def advanced(
    session: Session,
    tenant_id: uuid.UUID,
    shown: Iterable[Case],
    touched_ms: Mapping[int, int] | None,
) -> dict[uuid.UUID, Advanced]:
    """The accounts of the cases after all stored readings, going on from what is kept.

    `touched_ms` tells, by sensor, from when on there are readings that no kept account may know; None replays
    everything from the readings, whatever is kept.
    """
    supported = [case for case in shown if case.commodity is not None]
    kept: dict[uuid.UUID, Kept] = {}
    if touched_ms is not None:
        kept = ledger_store.kept(session, tenant_id, [case.lot.id for case in supported])
    begun: dict[uuid.UUID, Begun] = {}
    cut: dict[uuid.UUID, list[Voice]] = {}
    wanted: dict[int, tuple[int, int]] = {}
    for case in supported:
        one = begun[case.lot.id] = _begin(session, tenant_id, case, kept.get(case.lot.id), touched_ms or {})
        reach_ms = case.basis.reach_ms
        own = cut[case.lot.id] = [
            replace(
                voice,
                from_ms=max(voice.from_ms, one.settled_ms + 1 - reach_ms),
                to_ms=min(voice.to_ms, case.instant_ms + reach_ms + 1),
            )
            for voice in case.spoken
        ]
        for voice in own:
            if voice.from_ms < voice.to_ms:
                known = wanted.get(voice.sensor_id, (voice.from_ms, voice.to_ms))
                wanted[voice.sensor_id] = min(known[0], voice.from_ms), max(known[1], voice.to_ms)
    samples: Mapping[int, list[Sample]] = store.samples(session, tenant_id, wanted)
    return {
        case.lot.id: advance(begun[case.lot.id], case.basis, course(cut[case.lot.id], samples), case.instant_ms)
        for case in supported
    }


def humidity(session: Session, tenant_id: uuid.UUID, shown: Iterable[Case]) -> dict[uuid.UUID, list[HumiditySample]]:
    """The newest day's humidity readings that speak for each lot whose life moisture limits."""
    found = {}
    for case in shown:
        if case.commodity is not None and case.commodity.moisture_limits:
            spans = [
                (voice.sensor_id, max(voice.from_ms, case.instant_ms - DRY_WINDOW_MS), voice.to_ms)
                for voice in case.spoken
                if voice.to_ms > case.instant_ms - DRY_WINDOW_MS
            ]
            found[case.lot.id] = store.humidity(session, tenant_id, spans, case.instant_ms)
    return found


def _begin(
    session: Session, tenant_id: uuid.UUID, case: Case, kept: Kept | None, touched_ms: Mapping[int, int]
) -> Begun:
    if case.commodity is None:
        raise ValueError(f"{case.lot.commodity_id} is not in the catalogue; there is no account of it")
    earliest = min((touched_ms[one.sensor_id] for one in case.spoken if one.sensor_id in touched_ms), default=None)
    begun = go_on(case.commodity, case.policy, case.basis, kept, earliest)
    if isinstance(begun, Begun):
        return begun
    checkpoint = ledger_store.checkpoint_before(session, tenant_id, case.lot.id, begun) if begun > 0 else None
    return replay_from(case.commodity, case.policy, checkpoint)


def _commodity(figures: OwnFigures, commodity_id: str) -> Commodity | None:
    try:
        return figures.commodity(commodity_id)
    except UnknownCommodity:
        return None


def _interval_s(spoken: list[Voice], instant_ms: int) -> int:
    """What is expected of the sensors that speak now; of the last ones when none does."""
    now = [voice for voice in spoken if voice.from_ms <= instant_ms < voice.to_ms] or spoken[-1:]
    return max((voice.expected_interval_s for voice in now), default=USUAL_INTERVAL_S)
