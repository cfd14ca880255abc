"""Sections, authors and tags at the desk: made, changed, removed when nothing needs them."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, abort, current_app, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from app.articles import cataloguing
from app.articles.cataloguing import AUTHOR, SECTION, TAG, Entry, NoSuchEntryError, StillUsedError
from app.core.answering import page_language
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized, taken_roots
from app.core.seen import ChangedMeanwhileError
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.list_pages import list_page
from app.desk.newsroom.catalogue_tables import WORDS, entries_table, needed_by
from app.desk.notices import tell
from app.desk.recording import note
from app.desk.typing_in import Typed, refused, sent, spread, texts_of
from app.extensions import db

bp = Blueprint("desk_catalogue", __name__)

KIND = "<any(section,author,tag):kind>"


@localized(bp, "/desk/sections/")
@access("editor")
def sections() -> ResponseReturnValue:
    """List the sections."""
    return _list(SECTION)


@localized(bp, "/desk/authors/")
@access("editor")
def authors() -> ResponseReturnValue:
    """List the authors."""
    return _list(AUTHOR)


@localized(bp, "/desk/tags/")
@access("editor")
def tags() -> ResponseReturnValue:
    """List the tags."""
    return _list(TAG)


@localized(bp, f"/desk/catalogue/{KIND}/new/")
@access("editor")
def new(kind: str) -> ResponseReturnValue:
    """Show an empty form."""
    return _form(kind, Typed({}))


@localized(bp, f"/desk/catalogue/{KIND}/new/", methods=("POST",))
@access("editor")
def make(kind: str) -> ResponseReturnValue:
    """Make a section, an author or a tag."""
    values = sent()
    entry = _entry(values.get("slug", ""), values)
    taken = taken_roots(current_app.url_map) if kind == SECTION else ()
    try:
        cataloguing.make_entry(db.session, kind, entry, taken)
    except FieldError as error:
        db.only_read()
        return _form(kind, refused(values, error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    made = cataloguing.find_entry(db.session, kind, entry.slug)
    note(f"{kind}.made", f"{kind}:{entry.slug}", now(db.session), after=_in_the_log(kind, made))
    db.commit()
    return _to_list(kind, _("It is made."))


@localized(bp, f"/desk/catalogue/{KIND}/<slug>/")
@access("editor")
def show(kind: str, slug: str) -> ResponseReturnValue:
    """Show a section, an author or a tag to be changed."""
    entry = _found(kind, slug)
    return _form(kind, Typed(_fields(entry)), entry)


@localized(bp, f"/desk/catalogue/{KIND}/<slug>/", methods=("POST",))
@access("editor")
def change(kind: str, slug: str) -> ResponseReturnValue:
    """Give it other texts, unless somebody else has meanwhile."""
    values, before = sent(), _found(kind, slug)
    try:
        cataloguing.change_entry(db.session, kind, _entry(slug, values), values.get("seen", ""))
    except FieldError as error:
        db.only_read()
        return _form(kind, refused(values, error), before, HTTPStatus.UNPROCESSABLE_ENTITY)
    except ChangedMeanwhileError:
        db.only_read()
        return _overtaken(kind, slug, values)
    after = cataloguing.find_entry(db.session, kind, slug)
    was, becomes = _in_the_log(kind, before), _in_the_log(kind, after)
    note(f"{kind}.changed", f"{kind}:{slug}", now(db.session), was, becomes)
    db.commit()
    return _to_list(kind, _("It is changed."))


@localized(bp, f"/desk/catalogue/{KIND}/<slug>/remove/")
@access("editor")
def ask_to_remove(kind: str, slug: str) -> ResponseReturnValue:
    """Ask whether it is to go, or say what still needs it."""
    entry = _found(kind, slug)
    by = cataloguing.uses(db.session, kind, slug)
    if by:
        return _form(kind, Typed(_fields(entry)), entry, trouble=needed_by(by))
    name = in_language(entry.name, page_language())
    question = Question(
        title=_("Remove “%(name)s”", name=name),
        sentence=_("Remove “%(name)s”, which nothing refers to.", name=name),
        action=url_for(".remove", kind=kind, slug=slug),
        button=_("Remove it"),
        back=url_for(".show", kind=kind, slug=slug),
        more=(_("Its page is not found any more."),),
    )
    return confirm_page(question)


@localized(bp, f"/desk/catalogue/{KIND}/<slug>/remove/", methods=("POST",))
@access("editor")
def remove(kind: str, slug: str) -> ResponseReturnValue:
    """Remove it, if nothing refers to it still."""
    entry = _found(kind, slug)
    try:
        cataloguing.remove_entry(db.session, kind, slug)
    except StillUsedError as error:
        db.only_read()
        sentence = needed_by(error.by)
        return _form(kind, Typed(_fields(entry)), entry, HTTPStatus.CONFLICT, sentence)
    note(f"{kind}.removed", f"{kind}:{slug}", now(db.session), before=_in_the_log(kind, entry))
    db.commit()
    return _to_list(kind, _("It is removed."))


def _list(kind: str) -> ResponseReturnValue:
    table = entries_table(kind, page_language())
    words = WORDS[kind]
    return list_page(
        "desk/newsroom/entries.html", words.many(), table, kind=kind, new_title=words.new()
    )


def _form(
    kind: str,
    form: Typed,
    entry: Entry | None = None,
    status: int = HTTPStatus.OK,
    trouble: str = "",
) -> Response:
    words = WORDS[kind]
    return desk_page(
        "desk/newsroom/entry.html",
        words.new() if entry is None else words.one(),
        status,
        kind=kind,
        form=form,
        entry=entry,
        trouble=trouble,
        address=words.address,
        in_languages=LANGUAGES,
        list_url=url_for(f".{kind}s"),
    )


def _overtaken(kind: str, slug: str, values: Mapping[str, str]) -> Response:
    entry = _found(kind, slug)
    form = Typed({**values, "seen": cataloguing.entry_mark(entry)})
    sentence = _(
        "Somebody else has changed this meanwhile: it is called “%(name)s” now. Below is what you "
        "typed. Save once more to have yours.",
        name=in_language(entry.name, page_language()),
    )
    return _form(kind, form, entry, HTTPStatus.CONFLICT, sentence)


def _found(kind: str, slug: str) -> Entry:
    try:
        return cataloguing.find_entry(db.session, kind, slug)
    except NoSuchEntryError:
        abort(404)


def _entry(slug: str, values: Mapping[str, str]) -> Entry:
    return Entry(slug, texts_of(values, "name"), texts_of(values, "about"))


def _fields(entry: Entry) -> dict[str, str]:
    texts = {**spread("name", entry.name), **spread("about", entry.about)}
    return {"slug": entry.slug, "seen": cataloguing.entry_mark(entry), **texts}


def _in_the_log(kind: str, entry: Entry) -> dict[str, object]:
    """Return what the audit log keeps; of an author, who is a person, no words."""
    if kind == AUTHOR:
        said = {"name": sorted(entry.name), "about": sorted(entry.about)}
        return {**said, "text": cataloguing.entry_mark(entry)}
    return {"name": entry.name, "about": entry.about}


def _to_list(kind: str, sentence: str) -> Response:
    return tell(_to(url_for(f".{kind}s")), sentence)


def _to(address: str) -> Response:
    return make_response(redirect(address, HTTPStatus.SEE_OTHER))
