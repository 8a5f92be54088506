"""Whose records a caller sees inside its tenant: all of them, or an exporter's, some trucks' or some villages'."""

from dataclasses import dataclass
from typing import Any

from services.errors import FieldFault, InvalidInput


@dataclass(frozen=True, slots=True)
class Scope:
    """What a caller is limited to; a member that is None limits nothing.

    ``exporter`` is the exporter's name as demands and shipments bear it, ``trucks`` and ``villages`` are codes.
    """

    exporter: str | None = None
    trucks: frozenset[str] | None = None
    villages: frozenset[str] | None = None

    def sees_exporter(self, name: str | None) -> bool:
        """Whether a record that bears this exporter's name is shown."""
        return self.exporter is None or name == self.exporter

    def sees_truck(self, code: str) -> bool:
        """Whether what this truck does is shown."""
        return self.trucks is None or code in self.trucks

    def sees_village(self, code: str) -> bool:
        """Whether what this village grows is shown."""
        return self.villages is None or code in self.villages

    def stored(self) -> dict[str, Any]:
        """As the database keeps it."""
        members = {
            "exporter": self.exporter,
            "trucks": None if self.trucks is None else sorted(self.trucks),
            "villages": None if self.villages is None else sorted(self.villages),
        }
        return {name: value for name, value in members.items() if value is not None}


WHOLE_TENANT = Scope()
"""Every record of the tenant that the role may see."""

OWN_RECORDS = {"exporter": "exporter", "driver": "trucks", "grower": "villages"}
"""The roles that see own records only, and the member of their scope that says which those are."""


def scope_of(stored: dict[str, Any]) -> Scope:
    """The scope that :meth:`Scope.stored` wrote."""
    trucks, villages = stored.get("trucks"), stored.get("villages")
    return Scope(
        stored.get("exporter"),
        None if trucks is None else frozenset(trucks),
        None if villages is None else frozenset(villages),
    )


def demand_fit(role: str, scope: Scope) -> None:
    """Nothing when ``scope`` says what the role needs and no more. Raises InvalidInput naming the member."""
    needed = OWN_RECORDS.get(role)
    given = scope.stored()
    faults = [
        FieldFault(f"/{name}", f"is nothing that a {role} is limited to.", "Leave it out.")
        for name in given
        if name != needed
    ]
    if needed and not given.get(needed):
        faults.append(FieldFault(f"/{needed}", f"is missing: a {role} sees own records only.", "Say whose they are."))
    if faults:
        raise InvalidInput("The scope does not fit the role.", faults=faults)
