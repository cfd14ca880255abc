"""Sections, tiers and newsletters, each put into order in one and the same way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from app.articles import catalogue, cataloguing
from app.core.answering import page_language
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.core.seen import ChangedMeanwhileError, mark_of
from app.desk.chrome import desk_page
from app.desk.notices import tell
from app.desk.ordering import moved, readable
from app.desk.recording import note
from app.extensions import db
from app.memberships import tiering
from app.newsletters import arranging
from app.newsletters.queries import read_lists

bp = Blueprint("desk_orders", __name__)

Words = tuple[str, str]
"""A key, and what it is called in the language of the page."""


@dataclass(frozen=True, slots=True)
class Orderable:
    """What is put into an order.

    Attributes:
        name: Of the thing in the audit log, and of the view that shows it.
        title: Of the page.
        shows: What the order decides, in a sentence.
        empty: Said where there is nothing yet.
        changed: Said to the second of two who change it at once.
        back: The view of the list it belongs to.
        read: Returns the keys and names in their present order.
        write: Sets the order of all keys; raises if it is not the one that `seen` marks.
    """

    name: str
    title: LazyString
    shows: LazyString
    empty: LazyString
    changed: LazyString
    back: str
    read: Callable[[Session, str], list[Words]]
    write: Callable[[Session, Sequence[str], str], None]


def _sections(session: Session, language: str) -> list[Words]:
    return [(one.slug, in_language(one.name, language)) for one in catalogue.sections(session)]


def _tiers(session: Session, language: str) -> list[Words]:
    return [(one.key, in_language(one.name, language)) for one in tiering.kept_tiers(session)]


def _newsletters(session: Session, language: str) -> list[Words]:
    return [(one.slug, one.name(language)) for one in read_lists(session)]


SECTIONS = Orderable(
    "sections",
    lazy_gettext("Order of the sections"),
    lazy_gettext("The masthead and the front page show the sections in this order."),
    lazy_gettext("There is no section yet, and every article needs one: make the first."),
    lazy_gettext("Somebody else has changed the sections meanwhile. This is how they stand."),
    "desk_catalogue.sections",
    _sections,
    cataloguing.order_sections,
)
TIERS = Orderable(
    "tiers",
    lazy_gettext("Order of the tiers"),
    lazy_gettext(
        "In this order the desk shows the tiers; readers see them from the smallest amount to "
        "the largest."
    ),
    lazy_gettext("There is no tier yet."),
    lazy_gettext("Somebody else has changed the tiers meanwhile. This is how they stand."),
    "desk_tiers.index",
    _tiers,
    tiering.order_tiers,
)
NEWSLETTERS = Orderable(
    "newsletters",
    lazy_gettext("Order of the newsletters"),
    lazy_gettext(
        "In this order they stand on the page of newsletters and in the settings of readers. "
        "Move one by its buttons, or drag it."
    ),
    lazy_gettext("There is no newsletter yet. Make the first one."),
    lazy_gettext("Somebody else has changed the newsletters meanwhile. This is how they stand."),
    "desk_lists.index",
    _newsletters,
    arranging.order_lists,
)


@localized(bp, "/desk/sections/order/")
@access("editor")
def sections() -> ResponseReturnValue:
    """Show the sections to be put into order."""
    return _page(SECTIONS)


@localized(bp, "/desk/sections/order/", methods=("POST",))
@access("editor")
def order_sections() -> ResponseReturnValue:
    """Put the sections into an order."""
    return _put(SECTIONS)


@localized(bp, "/desk/tiers/order/")
@access("membership")
def tiers() -> ResponseReturnValue:
    """Show the tiers to be put into order."""
    return _page(TIERS)


@localized(bp, "/desk/tiers/order/", methods=("POST",))
@access("membership")
def order_tiers() -> ResponseReturnValue:
    """Put the tiers into an order."""
    return _put(TIERS)


@localized(bp, "/desk/newsletters/order/")
@access("staff")
def newsletters() -> ResponseReturnValue:
    """Show the newsletters to be put into order."""
    return _page(NEWSLETTERS)


@localized(bp, "/desk/newsletters/order/", methods=("POST",))
@access("staff")
def order_newsletters() -> ResponseReturnValue:
    """Put the newsletters into an order."""
    return _put(NEWSLETTERS)


def _put(kind: Orderable) -> ResponseReturnValue:
    """Set an order: sent whole by a form, or by the notice that takes the last one back."""
    asked = request.values
    before = [key for key, _name in kind.read(db.session, page_language())]
    way, _colon, key = asked.get("move", "").partition(":")
    after = moved(readable(asked.get("order", "")), asked.get("move", ""))
    try:
        kind.write(db.session, after, asked.get("seen", ""))
    except ChangedMeanwhileError:
        db.only_read()
        return _page(kind, HTTPStatus.CONFLICT, kind.changed)
    deed = f"{kind.name}.ordered"
    note(deed, kind.name, now(db.session), {"order": before}, {"order": after})
    db.commit()
    address = url_for(f".{kind.name}", at=key or None, way=way or None)
    undo = url_for(f".order_{kind.name}", order=",".join(before), seen=mark_of(after))
    answer = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    return tell(answer, _("The order is changed."), undo)


def _page(kind: Orderable, status: int = HTTPStatus.OK, trouble: object = "") -> Response:
    items = kind.read(db.session, page_language())
    keys = [key for key, _name in items]
    return desk_page(
        "desk/order.html",
        str(kind.title),
        status,
        kind=kind,
        items=[(key, name, "") for key, name in items],
        order=",".join(keys),
        seen=mark_of(keys),
        at=request.args.get("at", ""),
        way=request.args.get("way", ""),
        trouble=trouble,
    )
