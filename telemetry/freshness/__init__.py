"""How long does it keep? From temperature history to an honest answer, in a notebook as in a service.

    >>> from telemetry.freshness import assess, keep_at, load_catalogue
    >>> catalogue = load_catalogue()
    >>> keep_at(catalogue.commodity("mangosteen"), 13).keeps_days.p50  # doctest: +ELLIPSIS
    19.798...

`assess` takes readings in any order and says what is left and why; `Ledger` and `judge` do the same for a
service that keeps the account as readings come; `forecast` looks ahead along an itinerary. `docs/freshness.md`
is the guide.
"""

from telemetry.freshness.assessment import Assessment, Condition, Verdict
from telemetry.freshness.commodities import Catalogue, UnknownCommodity, load_catalogue
from telemetry.freshness.figures import Commodity, Confidence
from telemetry.freshness.forecast import Leg, forecast
from telemetry.freshness.keeping import keep_along, keep_at
from telemetry.freshness.ledger import Ledger
from telemetry.freshness.policy import Policy
from telemetry.freshness.verdict import assess, judge

__all__ = [
    "Assessment",
    "Catalogue",
    "Commodity",
    "Condition",
    "Confidence",
    "Ledger",
    "Leg",
    "Policy",
    "UnknownCommodity",
    "Verdict",
    "assess",
    "forecast",
    "judge",
    "keep_along",
    "keep_at",
    "load_catalogue",
]
