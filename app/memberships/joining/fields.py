"""What is sent by whoever wants to join, as it came and with nothing believed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from app.memberships.joining.offers import GROUPS, MONTHLY, RHYTHMS, TWELVE
from app.memberships.wall import cleaned
from app.newsletters.forms import internal_path

ME, GIFT, GIVEN = "me", "gift", "given"
WHOM = (ME, GIFT, GIVEN)
OTHER = "other"
UNPAID = "unpaid"
"""What an address has in it that whoever leaves the payment page is led back to."""

LONGEST = {
    "ask": 80,
    "utm_source": 100,
    "utm_medium": 100,
    "utm_campaign": 100,
    "utm_content": 100,
    "utm_term": 100,
}
LONGEST_TYPED = 400
Fields = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class JoinForm:
    """The form's fields.

    Attributes:
        nonce: Of the page that was filled in; empty where none came.
        currency: Untouched.
        whom: Whom it is for, one of `WHOM`.
        rhythm: One of `RHYTHMS`.
        picked: By group, a number of minor units or `OTHER`.
        typed: By group, what stands in the field for another amount.
        cover_fee: The fee is to come on top.
        wall_name: The name for the supporters' wall; empty for none.
        dedication: Untouched.
        recipient: Whom a gift is for, untouched.
        deliver_on: The day of a gift as the browser writes it; empty for at once.
        as_typed: The recipient's address is to be taken as it stands.
        came: `from`, `ask` and `utm_*`, cleaned; only those that say anything.
        is_unpaid: Whoever sees the form has just left the payment page.
        is_switched: Whoever sees the form has just pressed a currency.
    """

    nonce: str = ""
    currency: str = ""
    whom: str = ME
    rhythm: str = MONTHLY
    picked: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    cover_fee: bool = False
    wall_name: str = ""
    dedication: str = ""
    recipient: str = ""
    deliver_on: str = ""
    as_typed: bool = False
    came: Mapping[str, str] = field(default_factory=dict)
    is_unpaid: bool = False
    is_switched: bool = False

    @property
    def group(self) -> str:
        """The group whose amounts count."""
        return self.rhythm if self.whom == ME else TWELVE

    def in_currency(self, code: str) -> "JoinForm":
        """Return the form with another currency pressed: only the amounts are of the earlier."""
        if code == self.currency:
            return replace(self, is_switched=True)
        return replace(self, currency=code, picked={}, typed={}, is_switched=True)


def read_join(fields: Fields) -> JoinForm:
    """Read what was sent."""
    return JoinForm(
        nonce=fields.get("nonce", "")[:100],
        currency=_typed(fields, "currency"),
        whom=_one_of(WHOM, fields.get("for", "")),
        rhythm=_one_of(RHYTHMS, fields.get("interval", "")),
        picked={group: fields.get(f"amount_{group}", "")[:20] for group in GROUPS},
        typed={group: _typed(fields, f"other_{group}") for group in GROUPS},
        cover_fee=fields.get("cover_fee") == "1",
        wall_name=_typed(fields, "wall_name"),
        dedication=_typed(fields, "dedication"),
        recipient=_typed(fields, "recipient"),
        deliver_on=_typed(fields, "deliver_on"),
        as_typed=fields.get("as_typed") == "1",
        came=read_came(fields),
    )


def read_switch(fields: Fields) -> str:
    """Return the currency whose button sent the form; empty where it is sent for good."""
    return _typed(fields, "switch")


def read_choice(query: Fields) -> JoinForm:
    """Read an address: what it chooses beforehand, and whether the payment page was left."""
    rhythm = _one_of(RHYTHMS, query.get("interval", ""))
    whom = _one_of(WHOM, query.get("for", ""))
    amount = query.get("amount", "")[:20]
    group = rhythm if whom == ME else TWELVE
    return JoinForm(
        currency=_typed(query, "currency"),
        whom=whom,
        rhythm=rhythm,
        picked={group: amount} if amount else {},
        came=read_came(query),
        is_unpaid=query.get(UNPAID) == "1",
    )


def read_came(fields: Fields) -> dict[str, str]:
    """Return where somebody came from: an internal path and words of links, cleaned and cut."""
    found = {name: cleaned(_typed(fields, name))[:most] for name, most in LONGEST.items()}
    found["from"] = internal_path(fields.get("from", "")) or ""
    return {name: one.strip() for name, one in found.items() if one.strip()}


def _typed(fields: Fields, name: str) -> str:
    return fields.get(name, "")[:LONGEST_TYPED]


def _one_of(known: tuple[str, ...], text: str) -> str:
    return text if text in known else known[0]
