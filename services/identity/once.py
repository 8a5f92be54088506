"""`Idempotency-Key`: a creating request that is sent again gets the first answer and creates nothing more.

    @router.post("/villages", status_code=201)
    def create_village(body: NewVillage, caller: Editor, database: Db, once: Once) -> ...:
        with database.write() as session:
            return once.answer(session, caller, lambda: document_of(logic.add_village(session, ...)))

The answer is kept in the transaction of the creation, so that neither is there without the other.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from fastapi.responses import Response as RawResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from services.errors import FieldFault, InvalidInput
from services.http.context import MachineNowMs
from services.identity import store
from services.identity.logic import Caller

KEPT_MS = 24 * 3_600_000
"""How long a repeated request is recognised."""

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class OnceOnly:
    """The idempotency key of this request, if it has one, and what the request says."""

    key: str | None
    fingerprint: bytes
    response: Response
    now_ms: int

    def answer(self, session: Session, caller: Caller, make: Callable[[], Answer]) -> Answer | RawResponse:
        """What ``make`` answers, or answered to the same key before. Raises InvalidInput for another request."""
        if self.key is None:
            return make()
        store.forget_answers(session, caller.tenant_id, self.now_ms - KEPT_MS)
        if not store.claim_answer(
            session, caller.tenant_id, caller.actor_id, self.key, fingerprint=self.fingerprint, now_ms=self.now_ms
        ):
            kept = store.kept_answer(session, caller.tenant_id, caller.actor_id, self.key)
            if kept.fingerprint != self.fingerprint:
                fault = FieldFault("/header/idempotency-key", "was used for another request.", "Make a new key.")
                raise InvalidInput("This idempotency key belongs to another request.", faults=[fault])
            headers = {"Idempotency-Replayed": "true"}
            return RawResponse(kept.body, self.response.status_code or 201, headers, "application/json")
        made = make()
        store.keep_answer(
            session, caller.tenant_id, caller.actor_id, self.key, made.model_dump_json(by_alias=True).encode()
        )
        return made


async def _once(
    request: Request,
    response: Response,
    now_ms: MachineNowMs,
    idempotency_key: Annotated[
        str | None,
        Header(min_length=1, max_length=200, description="Any text of yours; repeat it when you repeat the request."),
    ] = None,
) -> OnceOnly:
    said = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return OnceOnly(idempotency_key, hashlib.sha256(said).digest(), response, now_ms)


Once = Annotated[OnceOnly, Depends(_once)]
