"""From what was read to what templates print, in one language."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext

from app.articles.addresses import Place
from app.articles.catalogue import Named
from app.articles.listings import CardRead, FeedRead
from app.articles.reads import NarrationRead, PictureRead
from app.core.languages import DEFAULT, LANGUAGES, prefix
from app.core.orm import in_language
from app.newsletters.issue_queries import IssueRead
from app.newsletters.lists import ListRead
from app.newsletters.pages import NewsletterForm, RefusedForm
from app.site import formats
from app.site.newsroom import Newsroom
from app.site.pages import (
    Card,
    FeedLine,
    Link,
    Narration,
    PickView,
    Picture,
)
from app.site.watching import Present

Made = TypeVar("Made")

HERE = "/-here-/"
"""Stands for the address of the page in parts that are kept for every page."""
LIST_SIZES = "(min-width: 40rem) 10rem, 92vw"
HERO_SIZES = "(min-width: 64rem) 38rem, 92vw"
MINUTE = 60


@dataclass(frozen=True)
class Showing:
    """What every part of a page is made from: the reading, the newsroom, the language, the zone.

    `kept` holds what is the same on every page of this reading in this language.
    """

    present: Present
    newsroom: Newsroom
    language: str
    zone: ZoneInfo
    kept: dict[str, Any]

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """Return what `make` made when it was first asked for, on any page of this reading."""
        if name not in self.kept:
            self.kept[name] = make()
        made: Made = self.kept[name]
        return made

    @property
    def sections(self) -> dict[str, Link]:
        """Links to the sections, by slug."""
        return self.once(
            "sections",
            lambda: {
                slug: Link(self.text(section.name), self.path(f"/{slug}/"))
                for slug, section in self.newsroom.sections.items()
            },
        )

    def text(self, texts: dict[str, str]) -> str:
        """Return a text in the page's language, else in English."""
        return in_language(texts, self.language)

    def path(self, rule: str) -> str:
        """Return an address of this language."""
        return prefix(self.language) + rule

    def address(self, place: Place) -> str:
        """Return the path of an edition."""
        return place.path(self.zone)

    def names(self, kind: str, known: dict[str, Named], slugs: Iterable[str]) -> tuple[Link, ...]:
        """Return links to the pages of authors or tags."""
        return tuple(
            Link(self.text(known[slug].name), self.path(f"/{kind}/{slug}/"))
            for slug in slugs
            if slug in known
        )

    def authors(self, slugs: Iterable[str]) -> tuple[Link, ...]:
        """Return the bylines."""
        return self.names("author", self.newsroom.authors, slugs)


def picture(shown: Showing, read: PictureRead | None, sizes: str = HERO_SIZES) -> Picture | None:
    """Return a picture in two widths."""
    if read is None:
        return None
    wide, narrow = media_url(read.wide_file), media_url(read.narrow_file)
    return Picture(
        src=wide,
        srcset=f"{narrow} {read.narrow_width}w, {wide} {read.width}w",
        sizes=sizes,
        width=read.width,
        height=read.height,
        alt=shown.text(read.alt),
        caption=shown.text(read.caption),
        credit=shown.text(read.credit),
    )


def figure(picture: Picture) -> str:
    """Return a picture in the text, with caption and credit under it."""
    macros: Any = current_app.jinja_env.get_template("_macros/picture.html").module
    return str(macros.figure(picture, kind="inset"))


def media_url(file: str) -> str:
    """Return the address of a file in the media folder; names carry their content's hash."""
    return f"/media/{file}"


def narration(read: NarrationRead | None) -> Narration | None:
    """Return the player's recording."""
    if read is None:
        return None
    minutes, seconds = divmod(read.seconds, MINUTE)
    duration = (
        gettext("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=seconds)
        if minutes
        else gettext("%(seconds)s s", seconds=seconds)
    )
    return Narration(media_url(read.file), read.mime, duration)


def card(shown: Showing, read: CardRead) -> Card:
    """Return an article in a list."""
    return Card(
        url=shown.address(read.place),
        headline=read.headline,
        dek=read.dek or read.excerpt,
        section=shown.sections[read.section],
        published=formats.moment(read.place.published_at, shown.language, shown.zone),
        picture=picture(shown, read.picture),
        bylines=shown.authors(read.authors),
    )


def pick(shown: Showing, read: CardRead) -> PickView:
    """Return one of the editors' picks."""
    return PickView(
        url=shown.address(read.place),
        headline=read.headline,
        section=shown.sections[read.section],
        picture=picture(shown, read.picture, "18rem"),
    )


def feed_line(shown: Showing, read: FeedRead) -> FeedLine:
    """Return a line of the feed; it leads to the article in this language, else in English."""
    place = read.places.get(shown.language) or read.places.get(DEFAULT)
    return FeedLine(
        time=formats.moment(read.published_at, shown.language, shown.zone),
        headline=shown.text(read.headline),
        body=shown.text(read.body),
        url=shown.address(place) if place else None,
    )


def form(
    shown: Showing, read: ListRead, from_path: str, refused: RefusedForm | None = None
) -> NewsletterForm:
    """Return a list with its form: idle, or with what was wrong if it was this one."""
    idle = NewsletterForm(
        slug=read.slug,
        name=shown.text(read.name),
        description=shown.text(read.description),
        cadence=shown.text(read.cadence),
        action=subscribe_url(shown, read.slug),
        from_path=from_path,
        field_id=f"email-{read.slug}",
        author=author_name(shown, read.author),
        language_name=LANGUAGES.get(read.language, read.language),
        url=shown.path(f"/newsletters/{read.slug}/") if read.listed else "",
        members_only=read.members_only,
        picture=picture(shown, read.picture, LIST_SIZES),
    )
    if refused is None or refused.several or read.slug not in refused.slugs:
        return idle
    return replace(idle, value=refused.value, error=refused.error, suggestion=refused.suggestion)


def author_name(shown: Showing, slug: str | None) -> str | None:
    """Return the name of a list's author, if it has one."""
    author = shown.newsroom.authors.get(slug or "")
    return shown.text(author.name) if author is not None else None


def subscribe_url(shown: Showing, slug: str | None = None) -> str:
    """Return where a form posts to: one list's, or several lists' at once."""
    return shown.path(f"/newsletters/{slug}/subscribe" if slug else "/newsletters/subscribe")


def kept_form(shown: Showing, slug: str) -> NewsletterForm:
    """Return an idle form that any page can carry: `HERE` stands for the page."""
    return shown.once(f"form {slug}", lambda: form(shown, shown.newsroom.lists[slug], HERE))


def issue_path(shown: Showing, read: IssueRead) -> str:
    """Return where an issue is: among the pages of the language that it is written in."""
    local = read.published_at.astimezone(shown.zone)
    return f"{prefix(read.language)}/newsletters/{read.newsletter}/{local:%Y/%m}/{read.slug}/"


def closed_lists(shown: Showing) -> list[ListRead]:
    """Return what the page of newsletters names and does not offer."""
    return [read for read in shown.newsroom.lists.values() if not read.open and read.listed]


def open_lists(shown: Showing) -> list[ListRead]:
    """Return what the page of newsletters offers."""
    return [read for read in shown.newsroom.lists.values() if read.open and read.listed]
