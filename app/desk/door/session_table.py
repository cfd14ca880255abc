"""The browsers in which one is signed in, as a list."""

from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import Row, func

from app.core.languages import gettext as _
from app.desk.listing import Cell, Column, Table
from app.people.staff_models import StaffSession
from app.people.staff_queries import open_sessions_asked


def sessions_table(staff_id: int, present: int, now: datetime) -> Table:
    """Return the sessions of one member of staff that are open.

    Args:
        staff_id: Whose.
        present: The session that asks.
        now: Which are open then.
    """

    def device(row: Row[Any]) -> Cell:
        name = row.device or _("unknown")
        is_this_one = row.id == present
        return Cell(_("%(name)s (this one)", name=name) if is_this_one else name,
                    mark="ok" if is_this_one else "")  # fmt: skip

    def end(row: Row[Any]) -> Cell:
        return Cell(_("Sign it out"), url_for("desk_sessions.ask", session_id=row.id))

    one = StaffSession
    return Table(
        name="sessions",
        rows=open_sessions_asked(staff_id, now).with_only_columns(
            one.id, one.device, one.created_at, one.seen_at
        ),
        key=one.id,
        columns=(
            Column("browser", lambda: _("Browser"), device, one.device),
            Column("signed-in", lambda: _("Signed in"), lambda row: row.created_at,
                   one.created_at),
            Column("seen", lambda: _("Last seen"), lambda row: row.seen_at,
                   one.seen_at),
            Column("end", lambda: _("Action"), end),
        ),
        order="-seen",
        empty=lambda: _("You are signed in nowhere."),
        search=lambda words: func.lower(one.device).contains(words.lower(), autoescape=True),
        search_title=lambda: _("Browser"),
    )  # fmt: skip
