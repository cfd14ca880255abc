"""What stands in the way of publishing: named, with the field where it is put right.

What would break a page or leave somebody out must be put right first. The rest is worth a look,
and an editor may publish all the same.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.articles import markdown
from app.articles.drafting import Words
from app.articles.models import (
    Article,
    ArticleAuthor,
    Edition,
    FormerSlug,
    Image,
)
from app.articles.service import SLUG
from app.core.languages import LANGUAGES

ARTICLE_PATH = re.compile(r"(?:/(?P<language>[a-z]{2}))?/\d{4}/\d{2}/(?P<slug>[a-z0-9-]+)/?")
OPENS = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to put right.

    Attributes:
        kind: Which fault; the desk has a sentence for each.
        field: Where it is put right.
        detail: The link, the file or the words it is about.
        must: Whether it has to be put right before the edition is published.
    """

    kind: str
    field: str
    detail: str = ""
    must: bool = True


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The site that an edition will stand in.

    Attributes:
        url: Where the site is, without a slash at the end.
        opens: Tells whether the site has a page at a path; articles apart.
    """

    url: str
    opens: OPENS


def faults(session: Session, edition: Edition, words: Words, around: Surroundings) -> list[Fault]:
    """Return what is to be put right before these words are published, gravest first."""
    article = session.get_one(Article, edition.article_id)
    found = [
        *_of_words(words),
        *_of_slug(session, edition, words.slug),
        *_of_related(session, edition, words.related),
        *_of_article(session, article, edition.language),
        *_of_body(session, words.body, around),
        *_of_translation(session, edition, words),
    ]
    return sorted(found, key=lambda fault: not fault.must)


def _of_words(words: Words) -> Iterator[Fault]:
    if not words.headline:
        yield Fault("no-headline", "headline")
    if not words.dek:
        yield Fault("no-dek", "dek", must=False)
    if not markdown.plain_text(markdown.to_html(words.body)):
        yield Fault("no-body", "body")


def _of_slug(session: Session, edition: Edition, slug: str) -> Iterator[Fault]:
    if not slug:
        yield Fault("no-slug", "slug")
    elif not SLUG.fullmatch(slug):
        yield Fault("bad-slug", "slug", slug)
    else:
        present = select(Edition.id).where(
            Edition.language == edition.language, Edition.slug == slug, Edition.id != edition.id
        )
        former = select(FormerSlug.id).where(
            FormerSlug.language == edition.language,
            FormerSlug.slug == slug,
            FormerSlug.edition_id != edition.id,
        )
        if _any(session, present) or _any(session, former):
            yield Fault("taken-slug", "slug", slug)


def _of_related(session: Session, edition: Edition, key: str) -> Iterator[Fault]:
    if not key:
        return
    found = session.scalar(select(Article.id).where(Article.key == key))
    if found is None or found == edition.article_id:
        yield Fault("no-related", "related", key)


def _any(session: Session, wanted: Select[int]) -> bool:
    return session.scalar(wanted.limit(1)) is not None


def _of_article(session: Session, article: Article, language: str) -> Iterator[Fault]:
    if not _any(
        session,
        select(ArticleAuthor.author_id).where(ArticleAuthor.article_id == article.id),
    ):
        yield Fault("no-byline", "authors")
    hero = session.get(Image, article.hero_id) if article.hero_id is not None else None
    if hero is None:
        yield Fault("no-hero", "hero", must=False)
    elif not hero.alt.get(language, "").strip():
        yield Fault("no-hero-alt", "hero", LANGUAGES[language])


def _of_translation(session: Session, edition: Edition, words: Words) -> Iterator[Fault]:
    same = select(Edition.id).where(
        Edition.article_id == edition.article_id,
        Edition.id != edition.id,
        Edition.body_markdown == words.body,
    )
    if words.body and _any(session, same):
        yield Fault("untranslated", "body")


def _of_body(session: Session, body: str, around: Surroundings) -> Iterator[Fault]:
    page = _Links(markdown.to_html(body))
    for target, text in page.links:
        if not target.strip() or target in {"#", "http://", "https://"}:
            yield Fault("empty-link", "body", text)
        elif not text.strip():
            yield Fault("wordless-link", "body", target)
        elif not _leads_somewhere(session, target, around):
            yield Fault("broken-link", "body", target, must=False)
    for file in page.pictures_without_alt:
        yield Fault("no-picture-alt", "body", file.removeprefix("/media/"))


class _Links(HTMLParser):
    """The links of a body, each with its words, and the pictures that say nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.pictures_without_alt: list[str] = []
        self._open = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a link leads, and a picture without words."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append((given.get("href", ""), ""))
            self._open = True
        elif tag == "img":
            self.handle_data(given.get("alt", ""))
            if not given.get("alt", "").strip():
                self.pictures_without_alt.append(given.get("src", ""))

    def handle_endtag(self, tag: str) -> None:
        """End a link."""
        if tag == "a":
            self._open = False

    def handle_data(self, data: str) -> None:
        """Take the words of a link."""
        if self._open:
            target, text = self.links[-1]
            self.links[-1] = target, text + data


def _leads_somewhere(session: Session, target: str, around: Surroundings) -> bool:
    if target.startswith("article:"):
        return _any(session, _readable().where(Article.key == target.removeprefix("article:")))
    path = target.removeprefix(around.url) if target.startswith(around.url + "/") else target
    if not path.startswith("/") or path.startswith("//"):
        return True
    path = path.partition("#")[0].partition("?")[0]
    article = ARTICLE_PATH.fullmatch(path)
    if article is None:
        return around.opens(path)
    return _is_edition(session, article["language"] or "en", article["slug"])


def _readable() -> Select[int]:
    return (
        select(Article.id)
        .join(Edition, Edition.article_id == Article.id)
        .where(Edition.state.in_(("published", "scheduled")))
    )


def _is_edition(session: Session, language: str, slug: str) -> bool:
    former = select(FormerSlug.edition_id).where(
        FormerSlug.language == language, FormerSlug.slug == slug
    )
    found = _readable().where(
        Edition.language == language, or_(Edition.slug == slug, Edition.id.in_(former))
    )
    return _any(session, found)
