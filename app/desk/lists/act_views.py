"""Newsletters closed and opened, and put into an order."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.desk.confirming import Question, confirm_page
from app.desk.lists.views import done, kept, the_list
from app.extensions import db
from app.newsletters import arranging
from app.newsletters.standing import Standing, standings

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
