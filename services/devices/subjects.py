"""What a sensor can speak for, and whose freshness is kept."""

from enum import StrEnum


class SubjectKind(StrEnum):
    """The kinds of subjects of assignments and of freshness."""

    VILLAGE = "village"
    LOT = "lot"
    TRUCK = "truck"
    HUB = "hub"
    SHIPMENT = "shipment"
