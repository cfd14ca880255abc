"""What staff write of a list, read out of its form, and shown in it again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict

from app.articles.arranging import PictureFacts, save_picture
from app.articles.models import Author, Image
from app.articles.pictures import place_picture
from app.core.errors import FieldError, OperatorError
from app.core.languages import DEFAULT, LANGUAGES
from app.core.languages import gettext as _
from app.core.private_files import TooLargeError, drop, keep, path_of
from app.core.settings import Settings
from app.newsletters.arranging import ListFacts
from app.newsletters.models import Newsletter

TEXTS = ("name", "description", "cadence", "sender_name")
TICKS = ("open", "listed", "welcomes", "members_only")
LARGEST_PICTURE = 12 << 20
LONGEST_ALT = 300
KIND = "picture"
DIGITS = 16


def empty_form() -> dict[str, Any]:
    """Return what the form of a new list shows."""
    return {"language": DEFAULT, "open": True, "listed": True}


def form_of(session: Session, one: Newsletter) -> dict[str, Any]:
    """Return what the form of a list shows."""
    shown: dict[str, Any] = {"slug": one.slug, "language": one.language}
    shown["reply_to"] = one.reply_to or ""
    for name in TEXTS:
        for language in LANGUAGES:
            shown[f"{name}-{language}"] = (getattr(one, name) or {}).get(language, "")
    shown.update({name: getattr(one, name) for name in TICKS})
    author = session.get(Author, one.author_id) if one.author_id else None
    shown["author"] = author.slug if author else ""
    picture = picture_of(session, one)
    for language in LANGUAGES:
        shown[f"alt-{language}"] = picture.alt.get(language, "") if picture else ""
    return shown


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return what was typed, for the form to show again."""
    return {**form.to_dict(), **{name: name in form for name in TICKS}}


def read_facts(
    form: MultiDict[str, str], picture: str | None, *, is_open: bool | None = None
) -> ListFacts:
    """Return what was written of a list.

    Args:
        form: As it was sent.
        picture: Key of its picture.
        is_open: Whether a list that is there takes sign-ups; closing it is asked about elsewhere.
    """
    texts = {name: _texts(form, name) for name in TEXTS}
    return ListFacts(
        slug=form.get("slug", "").strip(),
        position=None,
        name=texts["name"],
        description=texts["description"],
        cadence=texts["cadence"],
        language=form.get("language", ""),
        author=form.get("author") or None,
        picture=picture,
        sender_name=texts["sender_name"] or None,
        reply_to=form.get("reply_to", "").strip() or None,
        open="open" in form if is_open is None else is_open,
        **{name: name in form for name in TICKS if name != "open"},
    )


def _texts(form: MultiDict[str, str], name: str) -> dict[str, str]:
    found = {language: form.get(f"{name}-{language}", "").strip() for language in LANGUAGES}
    return {language: text for language, text in found.items() if text}


def picture_of(session: Session, one: Newsletter | None) -> Image | None:
    """Return the picture of a list, if it has one."""
    return session.get(Image, one.picture_id) if one is not None and one.picture_id else None


def read_picture(
    session: Session,
    settings: Settings,
    form: MultiDict[str, str],
    given: FileStorage | None,
    present: Image | None,
) -> str | None:
    """Place the picture that was sent, or write anew what the present one shows; return its key.

    Raises:
        FieldError: It cannot be used, or it is not said what it shows.
    """
    alt = _texts(form, "alt")
    has_new = given is not None and bool(given.filename)
    if "no-picture" in form or (not has_new and present is None):
        return None
    if not alt.get(DEFAULT):
        asked = _("Please say in English what the picture shows, for whoever does not see it.")
        raise FieldError("alt", asked)
    if any(len(text) > LONGEST_ALT for text in alt.values()):
        raise FieldError("alt", _("Please keep it to %(most)s characters.", most=LONGEST_ALT))
    if has_new and given is not None:
        return save_picture(session, _placed(settings, given, alt)).key
    assert present is not None  # noqa: S101 - else there is none
    if dict(present.alt) != alt:
        save_picture(session, _with_alt(present, alt))
    return present.key


def _placed(settings: Settings, given: FileStorage, alt: dict[str, str]) -> PictureFacts:
    try:
        kept = keep(settings, KIND, given.stream, LARGEST_PICTURE)
    except TooLargeError as error:
        raise FieldError("picture", _("The picture is larger than 12 MB.")) from error
    key = f"list-{kept.sha256[:DIGITS]}"
    try:
        return place_picture(path_of(settings, kept.name), settings.media_dir, key, alt, {})
    except OperatorError as error:
        raise FieldError(
            "picture",
            _("It cannot be taken: choose a JPEG, PNG or WebP of at least 640 pixels in width."),
        ) from error
    finally:
        drop(settings, kept.name)


def _with_alt(one: Image, alt: Mapping[str, str]) -> PictureFacts:
    names = ("key", "wide_file", "narrow_file", "width", "height", "narrow_width")
    same: dict[str, Any] = {name: getattr(one, name) for name in (*names, "caption", "credit")}
    return PictureFacts(alt=dict(alt), **same)


def authors(session: Session) -> list[tuple[str, dict[str, str]]]:
    """Return everybody who may write a list: slug and name."""
    rows = session.execute(select(Author.slug, Author.name).order_by(Author.slug))
    return [(slug, name) for slug, name in rows]
