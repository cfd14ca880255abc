"""What staff do with lists: make and change them, close and order them, put forms on articles.

Callers commit; every change that a reader could see moves the content version.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.articles.models import Author, Image, Section
from app.articles.service import UnknownReferenceError, article_id, check_slug
from app.articles.versions import bump
from app.core.errors import FieldError
from app.core.languages import DEFAULT, LANGUAGES
from app.core.languages import gettext as _
from app.core.seen import mark_of, refuse_if_changed
from app.mail.addresses import AddressError, read_address
from app.newsletters.models import ArticleForm, Newsletter, SectionForm
from app.newsletters.renaming import owner_of_former, rename_list

TAKEN = frozenset(
    {"address", "confirm", "preferences", "seen", "subscribe", "unsubscribe", "waiting"}
)
"""Parts of our own addresses, which no list may be called."""
LONGEST_SLUG, LONGEST_NAME, LONGEST_CADENCE, LONGEST_DESCRIPTION = 80, 120, 120, 600
LONGEST_SENDER = 70
HIGHEST_POSITION = 9_999
NOT_IN_LINE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
NOT_IN_SENDER = re.compile(r'[<>"@\\\x00-\x1f\x7f\x85\u2028\u2029]')

Texts = Mapping[str, str]
Found = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ListFacts:
    """A newsletter as staff write it.

    Attributes:
        slug: By which it is known; `renaming.rename_list` changes it.
        position: In the order of lists; None for where it is, or for the end.
        name: By language; English must be there.
        description: The same.
        cadence: How often it comes, the same.
        language: What it is written in.
        author: A slug.
        open: It takes sign-ups.
        listed: It stands on the page of newsletters.
        welcomes: Whoever confirms gets a mail of welcome.
        members_only: Whoever is no member is told so by mail.
        picture: Key of a picture.
        sender_name: Whom its mails come from, by language; None for the site's name.
        reply_to: Where answers go; None for where all answers go.
    """

    slug: str
    position: int | None
    name: dict[str, str]
    description: dict[str, str]
    cadence: dict[str, str]
    language: str
    author: str | None = None
    open: bool = True
    listed: bool = True
    welcomes: bool = False
    members_only: bool = False
    picture: str | None = None
    sender_name: dict[str, str] | None = None
    reply_to: str | None = None


def save_list(session: Session, facts: ListFacts) -> Newsletter:
    """Make a newsletter or bring it up to `facts`; flushed, not committed.

    Raises:
        FieldError: The first thing that cannot be taken; `problems` has all of them.
    """
    for field, sentence in problems(session, facts):
        raise FieldError(field, sentence)
    values = asdict(facts)
    author, picture, position = (values.pop(name) for name in ("author", "picture", "position"))
    values["author_id"] = session.scalar(select(Author.id).where(Author.slug == author))
    values["picture_id"] = session.scalar(select(Image.id).where(Image.key == picture))
    newsletter = session.scalar(select(Newsletter).where(Newsletter.slug == facts.slug))
    if newsletter is None:
        newsletter = Newsletter(position=_last(session) + 1)
        session.add(newsletter)
    if position is not None:
        newsletter.position = position
    for name, value in values.items():
        setattr(newsletter, name, value)
    session.flush()
    bump(session)
    return newsletter


def problems(session: Session, facts: ListFacts) -> Found:
    """Yield what cannot be taken: the field, and a sentence about it."""
    yield from _slug(facts.slug)
    if not _is_there(session, Newsletter.slug == facts.slug) and owner_of_former(
        session, facts.slug
    ):
        yield "slug", _("Another list had this address, and its old links lead there.")
    yield from _texts("name", facts.name, LONGEST_NAME)
    yield from _texts("description", facts.description, LONGEST_DESCRIPTION)
    yield from _texts("cadence", facts.cadence, LONGEST_CADENCE)
    if facts.language not in LANGUAGES:
        yield "language", _("The site has no language %(code)s.", code=facts.language)
    if facts.position is not None and not 0 <= facts.position <= HIGHEST_POSITION:
        yield "position", _("It is a whole number from 0 to %(most)s.", most=HIGHEST_POSITION)
    if facts.author and not _is_there(session, Author.slug == facts.author):
        yield "author", _("There is no author %(name)s.", name=facts.author)
    if facts.picture and not _is_there(session, Image.key == facts.picture):
        yield "picture", _("There is no picture %(name)s.", name=facts.picture)
    yield from _sender(facts)


def _slug(slug: str) -> Found:
    try:
        check_slug(slug)
    except FieldError as error:
        yield error.field, error.message
    if slug in TAKEN:
        yield "slug", _("The site itself uses this address.")
    if len(slug) > LONGEST_SLUG:
        yield "slug", _("It is longer than %(most)s characters.", most=LONGEST_SLUG)


def _texts(field: str, texts: Texts, most: int) -> Found:
    if not texts.get(DEFAULT, "").strip():
        yield field, _("It is missing in English, which stands in for what is not translated.")
    for language, text in texts.items():
        if language not in LANGUAGES:
            yield field, _("The site has no language %(code)s.", code=language)
        if len(text) > most:
            yield field, _("It is longer than %(most)s characters.", most=most)
        if NOT_IN_LINE.search(text):
            yield field, _("It must be one line.")


def _sender(facts: ListFacts) -> Found:
    if facts.sender_name is not None:
        yield from _texts("sender_name", facts.sender_name, LONGEST_SENDER)
        if any(NOT_IN_SENDER.search(text) for text in facts.sender_name.values()):
            yield "sender_name", _('It is a name alone, without < > " @ and \\.')
    if facts.reply_to is not None:
        try:
            read_address(facts.reply_to, smtputf8=False, testing=True)
        except AddressError:
            yield "reply_to", _("It is no email address.")


def _is_there(session: Session, which: Any) -> bool:  # noqa: ANN401 - a SQL condition
    return session.scalar(select(func.count()).where(which)) == 1


def _last(session: Session) -> int:
    return session.scalar(select(func.max(Newsletter.position))) or 0


def change_list(
    session: Session, newsletter: Newsletter, facts: ListFacts, now: datetime
) -> Newsletter:
    """Bring a list up to `facts`, under another slug if they say so; flushed, not committed.

    Raises:
        FieldError: The first thing that cannot be taken.
    """
    if facts.slug != newsletter.slug:
        for field, sentence in _slug(facts.slug):
            raise FieldError(field, sentence)
        rename_list(session, newsletter, facts.slug, now)
    return save_list(session, facts)


def add_list(session: Session, facts: ListFacts) -> Newsletter:
    """Make a list that is not there yet; flushed, not committed.

    Raises:
        FieldError: The first thing that cannot be taken.
    """
    if _is_there(session, Newsletter.slug == facts.slug):
        raise FieldError("slug", _("Another list has this address, or had it."))
    return save_list(session, facts)


def set_open(session: Session, slug: str, *, is_open: bool) -> None:
    """Have a list take sign-ups, or take none: its forms then vanish, its readers stay.

    Raises:
        UnknownReferenceError: There is no such list.
    """
    (newsletter,) = _named(session, (slug,))
    newsletter.open = is_open
    session.flush()
    bump(session)


def order_lists(session: Session, slugs: Sequence[str], seen: str | None = None) -> None:
    """Put these lists first, in this order; the others follow as they were.

    Args:
        session: Flushed, not committed.
        slugs: Of the lists; of all of them, if `seen` is given.
        seen: The mark of the order that this one was made from.

    Raises:
        ChangedMeanwhileError: The lists are not those, or not in the order, that `seen` marks.
        UnknownReferenceError: One of them is not there.
    """
    bump(session)
    every = session.scalars(select(Newsletter).order_by(Newsletter.position, Newsletter.id)).all()
    present = [one.slug for one in every]
    refuse_if_changed(seen, present)
    if seen is not None:
        refuse_if_changed(mark_of(sorted(slugs)), sorted(present))
    first = _named(session, tuple(dict.fromkeys(slugs)))
    for position, one in enumerate((*first, *(one for one in every if one not in first)), 1):
        one.position = position
    session.flush()


def _named(session: Session, slugs: Sequence[str]) -> list[Newsletter]:
    found = {
        one.slug: one
        for one in session.scalars(select(Newsletter).where(Newsletter.slug.in_(slugs)))
    }
    for slug in slugs:
        if slug not in found:
            raise UnknownReferenceError(f"There is no newsletter {slug}.")
    return [found[slug] for slug in slugs]


def set_forms(session: Session, key: str, language: str, slugs: Sequence[str]) -> None:
    """Give an article's page in one language forms for these lists, in this order.

    With none it has those of its section again.

    Raises:
        UnknownReferenceError: The article or a list is not there.
    """
    article = article_id(session, key)
    _put_forms(session, ArticleForm, {"article_id": article, "language": language}, slugs)


def set_section_forms(session: Session, section: str, language: str, slugs: Sequence[str]) -> None:
    """Give the articles of a section forms for these lists, where none were chosen for them.

    Raises:
        UnknownReferenceError: The section or a list is not there.
    """
    rows = session.execute(select(Section.slug, Section.id).order_by(Section.slug))
    found = {slug: key for slug, key in rows}  # noqa: C416 - rows, not pairs
    if section not in found:
        there = ", ".join(found) or "none yet"
        raise UnknownReferenceError(f"There is no section {section}. There are: {there}.")
    place = {"section_id": found[section], "language": language}
    _put_forms(session, SectionForm, place, slugs)


def _put_forms(
    session: Session,
    model: Callable[..., Any],
    place: dict[str, Any],
    slugs: Sequence[str],
) -> None:
    wanted = _named(session, tuple(dict.fromkeys(slugs)))
    session.execute(delete(model).filter_by(**place))  # type: ignore[arg-type] # a mapped class
    for position, one in enumerate(wanted, 1):
        session.add(model(**place, newsletter_id=one.id, position=position))
    session.flush()
    bump(session)
