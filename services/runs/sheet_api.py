"""`/v1/runs/{run_id}/sheet` for the driver's phone, `/v1/runs/{run_id}/sheet.pdf` for paper."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.errors import NotFound, Unavailable
from services.http.context import AppSettings, Commodities, Db, NowMs
from services.http.problems import answers
from services.identity.access import require
from services.identity.logic import Caller, Role
from services.plans.own_runs import demand_own_run
from services.runs.sheet import RunSheetDocument, sheet_of
from services.runs.sheet_print import printed
from services.runs.sheet_words import SheetLanguage

router = APIRouter(tags=["driving"])

Reader = Annotated[Caller, require(Role.COORDINATOR, Role.AUDITOR, own=(Role.DRIVER,))]
DRIVER_PAGE = "/app/drive/"


@router.get("/v1/runs/{run_id}/sheet", responses=answers(NotFound))
def get_sheet(
    run_id: uuid.UUID, caller: Reader, database: Db, catalogue: Commodities, now_ms: NowMs
) -> RunSheetDocument:
    """All that a driver needs to know of a run: stops in order, places, what to load, and what changed."""
    with database.read() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        return sheet_of(session, caller.tenant_id, run_id, catalogue)


@router.get(
    "/v1/runs/{run_id}/sheet.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}, **answers(NotFound, Unavailable)},
)
def print_sheet(
    run_id: uuid.UUID,
    caller: Reader,
    database: Db,
    catalogue: Commodities,
    settings: AppSettings,
    request: Request,
    now_ms: NowMs,
    lang: Annotated[SheetLanguage, Query(description="Language of the page.")] = "th",
) -> Response:
    """The sheet to print: A4, with a map, room for what was really loaded, and a QR code to the driver's page."""
    with database.read() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        sheet = sheet_of(session, caller.tenant_id, run_id, catalogue)
    base = (settings.public_url or str(request.base_url)).rstrip("/")
    content = printed(sheet, lang, f"{base}{DRIVER_PAGE}{run_id}", now_ms)
    name = f"{sheet.code}-{sheet.version}-{lang}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type="application/pdf", headers=headers)
