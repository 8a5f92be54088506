"""Wiring of the HTTP application; nothing is decided here."""

from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from services.alarms.api import router as alarms
from services.alarms.channel_api import router as channels
from services.alarms.logic import own_alarms
from services.alarms.sending import transports_over
from services.audit.api import router as audit
from services.clock import Clock, clock_of, wall_clock_ms
from services.db.engine import Database
from services.demand.api import router as demand
from services.devices.api import router as devices
from services.devices.decode_api import router as decoding
from services.errors import Forbidden, InvalidInput, RateLimited, Unauthenticated, Unavailable
from services.evidence.api import router as evidence
from services.evidence.commodity_api import router as commodities
from services.evidence.forecast_api import router as forecasts
from services.evidence.inspection_api import router as inspections
from services.evidence.reading_api import router as reading_lists
from services.fleet.api import router as fleet
from services.guests.api import router as guests
from services.health import router as health
from services.http import problems
from services.http.edges import TrustedHosts, TrustedProxies, names, networks
from services.http.limits import Limits
from services.http.outbound import Reach, outbound_client, reach_of
from services.http.requests import RequestContext
from services.hubs.api import router as hubs
from services.identity.account_api import router as account
from services.identity.api import router as identity
from services.identity.mail import SmtpMail
from services.identity.oidc import Provider
from services.identity.oidc_api import router as oidc
from services.identity.people_api import router as people
from services.identity.verified import VerifiedKeys
from services.imports.api import router as imports
from services.imports.reading_api import router as reading_imports
from services.lots.api import router as lots
from services.lots.declaration_api import router as declarations
from services.lots.logic import own_lots
from services.metrics import RequestCounts
from services.plans.api import router as plans
from services.plans.drafting_api import router as drafts
from services.plans.own_runs import own_of
from services.readings.api import router as readings
from services.readings.logic import Postbox
from services.runs.api import router as repairs
from services.runs.driver_api import router as driver
from services.runs.sheet_api import router as sheets
from services.settings import Settings
from services.shipments.api import router as shipments
from services.shipments.handover_api import router as handovers
from services.shipments.itinerary_api import router as itineraries
from services.shipments.logic import own_shipments
from services.sourcing.api import router as sourcing
from services.stream.api import router as stream
from services.trace.api import public as trace_page
from services.trace.api import router as trace
from services.web.api import router as web
from services.web.app_api import router as app_views
from services.web.app_files import router as app_files
from telemetry.freshness import load_catalogue

MAX_BODY_BYTES = 1_048_576

ROUTERS: tuple[APIRouter, ...] = (
    fleet,
    devices,
    decoding,
    readings,
    reading_lists,
    lots,
    declarations,
    demand,
    reading_imports,  # before imports: readings are no kind of sheet
    imports,
    sourcing,
    drafts,  # before plans: /v1/plans/compare is no plan's address
    plans,
    repairs,
    driver,
    sheets,
    hubs,
    shipments,
    itineraries,
    handovers,
    forecasts,
    inspections,
    trace,
    commodities,
    evidence,
    alarms,
    channels,
    stream,
    app_views,
    audit,
    health,
    guests,
    identity,
    account,
    oidc,
    people,
    app_files,
    trace_page,
    web,
)
"""Each feature's routes, in the order in which the documentation lists them."""


def create_app(
    settings: Settings, database: Database, *, clock: Clock | None = None, machine_clock: Clock = wall_clock_ms
) -> FastAPI:
    """The API over ``database``. ``clock`` says when produce is now, ``machine_clock`` when a key has expired."""
    smtp_url = settings.smtp_url.get_secret_value()
    app = FastAPI(
        title="Village Cold Chain",
        version=version("village-coldchain"),
        summary="Readings in, collection plans out, and how long every shipment will keep.",
        responses=problems.answers(Unauthenticated, Forbidden, InvalidInput, RateLimited, Unavailable),
        redirect_slashes=False,
        docs_url=None,  # its page runs scripts of a foreign host
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.catalogue = load_catalogue()
    app.state.database = database
    app.state.clock = clock or clock_of(settings)
    app.state.machine_clock = machine_clock
    app.state.postbox = Postbox(database)
    app.state.request_counts = RequestCounts()
    app.state.own_records = {"alarm": own_alarms, "lot": own_lots, "shipment": own_shipments, "run": own_of}
    app.state.oidc = Provider(settings, outbound_client(Reach.ANYWHERE)) if settings.oidc_issuer else None
    app.state.mail = SmtpMail(smtp_url, settings.mail_from) if smtp_url else None
    app.state.transports = transports_over(outbound_client(reach_of(settings.mode)), lambda: wall_clock_ms() // 1000)
    app.state.limits = Limits(settings.requests_per_s)
    app.state.verified_keys = VerifiedKeys()
    problems.install(app)
    if hosts := settings.resolved_trusted_hosts():
        app.add_middleware(TrustedHosts, hosts=names(hosts))
    app.add_middleware(
        RequestContext,
        max_body_bytes=MAX_BODY_BYTES,
        counted=app.state.request_counts.add,
        is_https=settings.public_url.startswith("https://"),
    )
    app.add_middleware(TrustedProxies, trusted=networks(settings.trusted_proxies))
    for router in ROUTERS:
        app.include_router(router)
    return app
