"""What supporters type into the forms of their account."""

from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.money import Money, currency_of
from app.core.money_text import read_amount
from app.memberships.account.queries import MembershipRead
from app.memberships.changing import LONGEST_REASON
from app.memberships.wall import accepted_name

LONGEST_TYPED = 400


def other_amount(typed: str, membership: MembershipRead, language: str) -> Money:
    """Return the amount that a membership is to have from now on, in its own currency.

    Raises:
        FieldError: `amount`, with one sentence for whoever typed it.
    """
    money = read_amount(typed, membership.money.currency, language)
    if money == membership.money:
        raise FieldError("amount", _("This is what you give already."))
    return money


def amount_as_typed(money: Money, language: str) -> str:
    """Return an amount as it stands in the field: digits, and a decimal mark where needed."""
    currency = currency_of(money.currency)
    whole, rest = divmod(money.minor, 10**currency.digits)
    if not rest:
        return str(whole)
    mark = "," if language == "uk" else "."
    return f"{whole}{mark}{rest:0{currency.digits}}"


def reason(typed: str) -> str:
    """Return why somebody cancelled, as one text of lines that can be seen.

    Raises:
        FieldError: `reason`, if it is longer than we keep.
    """
    lines = [" ".join(_seen(line).split()) for line in typed.splitlines()]
    text = "\n".join(line for line in lines if line)
    if len(text) > LONGEST_REASON:
        raise FieldError("reason", _("Please say it in at most 300 characters."))
    return text


def wall_name(typed: str) -> str:
    """Return the name for the supporters' wall.

    Raises:
        FieldError: `wall_name`: there is none, or the wall does not take it.
    """
    name = accepted_name(typed[:LONGEST_TYPED])
    if not name:
        raise FieldError("wall_name", _("Please type the name that is to stand there."))
    return name


def _seen(line: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in line)
