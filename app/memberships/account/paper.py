"""A paper with a masthead, facts and sums, written from top to bottom into a PDF file."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import FontFace

from app.core.languages import translations
from app.memberships.account.receipts_pdf import Head

FOLDER = Path(__file__).parent / "fonts"
FAMILY = "Sans"
TTF_PARTS: Final = {"": "source-sans-3-regular.ttf", "B": "source-sans-3-bold.ttf"}
GREY = (74, 79, 87)
LEFT, WIDE, COLUMN = 62, 470, 180  # the margin, between the margins, the names of facts
LINE = 18  # all in points: whole ones, as everything here


class Paper:
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
        """Write what the paper is."""
        self._write(text, 17, bold=True)
        self._pdf.ln(9)

    def parties(self) -> None:
        """Write whose money it was and who took it."""
        _ = translations(self._head.voice.language).gettext
        payer = self._head.payer
        name = payer.name if self._is_legible(payer.name) else ""
        found = [one for one in (name, self._legible(payer.address)) if one]
        if found:
            self.fact(_("Received from"), "\n".join(found))
        if self._head.publisher:
            self.fact(_("Received by"), "\n".join(self._head.publisher))

    def fact(self, name: str, text: str, *, bold: bool = False) -> None:
        """Write a name and, beside it, what is so called."""
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
        """Write an amount under a line."""
        pdf = self._pdf
        self._keep(3 * LINE)
        pdf.rect(LEFT, pdf.get_y() + 3, WIDE, 1, style="F")
        pdf.ln(7)
        self.fact(name, text, bold=True)

    def table(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write rows of five cells under their names, the last two of them amounts."""
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
        """Write what holds for the whole paper, and where the newsroom is found."""
        self._pdf.ln(23)
        self._write(text, 9, grey=True)
        self._pdf.ln(3)
        self._write(self._head.site_url, 9, grey=True)

    def file(self) -> bytes:
        """Return the paper as a PDF file."""
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
