"""Signing up: the form's address. Validates, keeps one row, and answers the same to everybody."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import PageMeta, page_language, the_network, the_settings
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.core.tightening import is_tight
from app.extensions import db
from app.newsletters import answering, proving
from app.newsletters.addresses import accepted_address
from app.newsletters.embeds import answering as embed_answering
from app.newsletters.embeds.answering import Place, place_of
from app.newsletters.forms import SignupForm, read_signup
from app.newsletters.pages import NewsletterForm, RefusedForm, page_with
from app.newsletters.queries import List, lists_by_slug
from app.newsletters.rates import DOOR
from app.newsletters.service import Signup

bp = Blueprint("newsletters", __name__)

POST = ("POST", "OPTIONS")


@localized(bp, "/newsletters/<slug>/subscribe", methods=POST)
@access("public", allowed_sites=True)
def subscribe(slug: str) -> ResponseReturnValue:
    """Take a sign-up for one list."""
    if request.method == "OPTIONS":
        return embed_answering.preflight()
    newsletter = lists_by_slug(db.database).get(slug)
    if newsletter is None:
        abort(HTTPStatus.NOT_FOUND)
    form = read_signup(request)
    return _answer(form, (slug,), "article" if form.from_path else "list")


@localized(bp, "/newsletters/subscribe", methods=POST)
@access("public", allowed_sites=True)
def subscribe_to_several() -> ResponseReturnValue:
    """Take a sign-up for every list ticked."""
    if request.method == "OPTIONS":
        return embed_answering.preflight()
    form = read_signup(request)
    return _answer(form, form.slugs, "lists")


def _answer(form: SignupForm, slugs: tuple[str, ...], name: str) -> ResponseReturnValue:
    place = place_of(name, form.from_path)
    slugs = tuple(map(_present, slugs))
    try:
        signup = _signup(form, slugs, place)
    except FieldError as error:
        return _refused(form, slugs, error, place, several=name == "lists")
    if is_tight(db.database, DOOR):
        proved = proving.proved(signup)
        if proved is None:
            return proving.ask(signup)
        signup = proved
    token = answering.keep(signup)
    if token is None:
        return answering.too_many(signup)
    waiting = url_for("waiting.show", token=token)
    if answering.wants_json():
        return jsonify({"state": "sent", "waiting": waiting})
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": waiting})


def _present(slug: str) -> str:
    """Return the slug of the list that has this one, or had it; any other as it is."""
    found = lists_by_slug(db.database).get(slug)
    return found.slug if found is not None else slug


def _signup(form: SignupForm, slugs: tuple[str, ...], place: Place) -> Signup:
    lists = _open_lists(slugs)
    place.refuse_others(lists)
    address = accepted_address(
        form.email,
        the_settings(),
        answering.the_mailboxes(),
        as_typed=form.as_typed,
    )
    return Signup(
        kind="trap" if form.trapped else "signup",
        address=address.text,
        address_key=address.key,
        lists=tuple(one.id for one in lists),
        language=page_language(),
        from_path=place.from_path,
        form=place.form,
        network_hash=the_network(),
    )


def _open_lists(slugs: tuple[str, ...]) -> list[List]:
    known = lists_by_slug(db.database)
    if not slugs:
        raise FieldError("list", _("Please tick at least one newsletter."))
    if any(slug not in known for slug in slugs):
        raise FieldError("list", _("One of these newsletters is not ours."))
    if not all(known[slug].open for slug in slugs):
        raise FieldError("list", _("This newsletter takes no sign-ups at the moment."))
    return [known[slug] for slug in slugs]


def _refused(
    form: SignupForm, slugs: tuple[str, ...], error: FieldError, place: Place, *, several: bool
) -> ResponseReturnValue:
    """Answer 422: to a script in JSON, to a browser with the page that the form stands on."""
    if answering.wants_json():
        said: dict[str, object] = {"errors": {error.field: error.message}}
        if error.suggestion:
            said["suggestion"] = {"email": error.suggestion}
        return jsonify(said), HTTPStatus.UNPROCESSABLE_ENTITY
    refused = RefusedForm(
        slugs=slugs,
        several=several,
        value=form.email,
        error=error.message,
        suggestion=error.suggestion,
        from_path=form.from_path or "",
        language=page_language(),
        field=error.field,
    )
    page = None if place.embed and slugs else page_with(refused)
    page = page or _page_of_our_own(refused, place.query)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY, {"Cache-Control": "no-store"}


def _page_of_our_own(refused: RefusedForm, query: dict[str, Any]) -> str:
    known = lists_by_slug(db.database)
    names = [known[slug].name(refused.language) for slug in refused.slugs if slug in known]
    action = (
        url_for("newsletters.subscribe_to_several", list=refused.slugs, **query)
        if refused.several
        else url_for("newsletters.subscribe", slug=refused.slugs[0], **query)
    )
    form = NewsletterForm(
        slug=refused.slugs[0] if refused.slugs else "",
        name=", ".join(names) or _("Newsletters"),
        description="",
        cadence="",
        action=action,
        from_path=refused.from_path,
        field_id="email",
        value=refused.value,
        error=refused.error,
        suggestion=refused.suggestion,
    )
    return render_template("newsletters/form_error.html", form=form, meta=PageMeta(form.name))


bp.after_request(embed_answering.share)
