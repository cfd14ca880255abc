"""Other sites that may carry our forms: allowed, changed, closed, and what they paste."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.answers import then
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.house.site_forms import read_list_slugs, read_new_name, read_origins
from app.desk.house.site_tables import site_table
from app.desk.list_pages import list_page
from app.extensions import db
from app.newsletters.embeds.embeds import (
    Embed,
    close_embed,
    forget_embeds,
    offered,
    read_embeds,
    save_embed,
)
from app.newsletters.embeds.markup import embed_html
from app.newsletters.queries import List, read_lists
from app.people.acting import the_actor
from app.people.audit import Deed, record

bp = Blueprint("desk_sites", __name__)

LIST, ONE = "desk_sites.sites", "desk_sites.site"
PATH = "/desk/sites/<name>/"


@localized(bp, "/desk/sites/")
@access("admin")
def sites() -> ResponseReturnValue:
    """Show every site that may carry our forms."""
    names = {one.id: _list_name(one) for one in read_lists(db.session)}
    return list_page("desk/house/sites.html", _("Other sites"), site_table(names))


@localized(bp, "/desk/new-site/")
@access("admin")
def new() -> ResponseReturnValue:
    """Show the form of a new site."""
    return _form(MultiDict(), None)


@localized(bp, "/desk/new-site/", methods=("POST",))
@access("admin")
def make() -> ResponseReturnValue:
    """Let a site post sign-ups."""
    try:
        name = read_new_name(request.form.get("name", ""), read_embeds(db.session))
        _save(name, None)
    except FieldError as error:
        return _form(request.form, None, error)
    words = _("%(name)s may post now. What it pastes into its pages stands below.", name=name)
    return then(ONE, words, name=name)


@localized(bp, PATH)
@access("admin")
def site(name: str) -> ResponseReturnValue:
    """Show a site, and what it pastes."""
    found, lists = _site(name), read_lists(db.session)
    offers = offered(found, lists)
    chosen = [_list_name(one) for one in lists if one.id in found.lists]
    url = the_settings().site_url
    return desk_page(
        "desk/house/site.html",
        found.name,
        embed=found,
        lists=", ".join(chosen) or _("every open newsletter"),
        address=url,
        pasted=[
            (language, words, str(embed_html(url, language, offers, together=False)))
            for language, words in LANGUAGES.items()
            if offers and found.enabled
        ],
    )


@localized(bp, f"{PATH}edit/")
@access("admin")
def edit(name: str) -> ResponseReturnValue:
    """Show the form of a site."""
    found = _site(name)
    slugs = [one.slug for one in read_lists(db.session) if one.id in found.lists]
    typed = [("origins", "\n".join(found.origins)), *(("list", one) for one in slugs)]
    return _form(MultiDict(typed), found)


@localized(bp, f"{PATH}edit/", methods=("POST",))
@access("admin")
def change(name: str) -> ResponseReturnValue:
    """Have a site post from what is given, and offer that."""
    found = _site(name)
    try:
        _save(name, found)
    except FieldError as error:
        return _form(request.form, found, error)
    return then(ONE, _("%(name)s was changed.", name=name), name=name)


@localized(bp, f"{PATH}close/")
@access("admin")
def ask_close(name: str) -> ResponseReturnValue:
    """Ask whether a site may post no more."""
    _site(name)
    question = Question(
        title=_("Close a site"),
        sentence=_("Take no more sign-ups from %(name)s.", name=name),
        action=url_for("desk_sites.close", name=name),
        button=_("Close it"),
        back=url_for(ONE, name=name),
        more=(_("Its forms say that they are closed. What it brought stays counted."),),
    )
    return confirm_page(question)


@localized(bp, f"{PATH}close/", methods=("POST",))
@access("admin")
def close(name: str) -> ResponseReturnValue:
    """Take no more sign-ups from a site."""
    found = _site(name)
    close_embed(db.session, name)
    before = {"origins": list(found.origins), "open": True}
    _note("site.closed", name, before, {"origins": [], "open": False})
    return then(ONE, _("%(name)s may post no more.", name=name), name=name)


def _save(name: str, found: Embed | None) -> None:
    """Read the form, save the site and commit.

    Raises:
        FieldError: Something cannot be taken; nothing was written.
    """
    plain = the_settings().mode != "production"
    sites_here = read_embeds(db.session)
    origins = read_origins(request.form.get("origins", ""), name, sites_here, plain=plain)
    lists = read_lists(db.session)
    slugs = read_list_slugs(request.form.getlist("list"), lists)
    save_embed(db.session, name, origins, slugs, now(db.session))
    names = {one.id: one.slug for one in lists}
    before = _said(found, names) if found is not None else {}
    after = {"origins": origins, "lists": sorted(slugs), "open": True}
    _note("site.changed" if found else "site.made", name, before, after)


def _said(found: Embed, names: dict[int, str]) -> dict[str, object]:
    lists = sorted(names[one] for one in found.lists if one in names)
    return {"origins": list(found.origins), "lists": lists, "open": found.enabled}


def _note(what: str, name: str, before: dict[str, object], after: dict[str, object]) -> None:
    deed = Deed(what, f"site:{name}", None, before, after)
    record(db.session, the_actor(), deed, now(db.session))
    db.commit()
    forget_embeds(db.database)


def _site(name: str) -> Embed:
    found = next((one for one in read_embeds(db.session) if one.name == name), None)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _list_name(one: List) -> str:
    return one.name(page_language())


def _form(
    typed: "MultiDict[str, str]", found: Embed | None, error: FieldError | None = None
) -> Response:
    chosen = set(typed.getlist("list"))
    return desk_page(
        "desk/house/site_form.html",
        _("New site") if found is None else found.name,
        HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        typed=typed,
        is_new=found is None,
        lists=[(one.slug, _list_name(one), one.slug in chosen) for one in read_lists(db.session)],
        wrong=error.field if error else "",
        error=error.message if error else "",
        back_url=url_for(LIST) if found is None else url_for(ONE, name=found.name),
    )
