"""Work that was set aside: looked at, tried again, or dropped."""

from typing import Any

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError

from app.core import jobs, parking
from app.core.clock import now
from app.core.job_rows import JobRow
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.answers import then
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.house.attention_tables import parked_table
from app.desk.list_pages import list_page
from app.desk.moments import shown_moment
from app.extensions import db
from app.people.acting import the_actor
from app.people.audit import Deed, record

bp = Blueprint("desk_parked", __name__)

PATH = "/desk/attention/parked/<table>/<int:row_id>/"
LIST = "desk_parked.parked"


@localized(bp, "/desk/attention/parked/")
@access("membership")
def parked() -> ResponseReturnValue:
    """Show all work that was set aside."""
    return list_page("desk/house/list.html", _("Work that was set aside"), parked_table())


@localized(bp, PATH)
@access("membership")
def look(table: str, row_id: int) -> ResponseReturnValue:
    """Show one row, why it failed, and what can be done with it."""
    row = _row(_table(table), row_id)
    return desk_page(
        "desk/house/parked.html",
        _("Work that was set aside: %(name)s", name=f"{table} {row_id}"),
        row=row,
        since=shown_moment(row.parked_at),
        retry_url=url_for("desk_parked.retry", table=table, row_id=row_id),
        drop_url=url_for("desk_parked.ask_drop", table=table, row_id=row_id),
        back_url=url_for(LIST),
    )


@localized(bp, f"{PATH}retry/", methods=("POST",))
@access("membership")
def retry(table: str, row_id: int) -> ResponseReturnValue:
    """Make a row due at once, with all its tries."""
    leased, moment = _table(table), now(db.session)
    try:
        found = parking.try_again(db.session, leased, row_id, moment)
    except IntegrityError:
        db.session.rollback()
        words = _("The same work is waiting already, so this row stays set aside: drop it.")
        return then("desk_parked.look", words, table=table, row_id=row_id)
    if not found:
        return then(LIST, _("That row is not set aside any more."))
    if table == JobRow.__tablename__:
        jobs.run_later(db.session, row_id)
    _note("parked.tried-again", table, row_id)
    db.commit()
    return then(LIST, _("%(name)s is tried again now.", name=f"{table} {row_id}"))


@localized(bp, f"{PATH}drop/")
@access("membership")
def ask_drop(table: str, row_id: int) -> ResponseReturnValue:
    """Ask whether a row is really not to be done."""
    _row(_table(table), row_id)
    return confirm_page(
        Question(
            title=_("Drop work"),
            sentence=_("Drop %(name)s, without doing it.", name=f"{table} {row_id}"),
            action=url_for("desk_parked.drop", table=table, row_id=row_id),
            button=_("Drop it"),
            back=url_for("desk_parked.look", table=table, row_id=row_id),
            more=(_("It is never tried again. Its last error is kept."),),
        )
    )


@localized(bp, f"{PATH}drop/", methods=("POST",))
@access("membership")
def drop(table: str, row_id: int) -> ResponseReturnValue:
    """Close a row undone."""
    if not parking.discard(db.session, _table(table), row_id, now(db.session)):
        return then(LIST, _("That row is not set aside any more."))
    _note("parked.dropped", table, row_id)
    db.commit()
    return then(LIST, _("%(name)s was dropped.", name=f"{table} {row_id}"))


def _table(name: str) -> Table:
    found = parking.leased_tables().get(name)
    if found is None:
        abort(404)
    return found


def _row(table: Table, row_id: int) -> Any:  # noqa: ANN401 - a row of five columns
    columns = table.c
    asked = select(
        columns.id, columns.attempts, columns.lost, columns.parked_at, columns.last_error
    ).where(columns.id == row_id, columns.parked_at.is_not(None), columns.done_at.is_(None))
    found = db.session.execute(asked).one_or_none()
    if found is None:
        abort(404)
    return found


def _note(what: str, table: str, row_id: int) -> None:
    record(db.session, the_actor(), Deed(what, f"{table}:{row_id}"), now(db.session))
