"""Do the kept accounts say what the readings say? Checked by replaying, lot by lot."""

import uuid
from dataclasses import dataclass

from services.db.engine import Database
from services.devices.subjects import SubjectKind
from services.evidence import ledger_store
from services.evidence.cases import advanced, cases
from services.evidence.figures import OwnFigures
from services.readings.status import assess_soon
from telemetry.freshness import Catalogue

LOTS_A_PART = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """How many kept accounts were replayed, the codes of the lots where the two differ, and how many could not be
    compared because readings are on their way into them."""

    checked: int
    wrong: tuple[str, ...]
    waiting: int


def check_accounts(
    database: Database, tenant_id: uuid.UUID, catalogue: Catalogue, now_ms: int, *, rebuild: bool = False
) -> Checked:
    """Replay every kept account of a tenant from its readings, and compare the digests.

    With ``rebuild`` those that differ are taken away, and the worker makes them anew.
    """
    checked, waiting = 0, 0
    wrong: list[str] = []
    after: uuid.UUID | None = None
    while True:
        differing = []
        with database.read() as session:
            ids = ledger_store.kept_lots(session, tenant_id, after, LOTS_A_PART)
            if not ids:
                return Checked(checked, tuple(wrong), waiting)
            figures = OwnFigures.of(catalogue, ledger_store.overrides(session, tenant_id))
            found = [case for case in cases(session, tenant_id, ids, figures, now_ms) if case.commodity is not None]
            kept = ledger_store.kept(session, tenant_id, ids)
            replayed = advanced(session, tenant_id, found, None)
            for case in found:
                again = replayed[case.lot.id].kept
                if again is None or again.settled_ms != kept[case.lot.id].settled_ms:
                    waiting += 1
                    continue
                checked += 1
                if again.digest != kept[case.lot.id].digest:
                    differing.append(case.lot)
        if rebuild and differing:
            with database.write() as session:
                gone = [lot.id for lot in differing]
                ledger_store.forget_accounts(session, tenant_id, gone)
                assess_soon(session, tenant_id, SubjectKind.LOT, gone, now_ms)
        wrong += [lot.code for lot in differing]
        after = ids[-1]
