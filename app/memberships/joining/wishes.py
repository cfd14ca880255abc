"""From what was sent to what is wished: every field judged, and every fault said at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from app.core.errors import FieldError, UnwalledError
from app.core.languages import gettext as _
from app.core.money import Money, currency_of
from app.core.money_text import read_amount
from app.core.settings import Settings
from app.mail.addresses import Address
from app.memberships.joining import models as kinds
from app.memberships.joining.fields import GIFT, GIVEN, ME, OTHER, JoinForm
from app.memberships.joining.offers import INTERVAL_OF, Offer, fee_on
from app.memberships.wall import accepted_name, cleaned
from app.newsletters.addresses import accepted_address
from app.newsletters.mailboxes import Mailboxes
from app.payments.gateway import Interval

LONGEST_DEDICATION = 200
MOST_DIGITS = 9
FURTHEST = timedelta(days=366)
MORNING = time(9)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to give.

    Attributes:
        kind: As `Intent.kind`.
        interval: How often it is paid; None for once.
        money: Without the fee.
        fee: What comes on top; nothing where it is not covered.
        language: Of the page it was sent from.
        wall_name: For the supporters' wall; None stays anonymous.
        dedication: Some words, or None.
        recipient: Whom a gift is for; None where there is nobody to name.
        deliver_at: When a gift is to arrive; None for at once.
        came: `from`, `ask` and `utm_*`.
    """

    kind: str
    interval: Interval | None
    money: Money
    fee: Money
    language: str
    wall_name: str | None
    dedication: str | None
    recipient: Address | None
    deliver_at: datetime | None
    came: Mapping[str, str]


class RefusedWishError(UnwalledError):
    """Something in the form cannot be taken.

    Attributes:
        errors: One sentence by field.
        suggestion: The recipient's address as it may have been meant, or empty.
    """

    def __init__(self, errors: Mapping[str, str], suggestion: str) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Judge:
    """What wishes are judged by.

    Attributes:
        offer: What can be had.
        settings: What the operator refuses of addresses, and the newsroom's zone.
        mailboxes: What asks DNS about domains; None for nobody.
        language: Of the page.
        now: The domain's present moment.
    """

    offer: Offer
    settings: Settings
    mailboxes: Mailboxes | None
    language: str
    now: datetime

    def wish(self, form: JoinForm) -> Wish:
        """Return what a form asks for. It may ask DNS: nothing of the database is held.

        Raises:
            RefusedWishError: One sentence for each field that cannot be taken.
        """
        faults = _Faults()
        money = faults.of(lambda: self._money(form))
        name = faults.of(lambda: accepted_name(form.wall_name))
        words = faults.of(lambda: dedication(form.dedication))
        is_gift = form.whom == GIFT
        recipient = faults.of(lambda: self._recipient(form)) if is_gift else None
        at = faults.of(lambda: self._deliver_at(form)) if is_gift else None
        if money is None or faults.errors:
            raise RefusedWishError(faults.errors, faults.suggestion)
        return Wish(
            kind=_kind(form),
            interval=INTERVAL_OF[form.group],
            money=money,
            fee=fee_on(money) if form.cover_fee else Money.nothing(money.currency),
            language=self.language,
            wall_name=name or None,
            dedication=words,
            recipient=recipient,
            deliver_at=at,
            came=form.came,
        )

    def _money(self, form: JoinForm) -> Money:
        if form.currency not in self.offer.currencies:
            raise FieldError("amount", _("Please choose one of the currencies above."))
        picked = form.picked.get(form.group, "")
        if picked == OTHER:
            return read_amount(form.typed.get(form.group, ""), form.currency, self.language)
        money = payable(picked, form.currency)
        if money is None:
            raise FieldError("amount", _("Please choose an amount."))
        return money

    def _recipient(self, form: JoinForm) -> Address:
        if not form.recipient.strip():
            sentence = _("Please type the email address of whoever the gift is for.")
            raise FieldError("recipient", sentence)
        try:
            return accepted_address(
                form.recipient, self.settings, self.mailboxes, as_typed=form.as_typed
            )
        except FieldError as error:
            raise FieldError("recipient", error.message, error.suggestion) from error

    def _deliver_at(self, form: JoinForm) -> datetime | None:
        """Return the morning of a day in the newsroom's zone; today and no day mean at once."""
        if not form.deliver_on.strip():
            return None
        today = self.now.astimezone(self.settings.time_zone).date()
        try:
            day = _day(form.deliver_on.strip())
        except ValueError:
            raise FieldError(
                "deliver_on", _("Please write the day like %(day)s.", day=today.isoformat())
            ) from None
        if day < today:
            raise FieldError("deliver_on", _("This day is over. Please choose a later one."))
        if day - today > FURTHEST:
            raise FieldError("deliver_on", _("Please choose a day within a year from now."))
        at = datetime.combine(day, MORNING, self.settings.time_zone).astimezone(UTC)
        return at if day > today else None


class _Faults:
    """Collects the sentences about each field."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}
        self.suggestion = ""

    def of(self, read: Callable[[], Read]) -> Read | None:
        """Return what was read, or None and keep what is wrong with it."""
        try:
            return read()
        except FieldError as error:
            self.errors.setdefault(error.field, error.message)
            self.suggestion = self.suggestion or error.suggestion
            return None


def payable(digits: str, currency: str) -> Money | None:
    """Return an amount out of an address or a button; None unless it can really be paid."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) > MOST_DIGITS:
        return None
    rules, minor = currency_of(currency), int(digits)
    if not rules.smallest <= minor <= rules.largest or minor % rules.step:
        return None
    return Money(minor, currency)


def _day(typed: str) -> date:
    """Return a day as browsers write it, `2026-12-24`; ISO 8601 knows other ways.

    Raises:
        ValueError: It is written otherwise, or there is no such day.
    """
    if not _DAY.fullmatch(typed):
        raise ValueError(typed)
    return date.fromisoformat(typed)


def dedication(typed: str) -> str | None:
    """Return the words of a dedication; None for none.

    Raises:
        FieldError: There are too many.
    """
    words = cleaned(typed)
    if len(words) > LONGEST_DEDICATION:
        raise FieldError("dedication", _("A dedication here has at most 200 characters."))
    return words or None


def _kind(form: JoinForm) -> str:
    if form.whom == ME:
        return kinds.GIFT if INTERVAL_OF[form.rhythm] is None else kinds.MEMBERSHIP
    return kinds.GIVEN if form.whom == GIVEN else kinds.GIFT_MEMBERSHIP
