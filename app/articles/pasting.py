"""What was copied from a document, as Markdown: Google Docs, Word and pages of the web.

Their HTML is cleaned first and then read as a writer meant it: a word processor says bold, italics
and lists by style, wraps everything in `<b style="font-weight:normal">`, makes paragraphs of list
items and cuts a sentence into spans where somebody once corrected it. Nothing but words, headings,
lists, quotes, tables, links and emphasis comes through; pictures are counted, for each needs words
of its own before it may stand in an article.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

from app.articles.markdown import of_document
from app.articles.runs import Run, inline

HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = {"p", "div", "blockquote", "pre", "li", "ul", "ol", "table", "tr", "td", "th", *HEADINGS}
MARKS = {"strong": "strong", "b": "strong", "em": "em", "i": "em"}
MARKS |= {"s": "s", "strike": "s", "del": "s", "code": "code"}
# What begins with `mso-` is Word's own, and says what scripts of another direction would be.
BOLD = re.compile(r"(?<![\w-])font-weight:\s*(bold|[6-9]00)")
NOT_BOLD = re.compile(r"(?<![\w-])font-weight:")
ITALIC = re.compile(r"(?<![\w-])font-style:\s*italic")
NOT_ITALIC = re.compile(r"(?<![\w-])font-style:")
STRUCK = re.compile(r"text-decoration[^:;]*:[^;]*line-through")
WORD_LIST = re.compile(r"mso-list:\s*l\d+\s+level(\d)")
WORD_BULLET = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
WORD_TITLE = re.compile(r"\bMso(Title|Heading(\d))\b")
COUNTED = re.compile(r"\(?[0-9a-zа-яіїєґ]{1,4}[.)]", re.IGNORECASE)
ITEM = re.compile(r"(\s*)(-|\d+\.) ")
LINKS = ("http://", "https://", "mailto:")
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Pasted:
    """A document as Markdown, and how many pictures were left behind."""

    markdown: str
    pictures: int


def from_html(html: str) -> Pasted:
    """Return what a document's HTML says, as Markdown that our own reader takes."""
    reader = _Reader()
    reader.feed(of_document(html))
    reader.close()
    reader.end_block()
    text = "\n".join(reader.lines)
    return Pasted(re.sub(r"\n{3,}", "\n\n", text).strip("\n"), reader.pictures)


@dataclass(slots=True)
class _Open:
    """An element that has begun: what it adds to the words in it."""

    tag: str
    marks: frozenset[str]
    href: str
    is_bullet: bool = False


