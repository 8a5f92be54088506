"""What the journal says of a tenant: verified from its first entry, and signed where it stands."""

import uuid
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import store
from services.audit.checkpoint import ChainState, signing_key
from services.db.chain import Chain
from services.db.changes import record_of
from services.db.checking import ChainCheck
from services.db.tables import ChainHead
from services.settings import Settings, kept_secret

KEY_FILE = "audit.key"


def audit_key(settings: Settings) -> Ed25519PrivateKey:
    """The installation's signing key: the one set, or one made at first use and kept in the data directory."""
    given = settings.audit_key.get_secret_value()
    return signing_key(given or kept_secret(settings.data_dir / KEY_FILE))


def states(session: Session, tenant_id: uuid.UUID) -> list[ChainState]:
    """Where the tenant's chains stand."""
    return [ChainState(tenant_id, chain, store.head(session, tenant_id, chain)) for chain in Chain]


def states_of_all(session: Session) -> list[ChainState]:
    """Where every chain of the installation stands."""
    return [
        ChainState(head.tenant_id, Chain(head.chain), store.head(session, head.tenant_id, Chain(head.chain)))
        for head in session.scalars(select(ChainHead).order_by(ChainHead.tenant_id, ChainHead.chain))
    ]


def verify_changes(session: Session, tenant_id: uuid.UUID, signed: Mapping[int, bytes]) -> int:
    """Follow the tenant's journal; answers how many entries hold. Raises BrokenChainError at the first that doesn't."""
    check = ChainCheck(signed)
    for entry in store.in_order(session, tenant_id):
        check.take(entry.number, record_of(entry), entry.link)
    check.end(store.head(session, tenant_id, Chain.CHANGES))
    return check.last.number
