"""How long does it keep? Catalogue, kinetics, ledger and verdict."""

from telemetry.freshness.assessment import Assessment, Condition, Reason, Remaining, Verdict
from telemetry.freshness.commodities import Catalogue, UnknownCommodity, load_catalogue
from telemetry.freshness.figures import Commodity, Confidence
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
    "Policy",
    "Reason",
    "Remaining",
    "UnknownCommodity",
    "Verdict",
    "assess",
    "judge",
    "keep_along",
    "keep_at",
    "load_catalogue",
]
