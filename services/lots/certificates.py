"""What a lot can be certified as: by its GAP plot, by its packing house, and by whatever else its growers hold."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

GAP, PACKING_HOUSE = "gap", "packing_house"


def _several(value: Any) -> Any:
    # a cell of a sheet holds them as one text
    if isinstance(value, str):
        return [word.strip().lower() for word in value.replace(",", ";").split(";") if word.strip()]
    return value


Certificate = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,31}$", examples=[GAP])]
Certificates = Annotated[list[Certificate], BeforeValidator(_several), Field(max_length=20)]
"""Words such as `gap`, `packing_house`, `organic`, `globalgap`; in a sheet, one cell with `;` between them."""


def held(gap_code: str | None, packing_house_code: str | None, others: Sequence[str] | None) -> tuple[str, ...]:
    """All that is held, sorted: a GAP or packing-house code is that certificate."""
    certificates = set(others or ())
    if gap_code:
        certificates.add(GAP)
    if packing_house_code:
        certificates.add(PACKING_HOUSE)
    return tuple(sorted(certificates))
