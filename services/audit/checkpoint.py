"""Signed checkpoints: how long each chain is and its newest link, under the installation's Ed25519 key (RFC 8032).

A checkpoint is JSON. Its signature covers the document without `signature`, written with sorted keys, without spaces,
in UTF-8. Kept where the host can't reach it, it proves every record before it: the chain can't be rewritten any more.
"""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.clock import to_rfc3339
from services.db.chain import Chain, Head
from services.errors import FieldFault, InvalidInput

FORM = "coldchain-checkpoint-1"


@dataclass(frozen=True, slots=True)
class ChainState:
    """Where a tenant's chain stood."""

    tenant_id: uuid.UUID
    chain: Chain
    head: Head


@dataclass(frozen=True, slots=True)
class BundleTerms:
    """What the file that a checkpoint opens holds: readings measured before ``dropped_before_ms`` may be gone."""

    readings: bool
    dropped_before_ms: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was signed, by whom, and when."""

    made_at: str
    public_key: str
    states: tuple[ChainState, ...]
    bundle: BundleTerms | None = None

    def signed(self, tenant_id: uuid.UUID, chain: Chain) -> Mapping[int, bytes]:
        """The link that the checkpoint has of a chain, by its number."""
        return {
            state.head.number: state.head.link
            for state in self.states
            if (state.tenant_id, state.chain) == (tenant_id, chain) and state.head.number
        }


def signing_key(seed: str) -> Ed25519PrivateKey:
    """The key of a seed, which is 32 bytes in URL-safe base64. Raises InvalidInput for anything else."""
    padded = seed + "=" * (-len(seed) % 4)
    try:
        content = base64.urlsafe_b64decode(padded)
        return Ed25519PrivateKey.from_private_bytes(content)
    except ValueError as error:
        fault = FieldFault(
            "COLDCHAIN_AUDIT_KEY", "is not 32 bytes in URL-safe base64.", "Leave it empty to have one made."
        )
        raise InvalidInput("The audit key can't be used.", faults=[fault]) from error


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half, as it is handed to those who verify."""
    return base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode().rstrip("=")


def make_checkpoint(
    key: Ed25519PrivateKey, states: Iterable[ChainState], now_ms: int, bundle: BundleTerms | None = None
) -> dict[str, Any]:
    """The signed document; with ``bundle``, what the file that it opens holds is signed too."""
    document: dict[str, Any] = {
        "form": FORM,
        "made_at": to_rfc3339(now_ms),
        "public_key": public_text(key),
        "chains": [
            {
                "tenant": str(state.tenant_id),
                "chain": str(state.chain),
                "number": state.head.number,
                "link": state.head.link.hex(),
            }
            for state in sorted(states, key=lambda state: (state.tenant_id, state.chain))
        ],
    }
    if bundle is not None:
        document["bundle"] = asdict(bundle)
    return document | {"signature": base64.urlsafe_b64encode(key.sign(_signed_bytes(document))).decode().rstrip("=")}


def read_checkpoint(content: str | bytes, public_key: str | None) -> Checkpoint:
    """A checkpoint whose signature holds: under ``public_key``, or under the key that it names itself.

    Raises InvalidInput for what is none, was changed, or is signed by another key.
    """
    try:
        document = json.loads(content)
        signature = _decoded(document["signature"])
        key = public_key or str(document["public_key"])
        if document["form"] != FORM or document["public_key"] != key:
            raise ValueError(f"it is signed by the key {document['public_key']}")
        Ed25519PublicKey.from_public_bytes(_decoded(key)).verify(signature, _signed_bytes(document))
        states = tuple(
            ChainState(
                uuid.UUID(one["tenant"]), Chain(one["chain"]), Head(int(one["number"]), bytes.fromhex(one["link"]))
            )
            for one in document["chains"]
        )
        terms = document.get("bundle")
        bundle = terms and BundleTerms(bool(terms["readings"]), int(terms["dropped_before_ms"]))
        return Checkpoint(str(document["made_at"]), key, states, bundle)
    except InvalidSignature as error:
        raise _refused("its signature does not hold: it was changed, or another key has signed it") from error
    except (ValueError, KeyError, TypeError) as error:
        raise _refused(str(error) or type(error).__name__) from error


def _signed_bytes(document: Mapping[str, Any]) -> bytes:
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    return json.dumps(unsigned, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _refused(why: str) -> InvalidInput:
    fault = FieldFault("/signature", f"{why}.", "Take the file as `coldchain audit checkpoint` wrote it, and its key.")
    return InvalidInput("The checkpoint can't be trusted.", faults=[fault])