class _Reader(HTMLParser):
    """Reads clean HTML and writes lines of Markdown."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.pictures = 0
        self._open: list[_Open] = []
        self._lists: list[tuple[str, int]] = []
        self._runs: list[Run] = []
        self._start = ""
        self._bullet = ""
        self._quotes = 0
        self._row: list[str] | None = None
        self._rows: list[list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        given = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.pictures += 1
            return
        if tag in {"br", "hr"}:
            self._break(tag)
            return
        if tag in BLOCKS and self._row is None:
            self.end_block()
        self._begin(tag, given)
        self._open.append(self._element(tag, given))

    def _break(self, tag: str) -> None:
        if tag == "br" and self._runs:
            self._runs.append(Run("\n", frozenset(), ""))
        elif tag == "hr":
            self.end_block()
            self._write("---")

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        style = given.get("style", "")
        if tag in {"ul", "ol"}:
            self._lists.append((tag, int(given.get("start") or 1) - 1))
        elif tag == "li":
            self._start = self._item()
        elif tag == "blockquote":
            self._quotes += 1
        elif tag in HEADINGS:
            self._start = "#" * max(2, HEADINGS[tag]) + " "
        elif tag == "table":
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._row = []
        elif tag == "p":
            self._word_paragraph(style, given.get("class", ""))

    def _word_paragraph(self, style: str, name: str) -> None:
        listed, titled = WORD_LIST.search(style), WORD_TITLE.search(name)
        if listed is not None:
            self._start = INDENT * (int(listed[1]) - 1) + "\0 "
        elif titled is not None:
            self._start = "#" * max(2, int(titled[2] or 2)) + " "

    def _item(self) -> str:
        if not self._lists:
            return "- "
        kind, count = self._lists[-1]
        self._lists[-1] = kind, count + 1
        sign = "- " if kind == "ul" else f"{count + 1}. "
        return INDENT * (len(self._lists) - 1) + sign

    def _element(self, tag: str, given: dict[str, str]) -> _Open:
        above = self._open[-1] if self._open else _Open("", frozenset(), "")
        marks = set(above.marks) | ({MARKS[tag]} if tag in MARKS else set())
        style = given.get("style", "")
        if tag not in HEADINGS and tag not in {"p", "li"}:
            _styled(marks, style)
        href = _address(given.get("href", "")) if tag == "a" else above.href
        bullet = above.is_bullet or WORD_BULLET.search(style) is not None
        return _Open(tag, frozenset(marks), href, bullet)

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        while self._open and self._open.pop().tag != tag:
            pass
        if tag in {"td", "th"} and self._row is not None:
            self._row.append(self._cell())
        elif tag == "tr" and self._rows is not None and self._row is not None:
            self._rows.append(self._row)
            self._row = None
        elif tag == "table" and self._rows is not None:
            self._write_table()
        elif tag in BLOCKS and self._row is None:
            self.end_block()
            self._leave(tag)

    def _leave(self, tag: str) -> None:
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)

    def handle_data(self, data: str) -> None:
        """Take words, with the emphasis that they stand in."""
        above = self._open[-1] if self._open else _Open("", frozenset(), "")
        if above.is_bullet:
            self._bullet += data
            return
        self._runs.append(Run(re.sub(r"[\s\xa0]+", " ", data), above.marks, above.href))

    def end_block(self) -> None:
        """Write down the paragraph that ends here."""
        in_heading = self._start.lstrip().startswith("#")
        text = inline(self._runs, plain=in_heading)
        if not text.strip():
            self._runs = []
            return
        start, self._start = self._start, ""
        if "\0" in start:
            counted = COUNTED.fullmatch(self._bullet.replace("\xa0", " ").strip())
            start = start.replace("\0", "1." if counted else "-")
        self._runs, self._bullet = [], ""
        self._write(start + text.replace("\n", "\\\n" + " " * len(start)))

    def _write(self, text: str) -> None:
        quote = "> " * self._quotes
        if self.lines and not _go_on(self.lines[-1].removeprefix(quote), text):
            quoted = quote and self.lines[-1].startswith(quote)
            self.lines.append(quote.rstrip() if quoted else "")
        self.lines.extend(quote + line for line in text.split("\n"))

    def _cell(self) -> str:
        text = inline(self._runs).replace("\n", " ").replace("|", "\\|")
        self._runs = []
        return text.strip()

    def _write_table(self) -> None:
        rows, self._rows = self._rows or [], None
        width = max((len(row) for row in rows), default=0)
        if width < 2 or len(rows) < 2:  # noqa: PLR2004 - a frame around text, no table
            for text in (cell for row in rows for cell in row if cell):
                self._write(text)
            return
        filled = [row + [""] * (width - len(row)) for row in rows]
        lines = ["| " + " | ".join(row) + " |" for row in filled]
        lines.insert(1, "|" + " --- |" * width)
        self._write("\n".join(lines))


def _go_on(before: str, text: str) -> bool:
    """Tell whether a line is the next item of the list that the line before it belongs to."""
    above, here = ITEM.match(before), ITEM.match(text)
    if above is None or here is None:
        return False
    return above[1] != here[1] or (above[2] == "-") == (here[2] == "-")


def _styled(marks: set[str], style: str) -> None:
    """Put emphasis on or take it off as a style says; a style wins over an element's name."""
    for mark, on, said in (("strong", BOLD, NOT_BOLD), ("em", ITALIC, NOT_ITALIC)):
        if on.search(style):
            marks.add(mark)
        elif said.search(style):
            marks.discard(mark)
    if STRUCK.search(style):
        marks.add("s")


def _address(href: str) -> str:
    """Return where a link leads: past Google's own turnstile, and nowhere within the document."""
    href = href.strip()
    parts = urlsplit(href)
    if parts.netloc in {"www.google.com", "google.com"} and parts.path == "/url":
        href = parse_qs(parts.query).get("q", [""])[0]
    return href if href.lower().startswith(LINKS) else ""
