"""Newsletters closed and opened, and put into an order."""

from http import HTTPStatus

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.lists.views import done, kept, the_list, write_down
from app.desk.notices import tell
from app.extensions import db
from app.newsletters import arranging
from app.newsletters.queries import read_lists
from app.newsletters.standing import Standing, standings
from app.people.audit import Deed

bp = Blueprint("desk_list_acts", __name__)


@localized(bp, "/desk/newsletters/<slug>/close/")
@access("staff")
def closing(slug: str) -> ResponseReturnValue:
    """Ask whether a list is closed, and say what that ends and what stays."""
    one = the_list(slug)
    count = standings(db.session, one.id).get(one.id, Standing()).confirmed
    return confirm_page(
        Question(
            title=_("Close a newsletter"),
            sentence=_(
                "Close %(name)s: it takes no sign-ups any more.",
                name=in_language(one.name, page_language()),
            ),
            more=(
                _("Its forms vanish from every page, at once."),
                _("Its %(count)s subscribers stay, and its archive too.", count=f"{count:,}"),
                _("It can be opened again at any time."),
            ),
            action=url_for("desk_list_acts.close", slug=slug),
            button=_("Close it"),
            back=url_for("desk_lists.show", slug=slug),
        )
    )


@localized(bp, "/desk/newsletters/<slug>/close/", methods=("POST",))
@access("staff")
def close(slug: str) -> ResponseReturnValue:
    """Close a list."""
    return _set_open(slug, is_open=False)


@localized(bp, "/desk/newsletters/<slug>/open/", methods=("POST",))
@access("staff")
def open_(slug: str) -> ResponseReturnValue:
    """Open a list."""
    return _set_open(slug, is_open=True)


def _set_open(slug: str, *, is_open: bool) -> ResponseReturnValue:
    one = the_list(slug)
    before = kept(one)
    arranging.set_open(db.session, slug, is_open=is_open)
    what = "newsletter.opened" if is_open else "newsletter.closed"
    said = _("The newsletter takes sign-ups.") if is_open else _("The newsletter is closed.")
    undo = url_for("desk_list_acts.close" if is_open else "desk_list_acts.open_", slug=slug)
    return done(one, what, before, said, undo)


@localized(bp, "/desk/newsletters/order/")
@access("staff")
def ordering() -> ResponseReturnValue:
    """Show the order of the lists, to be changed by dragging or by buttons."""
    lists = [(one.slug, one.name(page_language())) for one in read_lists(db.session)]
    return desk_page("desk/lists/order.html", _("Order of the newsletters"), lists=lists)


@localized(bp, "/desk/newsletters/order/", methods=("POST",))
@access("staff")
def order() -> ResponseReturnValue:
    """Put the lists into an order."""
    before = [one.slug for one in read_lists(db.session)]
    known = set(before)
    told = request.values.get("order", "").split(",")
    wanted = [slug for slug in told if slug in known] or before
    wanted = _moved([*wanted, *(slug for slug in before if slug not in wanted)])
    arranging.order_lists(db.session, wanted)
    deed = Deed("newsletters.ordered", "newsletters", before={"order": before})
    write_down(deed, {"order": wanted})
    answer = make_response(redirect(url_for("desk_list_acts.ordering"), HTTPStatus.SEE_OTHER))
    undo = url_for("desk_list_acts.order", order=",".join(before))
    return tell(answer, _("The newsletters stand in this order."), undo)


def _moved(slugs: list[str]) -> list[str]:
    """Return the order after the button that was pressed: `up:slug` or `down:slug`."""
    where, _colon, slug = request.form.get("move", "").partition(":")
    if slug in slugs and where in {"up", "down"}:
        place = slugs.index(slug)
        slugs.remove(slug)
        slugs.insert(max(0, place - 1 if where == "up" else place + 1), slug)
    return slugs
