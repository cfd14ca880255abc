"""From Markdown to HTML that may stand on a page: rendered, then cleaned, at writing and again.

Raw HTML is text here. What the cleaner lets through is a list; everything else goes.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "img", "div"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
}
NUMERIC = {"th": {"class": {"number"}}, "td": {"class": {"number"}}}
SCROLLER = {"class": {"table-scroll"}, "tabindex": {"0"}}
SCHEMES = {"http", "https", "mailto", "article"}
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
OWN_PICTURE = re.compile(r"/media/[A-Za-z0-9][A-Za-z0-9._-]*")
ARTICLE_LINK = re.compile(r'<a href="article:([a-z0-9-]+)"([^>]*)>(.*?)</a>', re.DOTALL)
ARTICLE_KEY = re.compile(r'href="article:([a-z0-9-]+)"')
ARTICLE_TARGET = re.compile(r"article:[a-z0-9-]+")
ELSEWHERE = re.compile(r'<a href="((?:https?:)?//[^"]*)"', re.IGNORECASE)
PICTURE = re.compile(r'<img src="/media/([A-Za-z0-9._-]+)" alt="([^"]*)"[^>]*>')
PICTURE_ALONE = re.compile(rf"<p>{PICTURE.pattern}</p>")
EMPTY_PICTURE = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")
TAG = re.compile(r"<[^>]*>")
EXCERPT_LENGTH = 160
TOP_LEVEL, LOWEST_LEVEL = 2, 4


def _lower_headings(tokens: Sequence[Token]) -> None:
    """Begin at h2, for the headline is the page's h1."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = TOP_LEVEL - min(levels, default=TOP_LEVEL)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + shift, LOWEST_LEVEL)}"


def _align_without_style(tokens: Sequence[Token]) -> None:
    """Say alignment by a class, for the page's policy takes no inline style."""
    for token in tokens:
        style = str(token.attrs.pop("style", ""))
        if style == "text-align:right":
            token.attrs["class"] = "number"


class _Renderer(RendererHTML):
    """Prints tables in a box that scrolls sideways on a narrow screen, by keyboard as well."""

    def table_open(
        self, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """Open the box and the table."""
        return '<div class="table-scroll" tabindex="0">\n<table>\n'

    def table_close(
        self, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """Close both."""
        return "</table>\n</div>\n"


class _Parser(MarkdownIt):
    """CommonMark and tables; raw HTML is text."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's own name
        """Take relative addresses and the schemes that we know."""
        scheme, colon, _ = url.strip().partition(":")
        if not colon or not SCHEME.fullmatch(scheme):
            return True
        return scheme.lower() in SCHEMES


_MARKDOWN = _Parser("commonmark", {"html": False}, renderer_cls=_Renderer)
_MARKDOWN.enable(["table", "strikethrough"])


def to_html(text: str) -> str:
    """Return clean HTML of a body in Markdown, its headings from h2 down."""
    env: EnvType = {}
    tokens = _MARKDOWN.parse(text, env)
    _lower_headings(tokens)
    _align_without_style(tokens)
    return clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env))


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if OWN_PICTURE.fullmatch(value) else None
    if name == "href" and value.lower().startswith("article:"):
        return value if ARTICLE_TARGET.fullmatch(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=_keep_attribute,
    tag_attribute_values={**NUMERIC, "div": SCROLLER},
    url_schemes=SCHEMES,
    link_rel=None,
)


_DOCUMENT = nh3.Cleaner(
    tags=TAGS | {"h1", "h5", "h6", "span", "b", "i", "del", "strike", "tfoot", "caption"},
    attributes={
        "*": {"style", "class"},
        "a": {"href"},
        "ol": {"start"},
    },
    clean_content_tags={"script", "style", "title", "xml", "head"},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


def of_document(html: str) -> str:
    """Return the HTML of a word processor's document without what does anything.

    Styles and classes stay, for they say what is bold or a list: it is to be read, never shown.
    """
    return _DOCUMENT.clean(html)


@lru_cache(maxsize=256)
def clean(html: str) -> str:
    """Return only what may stand on a page; cleaning twice is cleaning once.

    The same text is cleaned once: what comes out depends on nothing else.
    """
    return EMPTY_PICTURE.sub("", _CLEANER.clean(html))


def linked_keys(html: str) -> list[str]:
    """Return the keys of the articles that a stored body links to, each once."""
    return list(dict.fromkeys(ARTICLE_KEY.findall(html)))


def pictured_files(html: str) -> list[str]:
    """Return the files of the pictures that stand alone in a stored body, each once."""
    return list(dict.fromkeys(match[1] for match in PICTURE_ALONE.finditer(html)))


def _as_it_stands(_file: str, _alt: str) -> str | None:
    return None


def for_page(
    html: str,
    address_of: Callable[[str], str | None],
    figure_of: Callable[[str, str], str | None] = _as_it_stands,
) -> str:
    """Return a stored body as it goes on a page: cleaned again, its links resolved.

    Args:
        html: As stored.
        address_of: Path of the article with a key, or None if readers cannot open it; then the
            words stay and the link goes.
        figure_of: HTML of a picture that stands alone, by its file and the words for whoever
            cannot see it; None to leave it as it stands.
    """

    def resolve(match: re.Match[str]) -> str:
        address = address_of(match[1])
        return f'<a href="{address}"{match[2]}>{match[3]}</a>' if address else match[3]

    def show(match: re.Match[str]) -> str:
        return figure_of(match[1], unescape(match[2])) or match[0]

    resolved = PICTURE_ALONE.sub(show, ARTICLE_LINK.sub(resolve, clean(html)))
    return ELSEWHERE.sub(r'<a rel="noopener" href="\1"', resolved)


def plain_text(html: str) -> str:
    """Return the words of a clean body, without headings, tables and markup."""
    prose = re.sub(r"<(h[2-4]|table|pre)\b.*?</\1>", " ", html, flags=re.DOTALL)
    text = nh3.clean(TAG.sub(" ", prose), tags=set())
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return re.sub(r"\s+([,.;:])", r"\1", " ".join(text.split()))


def excerpt(text: str, length: int = EXCERPT_LENGTH) -> str:
    """Return the beginning of a text, cut between two words, with an ellipsis where it was cut."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    if not text[length - 1].isspace():
        head = head.rpartition(" ")[0] or head
    return head.rstrip(" ,;:.—–-") + "…"
