"""What the lists are made of: agreements, and the rows that print them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from .agencies import Agency

Model = Literal["TFM", "WSO", "JEM"]
PRINTED_MODELS: dict[str, str] = {
    "TFM": "Task Force Model",
    "WSO": "Warrant Service Officer",
    "JEM": "Jail Enforcement Model",
}
TRUTH = ("pact", "copy", "name_no", "date_no", "misprint")


@dataclass(slots=True, eq=False)
class Pact:
    """An agreement: who signed, what and when; `follows` is the one that it takes over.

    `how` is `renewed` or `switched` then, `withdrawn` for an application that is never signed.
    """

    no: int
    agency: Agency
    model: Model
    signed: date
    follows: int | None = None
    how: str | None = None


@dataclass(slots=True)
class Misprint:
    """A cell printed otherwise, on so many more lists."""

    column: str
    text: str | None
    lists: int


@dataclass(slots=True, eq=False)
class Line:
    """A row of a list, as ICE means to print it. `copy` counts the rows of an agreement.

    `name_no` and `date_no` count the names and dates it has had. `state` is printed where it is
    another than the agency's own, and `form` is a cell that is printed in another format.
    """

    pact: Pact
    name: str
    signed: date
    listed_on: date
    copy: int = 0
    state: str | None = None
    name_no: int = 0
    date_no: int = 0
    link: str | None = None
    addendum: str | None = None
    is_missing: bool = False
    misprint: Misprint | None = None
    form: tuple[str, str] | None = None

    @property
    def agency(self) -> Agency:
        """Return the body that signed."""
        return self.pact.agency

    @property
    def sorts(self) -> tuple[str, str, str]:
        """Return where it stands on a sorted list."""
        return (self.state or self.agency.state, self.name, self.pact.model)

    def printed(self, list_kind: str, columns: frozenset[str]) -> dict[str, Any]:
        """Return the cells of the row before any misprint, and `TRUTH`."""
        is_signed = list_kind == "participating"
        agency = self.agency
        row = {
            "state_printed": self.state or agency.state,
            "agency_printed": self.name,
            "type_printed": agency.type if "type" in columns else None,
            "county_printed": agency.county if "county" in columns else None,
            "model_printed": PRINTED_MODELS[self.pact.model],
            "signed_printed": self.signed.isoformat() if is_signed else None,
            "moa_url": self.link if is_signed else None,
            "addendum_url": self.addendum if is_signed and "addendum" in columns else None,
            "pact": self.pact.no,
            "copy": self.copy,
            "name_no": self.name_no,
            "date_no": self.date_no,
            "misprint": None,
        }
        if self.form and row[self.form[0]]:
            row[self.form[0]] = self.form[1]
        return row
