"""Who acts, from where, and for which tenant; the unit of work asks for it (journal, row-level security).

A process serves every tenant, under the name of its command. A request does so only until its caller is known, which is
how that is found out; from then on it sees rows of the caller's tenant and no other:

    before = begin_request(request_id, address)                        # the outermost layer of HTTP
    act_for(caller.tenant_id, f"key {caller.key_id} ({caller.name})")  # services.identity.access, once it is known
"""

import contextvars
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum


class Reach(StrEnum):
    """How far whoever acts may see, where it is not one tenant."""

    EVERY = "*"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts (a key, a user, a command or a worker), for one tenant, every one or none, and from where."""

    actor: str
    tenant: uuid.UUID | Reach
    request_id: str = ""
    address: str = ""


class _Process:
    """What this process is, for threads and commands that serve no request."""

    acting = Acting("process", Reach.EVERY)


_acting: contextvars.ContextVar[Acting | None] = contextvars.ContextVar("acting", default=None)


def acting() -> Acting:
    """Whoever acts now."""
    return _acting.get() or _Process.acting


def name_process(actor: str) -> None:
    """Say what this process is: `command key add`, `worker freshness`. For every thread that says nothing else."""
    _Process.acting = Acting(actor, Reach.EVERY)


def act_for(tenant_id: uuid.UUID, actor: str) -> None:
    """From here to the end of this request: for this tenant, in the name of ``actor``."""
    _acting.set(replace(acting(), tenant=tenant_id, actor=actor))


def begin_request(request_id: str, address: str) -> contextvars.Token[Acting | None]:
    """A request begins, of whom is not known yet; answers what `end_request` wants."""
    return _acting.set(Acting("anonymous", Reach.EVERY, request_id, address))


def end_request(before: contextvars.Token[Acting | None]) -> None:
    """The request is answered."""
    _acting.reset(before)


@contextmanager
def acting_as(who: Acting) -> Iterator[None]:
    """Within the block, ``who`` acts."""
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def every_tenant() -> Iterator[None]:
    """Within the block, rows of every tenant are seen: to learn which tenant it is, or for figures of all of them."""
    with acting_as(replace(acting(), tenant=Reach.EVERY)):
        yield
