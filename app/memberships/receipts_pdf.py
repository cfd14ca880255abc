"""Receipts and yearly statements as PDF files, in the supporter's language.

Amounts stand with the three letters of their currency, as a book-keeper wants them. The same
payment gives the same file, byte for byte, whoever asks for it and whenever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from babel.numbers import format_decimal
from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import FontFace

from app.core.languages import translations
from app.core.money import Money, currency_of, sum_by_currency
from app.memberships.account_queries import Payer, PaymentRead, RefundRead
from app.memberships.account_words import Voice

FOLDER = Path(__file__).parent / "fonts"
FAMILY = "Sans"
TTF_PARTS: Final = {"": "source-sans-3-regular.ttf", "B": "source-sans-3-bold.ttf"}
NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"
GREY = (74, 79, 87)
LEFT, WIDE, COLUMN = 62, 470, 180  # the margin, between the margins, the names of facts
LINE = 18  # all in points: whole ones, as everything here


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
    paper = _Paper(head, f"{_('Receipt')} {payment.receipt_number}", payment.paid_at)
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
    paper = _Paper(head, title, now)
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


def _row(voice: Voice, payment: PaymentRead) -> tuple[str, ...]:
    back = written(-payment.refunded, voice.language) if payment.refunded.minor else "–"
    return (
        voice.short_day(payment.paid_at),
        payment.receipt_number,
        voice.what_for(payment.kind, payment.interval),
        written(payment.money, voice.language),
        back,
    )


class _Paper:
    """One file, written from top to bottom."""

    def __init__(self, head: Head, title: str, dated: datetime) -> None:
        self._head = head
        self._pdf = pdf = FPDF(unit="pt", format="A4")
        for style, name in TTF_PARTS.items():
            pdf.add_font(FAMILY, style, FOLDER / name)
        self._signs = set(pdf.fonts[FAMILY.lower()].cmap)  # type: ignore[union-attr] # ours is TrueType
        pdf.set_title(title)
        pdf.set_author(self._legible(head.site_name))
        pdf.set_lang(head.voice.language)
        pdf.set_creation_date(dated)
        pdf.set_margins(LEFT, 57)
        pdf.c_margin = 0  # text begins where lines do
        pdf.set_auto_page_break(auto=True, margin=62)
        pdf.add_page()
        self._masthead()

    def _masthead(self) -> None:
        pdf = self._pdf
        self._write(self._head.site_name, 24, bold=True)
        top = int(pdf.get_y()) + 9
        for down, thick in ((0, 1), (3, 4)):
            pdf.rect(LEFT, top + down, WIDE, thick, style="F")
        pdf.set_y(top + 28)

    def heading(self, text: str) -> None:
        self._write(text, 17, bold=True)
        self._pdf.ln(9)

    def parties(self) -> None:
        _ = translations(self._head.voice.language).gettext
        payer = self._head.payer
        name = payer.name if self._is_legible(payer.name) else ""
        found = [one for one in (name, self._legible(payer.address)) if one]
        if found:
            self.fact(_("Received from"), "\n".join(found))
        if self._head.publisher:
            self.fact(_("Received by"), "\n".join(self._head.publisher))

    def fact(self, name: str, text: str, *, bold: bool = False) -> None:
        pdf = self._pdf
        self._keep(2 * LINE)
        pdf.set_font(FAMILY, "", 11)
        pdf.set_text_color(*GREY)
        top = pdf.get_y()
        pdf.multi_cell(COLUMN, LINE, self._legible(name), align=Align.L)
        below = pdf.get_y()
        pdf.set_xy(LEFT + COLUMN, top)
        pdf.set_font(FAMILY, "B" if bold else "", 11)
        pdf.set_text_color(0)
        pdf.multi_cell(WIDE - COLUMN, LINE, self._legible(text), align=Align.L)
        pdf.set_xy(LEFT, max(below, pdf.get_y()) + 2)

    def sum(self, name: str, text: str) -> None:
        pdf = self._pdf
        self._keep(3 * LINE)
        pdf.rect(LEFT, pdf.get_y() + 3, WIDE, 1, style="F")
        pdf.ln(7)
        self.fact(name, text, bold=True)

    def table(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        pdf = self._pdf
        pdf.ln(9)
        pdf.set_font(FAMILY, "", 10)
        pdf.set_line_width(1)
        with pdf.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=(71, 106, 128, 80, 85),
            text_align=(Align.L, Align.L, Align.L, Align.R, Align.R),
            headings_style=FontFace(emphasis="BOLD"),
            line_height=16,
            padding=(2, 6, 2, 0),
            width=WIDE,
            align=Align.L,
        ) as table:
            for cells in (names, *rows):
                row = table.row()
                for cell in cells:
                    row.cell(self._legible(cell))
        pdf.ln(9)

    def foot(self, text: str) -> None:
        self._pdf.ln(23)
        self._write(text, 9, grey=True)
        self._pdf.ln(3)
        self._write(self._head.site_url, 9, grey=True)

    def file(self) -> bytes:
        return bytes(self._pdf.output())

    def _keep(self, height: int) -> None:
        """Begin a new page unless so much still fits on this one."""
        if self._pdf.will_page_break(height):
            self._pdf.add_page()

    def _write(self, text: str, size: int, *, bold: bool = False, grey: bool = False) -> None:
        pdf = self._pdf
        pdf.set_font(FAMILY, "B" if bold else "", size)
        pdf.set_text_color(*(GREY if grey else (0, 0, 0)))
        pdf.multi_cell(WIDE, size + size // 3, self._legible(text), align=Align.L, new_x="LMARGIN")

    def _is_legible(self, text: str) -> bool:
        """Tell whether our font has every sign of a text: it knows two alphabets."""
        return all(ord(sign) in self._signs for sign in text)

    def _legible(self, text: str) -> str:
        """Return a text with a question mark for what our font has no sign for."""
        return "".join(sign if sign == "\n" or ord(sign) in self._signs else "?" for sign in text)
