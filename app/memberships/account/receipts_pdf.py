"""Receipts and yearly statements as PDF files, in the supporter's language.

Amounts stand with the three letters of their currency, as a book-keeper wants them. The same
payment gives the same file, byte for byte, whoever asks for it and whenever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from app.core.languages import translations
from app.core.money import Money, currency_of, sum_by_currency
from app.memberships.account.queries import Payer, PaymentRead, RefundRead
from app.memberships.account.words import Voice

if TYPE_CHECKING:
    from app.memberships.account.paper import Paper

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on top of a paper.

    Attributes:
        voice: Whose language and calendar hold.
        site_name: The newsroom.
        site_url: Where it is found.
        payer: Whose money it was.
        publisher: Who took it, line by line; none where the newsroom has not said it.
    """

    voice: Voice
    site_name: str
    site_url: str
    payer: Payer
    publisher: tuple[str, ...] = ()


def receipt(head: Head, payment: PaymentRead, refunds: Sequence[RefundRead]) -> bytes:
    """Return the receipt of one payment, and of what has gone back of it."""
    voice = head.voice
    _ = translations(voice.language).gettext
    paper = _begun(head, f"{_('Receipt')} {payment.receipt_number}", payment.paid_at)
    paper.heading(_("Receipt"))
    paper.fact(_("Number"), payment.receipt_number)
    paper.fact(_("Paid on"), voice.day(payment.paid_at))
    paper.parties()
    paper.fact(_("For"), voice.what_for(payment.kind, payment.interval))
    if payment.covers_until is not None:
        paper.fact(_("Paid until"), voice.day(payment.covers_until))
    paper.sum(_("Amount"), written(payment.money, voice.language))
    for one in refunds:
        named = _("Given back on %(day)s") % {"day": voice.day(one.created_at)}
        paper.fact(named, written(-one.money, voice.language))
    if refunds:
        paper.sum(_("Left of it"), written(payment.kept, voice.language))
    paper.foot(
        _(
            "This paper says that the amount has reached us. Whether it lowers a tax depends on "
            "the law where you live."
        )
    )
    return paper.file()


def statement(head: Head, year: int, payments: Sequence[PaymentRead], now: datetime) -> bytes:
    """Return all that one person paid in a year of the newsroom's calendar.

    Args:
        head: What stands on top.
        year: Of the calendar in the newsroom's zone.
        payments: Of that year, oldest first.
        now: The day on which the statement holds: money may still go back afterwards.
    """
    voice = head.voice
    _ = translations(voice.language).gettext
    title = _("Statement for %(year)s") % {"year": str(year)}
    paper = _begun(head, title, now)
    paper.heading(title)
    paper.fact(_("As of"), voice.day(now))
    paper.parties()
    names = (_("Paid on"), _("Receipt"), _("For"), _("Amount"), _("Given back"))
    paper.table(names, [_row(voice, one) for one in payments])
    paid = sum_by_currency(one.money for one in payments)
    kept = sum_by_currency(one.kept for one in payments)
    for code, amount in paid.items():
        paper.sum(_("Paid in all"), written(amount, voice.language))
        if kept[code] != amount:
            paper.fact(_("Given back"), written(kept[code] - amount, voice.language))
            paper.sum(_("Left of it"), written(kept[code], voice.language))
    paper.foot(
        _(
            "This paper says what reached us in the year, by the day on which it was paid. Whether "
            "it lowers a tax depends on the law where you live."
        )
    )
    return paper.file()


def written(money: Money, language: str) -> str:
    """Return an amount as a book-keeper writes it: `1,200.00 EUR`."""
    currency = currency_of(money.currency)
    decimals = currency.digits if currency.places else 0
    value = Decimal(money.minor).scaleb(-currency.digits)
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    number = str(format_decimal(value, format=pattern, locale=language))
    text = f"{number}{SPACE}{currency.code}"
    return text.replace(NARROW_SPACE, SPACE).replace("-", "\N{MINUS SIGN}")


def _begun(head: Head, title: str, dated: datetime) -> "Paper":
    from app.memberships.account.paper import Paper  # noqa: PLC0415 - its library is slow to import

    return Paper(head, title, dated)


def _row(voice: Voice, payment: PaymentRead) -> tuple[str, ...]:
    back = written(-payment.refunded, voice.language) if payment.refunded.minor else "–"
    return (
        voice.short_day(payment.paid_at),
        payment.receipt_number,
        voice.what_for(payment.kind, payment.interval),
        written(payment.money, voice.language),
        back,
    )
