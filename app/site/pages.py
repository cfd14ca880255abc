"""What templates receive: text in the page's language, addresses, numbers ready to print."""

from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class SiteIdentity:
    """The newsroom as a page names it."""

    name: str
    tagline: str
    url: str


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in a language, or for the switch the way into that language."""

    language: str
    url: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """The campaign's line at the top."""

    text: str
    url: str
    members: int | None
    goal: int


@dataclass(frozen=True, slots=True)
class Chrome:
    """What stands around every page.

    `alternates` are real translations of this very page (hreflang); `languages` is the switch,
    which leads to the front page where there is no translation.
    """

    strip: Strip | None
    sections: tuple[Link, ...]
    alternates: tuple[Alternate, ...]
    languages: tuple[Alternate, ...]
    home_url: str
    newsletters_url: str
    news_url: str
    join_url: str
    supporters_url: str
    account_url: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time: for machines, in full, and as a clock shows it."""

    iso: str
    text: str
    clock: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its texts kept apart."""

    src: str
    srcset: str
    sizes: str
    width: int
    height: int
    alt: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True)
class Narration:
    """A recording of the body."""

    url: str
    mime: str
    duration: str


@dataclass(frozen=True, slots=True)
class Meta:
    """What machines read about a page."""

    title: str
    description: str
    canonical: str
    kind: str = "website"
    image: str | None = None
    image_width: int = 0
    image_height: int = 0
    image_alt: str = ""
    json_ld: Markup = field(default_factory=Markup)
    noindex: bool = False
    feed_url: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A correction: what was wrong and is right now, and when that was put right."""

    moment: Moment
    text: str


@dataclass(frozen=True, slots=True)
class ArticleView:
    """The article itself."""

    headline: str
    dek: str
    section: Link
    bylines: tuple[Link, ...]
    published: Moment
    updated: Moment | None
    hero: Picture | None
    narration: Narration | None
    body: Markup
    tags: tuple[Link, ...]
    path: str
    corrections: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class RelatedCard:
    """The piece to read next."""

    url: str
    headline: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Meter:
    """The ruler: `filled` in thousandths of the bar, which stops at its end."""

    members: int
    goal: int
    members_text: str
    goal_text: str
    percent_text: str
    filled: int
    ticks: int
    as_of: Moment


@dataclass(frozen=True, slots=True)
class Amount:
    """One choice of the call to join."""

    url: str
    label: str
    interval: str


@dataclass(frozen=True, slots=True)
class AskView:
    """The call to join."""

    heading_before: str
    heading_highlight: str
    heading_after: str
    paragraphs: tuple[str, str]
    question: str
    meter: Meter | None
    amounts: tuple[Amount, ...]
    other_url: str
    join_url: str
    counting_url: str


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One line of the news feed."""

    time: Moment
    headline: str
    body: str
    url: str | None


@dataclass(frozen=True, slots=True)
class PickView:
    """One of the editors' picks."""

    url: str
    headline: str
    section: Link
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Card:
    """An article in a list."""

    url: str
    headline: str
    dek: str
    section: Link
    published: Moment
    picture: Picture | None
    bylines: tuple[Link, ...]
