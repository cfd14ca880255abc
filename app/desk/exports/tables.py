"""The list of files that were prepared."""

from flask import url_for
from sqlalchemy import select

from app.core.languages import gettext as _
from app.desk.exports import words as export_words
from app.desk.exports.models import PreparedExport
from app.desk.exports.preparing import KEPT
from app.desk.listing import Cell, Column, Filter, Table

MARKS = {"ready": "ok", "preparing": "pend", "failed": "err"}


def prepared() -> Table:
    """Return every file that was asked for, the newest first."""
    one = PreparedExport
    kinds, states = export_words.kinds(), export_words.states()
    return Table(
        name="exports",
        rows=select(one.id, one),
        key=one.id,
        columns=(
            Column(
                "file",
                lambda: _("File"),
                lambda row: Cell(
                    row.PreparedExport.file_name, url_for("desk_exports.show", number=row.id)
                ),
                one.file_name,
            ),
            Column("what", lambda: _("What"), lambda row: kinds[row.PreparedExport.kind], one.kind),
            Column(
                "state",
                lambda: _("State"),
                lambda row: Cell(
                    states[row.PreparedExport.state], mark=MARKS.get(row.PreparedExport.state, "")
                ),
            ),
            Column(
                "rows",
                lambda: _("Rows"),
                lambda row: f"{row.PreparedExport.total:,}",
                one.total,
                numeric=True,
            ),
            Column(
                "asked",
                lambda: _("Asked for"),
                lambda row: row.PreparedExport.asked_at,
                one.asked_at,
            ),
            Column(
                "who", lambda: _("By whom"), lambda row: row.PreparedExport.asked_by, one.asked_by
            ),
            Column(
                "until",
                lambda: _("Kept until"),
                lambda row: row.PreparedExport.ready_at and row.PreparedExport.ready_at + KEPT,
                one.ready_at,
            ),
        ),
        order="-asked",
        empty=lambda: _(
            "No file is prepared. Small ones come at once; larger ones are prepared, and wait here "
            "for seven days."
        ),
        search=lambda words: one.file_name.icontains(words, autoescape=True),
        search_title=lambda: _("Name of the file"),
        filters=(
            Filter(
                "kind",
                lambda: _("What"),
                (("", _("all")), *kinds.items()),
                lambda value: one.kind == value,
            ),
        ),
    )
