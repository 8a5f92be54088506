"""Validation of the freshness model on published observations that had no part in it."""

from telemetry.freshness.validation.cases import Access, Case, CaseFault, Setting, Use, load_cases
from telemetry.freshness.validation.independence import shared_sources
from telemetry.freshness.validation.score import CaseScore, Summary, misses, score, select, summarise

__all__ = [
    "Access",
    "Case",
    "CaseFault",
    "CaseScore",
    "Setting",
    "Summary",
    "Use",
    "load_cases",
    "misses",
    "score",
    "select",
    "shared_sources",
    "summarise",
]
