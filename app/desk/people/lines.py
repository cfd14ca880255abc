"""What a line of a person's story is, and how lines are said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.languages import gettext as _
from app.desk.people import words
from app.memberships.account.words import Voice

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened.

    Attributes:
        title: What.
        detail: More of it, or empty.
        text: What somebody wrote, or empty.
        receipt: Of a payment that can go back, or empty.
        mark: `ok`, `pend` or `err` where it stands out, or empty.
    """

    title: str
    detail: str = ""
    text: str = ""
    receipt: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """How lines are said.

    Attributes:
        voice: Language and calendar.
        names: What staff are called, by how the audit log names them.
    """

    voice: Voice
    names: Mapping[str, str]

    def money(self, facts: Facts) -> str:
        """Return the amount of something."""
        return words.money(self.voice, facts["amount_minor"], facts["currency"])

    def rhythm(self, facts: Facts) -> str:
        """Return what is given how often: `25.00 EUR a month`."""
        if facts["interval"] == "month":
            return _("%(amount)s a month", amount=self.money(facts))
        return _("%(amount)s a year", amount=self.money(facts))
