"""`/v1/assignments`: which sensor speaks for what, from when to when."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.evidence import logic, store
from services.evidence.schemas import AssignmentDocument, AssignmentQuery, NewAssignment
from services.http.context import Db, NowMs
from services.http.fields import Instant
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.identity.once import Once

router = APIRouter(tags=["sensors"])

Reader = Annotated[Caller, require(*READERS)]
Editor = Annotated[Caller, require(Role.COORDINATOR)]
At = Annotated[Instant | None, Query(description="From when on it speaks no more; default: now.")]


@router.get("/v1/assignments")
def list_assignments(
    caller: Reader, database: Db, paging: Paging, wanted: Annotated[AssignmentQuery, Query()]
) -> Page[AssignmentDocument]:
    """Assignments by when they begin, of a sensor or of a subject."""
    if wanted.subject is not None and wanted.subject_kind is None:
        fault = FieldFault("/query/subject_kind", "is missing beside subject.", "Say what kind the subject is.")
        raise InvalidInput("The subject can't be found.", faults=[fault])
    after = paging.after(int, uuid.UUID)
    with database.read() as session:
        subject_id = None
        if wanted.subject is not None and wanted.subject_kind is not None:
            _, subject_id = logic.subject_named(
                session, caller.tenant_id, wanted.subject_kind, wanted.subject, "/query/subject"
            )
        rows = store.listed(
            session,
            caller.tenant_id,
            after=(after[0], after[1]) if after else None,
            limit=paging.fetch,
            sensor=wanted.sensor,
            subject_kind=wanted.subject_kind,
            subject_id=subject_id,
        )
        shown = logic.documents(session, caller.tenant_id, rows)
    return page_of(paging, shown, key=lambda one: (one.from_at, one.id), document=lambda one: one)


@router.post(
    "/v1/assignments", response_model=AssignmentDocument, status_code=201, responses=answers(Conflict, InvalidInput)
)
def create_assignment(
    new: NewAssignment, caller: Editor, database: Db, now_ms: NowMs, once: Once
) -> AssignmentDocument | Response:
    """Let a sensor speak for a subject; a sensor that has not been heard of yet is registered."""
    with database.write() as session:

        def make() -> AssignmentDocument:
            assigned = logic.assign(session, caller.tenant_id, new, now_ms)
            return logic.documents(session, caller.tenant_id, [assigned])[0]

        return once.answer(session, caller, make)


@router.post("/v1/assignments/{assignment_id}/ended", responses=answers(NotFound, Conflict, InvalidInput))
def end_assignment(
    assignment_id: uuid.UUID, caller: Editor, database: Db, now_ms: NowMs, at: At = None
) -> AssignmentDocument:
    """The sensor speaks for its subject no more."""
    with database.write() as session:
        ended = logic.end(session, caller.tenant_id, assignment_id, now_ms if at is None else at, now_ms)
        return logic.documents(session, caller.tenant_id, [ended])[0]
