"""A tenant's record as a file that is verified without its host: JSON lines, a signed checkpoint first.

What is signed includes from when on readings are kept, and whether the file has them: neither can hide a missing one.
Then every entry of the journal (`{"entry": {...}}`), and every batch of readings (`{"batch": {...}}`) with the readings
that are still stored, each as measured_at_ms, received_at_ms, sensor, temperature, humidity, flags in hundredths.
"""

import base64
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from services.audit import logic, store
from services.audit.checkpoint import BundleTerms, make_checkpoint, read_checkpoint
from services.db.chain import Chain, Head
from services.db.changes import record_of as record_of_change
from services.db.checking import BrokenChainError, ChainCheck
from services.db.tables import JournalEntry, ReadingBatch
from services.errors import CheckFailed, FieldFault, InvalidInput
from services.readings.retention import dropped_before_ms
from services.readings.sealing import record_of as record_of_batch
from services.readings.verification import compare, find, in_order, keys_of

ENTRY_MEMBERS = [column.key for column in JournalEntry.metadata.tables["journal_entry"].columns]


def write_bundle(
    session: Session, tenant_id: uuid.UUID, file: Path, key: Ed25519PrivateKey, now_ms: int, *, with_readings: bool
) -> int:
    """Write the tenant's record; answers how many records."""
    terms = BundleTerms(with_readings, dropped_before_ms(session))
    checkpoint = make_checkpoint(key, logic.states(session, tenant_id), now_ms, terms)
    count = 0
    with file.open("w", encoding="utf-8") as output:
        output.write(json.dumps({"checkpoint": checkpoint}) + "\n")
        for entry in store.in_order(session, tenant_id):
            members = {name: getattr(entry, name) for name in ENTRY_MEMBERS}
            members |= {"tenant_id": str(tenant_id), "link": entry.link.hex()}
            output.write(json.dumps({"entry": members}, ensure_ascii=False) + "\n")
            count += 1
        for batch in in_order(session, tenant_id):
            found = find(session, [keys_of(batch)]) if with_readings else {}
            members = {
                "number": batch.number,
                "sealed_at_ms": batch.sealed_at_ms,
                "count": batch.readings,
                "digest": batch.digest.hex(),
                "link": batch.link.hex(),
                "keys": base64.b64encode(batch.keys).decode(),
                "readings": list(found.values()),
            }
            output.write(json.dumps({"batch": members}) + "\n")
            count += 1
    return count


def verify_bundle(file: Path, public_key: str | None) -> list[dict[str, Any]]:
    """Verify a bundle by itself and the public key. Raises CheckFailed naming the first record that does not hold."""
    lines = _lines(file)
    opening = next(lines, {})
    checkpoint = read_checkpoint(json.dumps(opening.get("checkpoint", {})), public_key)
    terms = checkpoint.bundle
    if terms is None:
        raise _not_a_bundle(file, 1)
    heads = {state.chain: state.head for state in checkpoint.states}
    tenant_id = checkpoint.states[0].tenant_id
    checks = {chain: ChainCheck({head.number: head.link} if head.number else {}) for chain, head in heads.items()}
    readings = dropped = 0
    chain = Chain.CHANGES
    try:
        for number, line in enumerate(lines, 2):
            if "entry" in line:
                chain = Chain.CHANGES
                entry = JournalEntry(**line["entry"] | {"tenant_id": tenant_id, "link": b""})
                checks[chain].take(entry.number, record_of_change(entry), bytes.fromhex(line["entry"]["link"]))
            elif "batch" in line:
                chain = Chain.READINGS
                batch = _batch(tenant_id, line["batch"])
                checks[chain].take(batch.number, record_of_batch(batch), batch.link)
                readings += batch.readings
                if terms.readings:
                    found = {(row[2], row[0]): tuple(row) for row in line["batch"]["readings"]}
                    limit_ms = terms.dropped_before_ms
                    dropped += compare(batch, keys_of(batch), found, limit_ms, lambda sensor_id: f"sensor {sensor_id}")
            else:
                raise _not_a_bundle(file, number)
        for chain, check in checks.items():  # named in the message below
            check.end(heads.get(chain, Head()))
    except BrokenChainError as error:
        raise CheckFailed(f"{file.name}, chain of {chain}: {error.wrong}: {error.detail}.") from error
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _not_a_bundle(file, 0) from error
    return [
        {
            "tenant": str(tenant_id),
            "changes": checks[Chain.CHANGES].last.number,
            "batches": checks[Chain.READINGS].last.number,
            "readings": readings,
            "dropped": dropped,
        }
    ]


def _batch(tenant_id: uuid.UUID, members: dict[str, Any]) -> ReadingBatch:
    return ReadingBatch(
        tenant_id=tenant_id,
        number=members["number"],
        sealed_at_ms=members["sealed_at_ms"],
        readings=members["count"],
        digest=bytes.fromhex(members["digest"]),
        link=bytes.fromhex(members["link"]),
        keys=base64.b64decode(members["keys"]),
    )


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as content:
        for number, line in enumerate(content, 1):
            try:
                document = json.loads(line)
            except json.JSONDecodeError as error:
                raise _not_a_bundle(file, number) from error
            if not isinstance(document, dict):
                raise _not_a_bundle(file, number)
            yield document


def _not_a_bundle(file: Path, line: int) -> InvalidInput:
    fault = FieldFault(f"line {line}", "is not a record.", "Take the file as `coldchain audit export` wrote it.")
    return InvalidInput(f"{file.name} is not an exported record.", faults=[fault])
