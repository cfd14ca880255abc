"""The lists around imports of members: past ones, and what could not be taken."""

from flask import url_for
from sqlalchemy import func, select

from app.core.languages import gettext as _
from app.desk.imports import words as import_words
from app.desk.imports.reasons import REASONS
from app.desk.imports.tables import HASH_DIGITS, number, shown_state
from app.desk.listing import Cell, Column, Table
from app.memberships.imports.models import MemberUpload, MemberUploadProblem


def member_imports() -> Table:
    """Return every file of members that was brought to the desk."""
    one = MemberUpload
    words = import_words.states()
    return Table(
        name="member-imports",
        rows=select(one.id, one),
        key=one.id,
        columns=(
            Column(
                "file",
                lambda: _("File"),
                lambda row: Cell(
                    row.MemberUpload.file_name, url_for("desk_member_imports.show", number=row.id)
                ),
                one.file_name,
            ),
            Column(
                "state", lambda: _("State"), lambda row: shown_state(row.MemberUpload.state, words)
            ),
            Column(
                "brought",
                lambda: _("Begun"),
                lambda row: row.MemberUpload.brought_at,
                one.brought_at,
            ),
            Column(
                "who",
                lambda: _("By whom"),
                lambda row: row.MemberUpload.done_by or row.MemberUpload.brought_by,
                func.coalesce(one.done_by, one.brought_by),
            ),
            number("rows", lambda: _("Rows"), one.rows),
            number("problems", lambda: _("Not taken"), one.problems),
            Column(
                "hash",
                lambda: _("Hash of the file"),
                lambda row: row.MemberUpload.file_hash[:HASH_DIGITS],
            ),
        ),
        order="-brought",
        empty=lambda: _(
            "No file of members has been brought in yet. It needs an address, a first day and an "
            "end in each row."
        ),
        search=lambda words: one.file_name.icontains(words, autoescape=True),
        search_title=lambda: _("Name of the file"),
    )


def member_problems(upload_id: int) -> Table:
    """Return which lines of a file of members cannot be taken, and why."""
    one = MemberUploadProblem
    return Table(
        name=f"members-{upload_id}-not-taken",
        rows=select(one.id, one.line, one.reason).where(one.upload_id == upload_id),
        key=one.id,
        columns=(
            Column("line", lambda: _("Line"), lambda row: str(row.line), one.line, numeric=True),
            Column("reason", lambda: _("Why"), lambda row: REASONS.told(row.reason), one.reason),
        ),
        order="line",
        empty=lambda: _("Every row of the file could be taken."),
        search=lambda words: one.reason.icontains(words, autoescape=True),
        search_title=lambda: _("Reason"),
    )
