"""What was wrong and is right now, said to readers under the text. Callers commit."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.editing_models import Correction
from app.articles.models import Edition
from app.articles.picture_intake import one_line
from app.articles.reads import CorrectionRead
from app.articles.versions import bump
from app.core.errors import FieldError
from app.core.languages import gettext as _

LONGEST_NOTE = 600


def checked_note(text: str) -> str:
    """Return a sentence for readers as it will stand.

    Raises:
        FieldError: It is missing or too long.
    """
    note = one_line(text)
    if not note:
        raise FieldError("note", _("Say in a sentence what was wrong and what is right."))
    if len(note) > LONGEST_NOTE:
        raise FieldError("note", _("It is longer than %(most)d signs.", most=LONGEST_NOTE))
    return note


def add_note(session: Session, edition: Edition, note: str, staff_id: int, now: datetime) -> None:
    """Put a note under the text of an edition; it has been checked."""
    session.add(Correction(edition_id=edition.id, note=note, noted_at=now, staff_id=staff_id))
    edition.updated_at = now
    session.flush()
    bump(session)


def notes_of(session: Session, edition_id: int) -> list[CorrectionRead]:
    """Return the notes under an edition, oldest first."""
    rows = session.execute(
        select(Correction.noted_at, Correction.note)
        .where(Correction.edition_id == edition_id)
        .order_by(Correction.noted_at, Correction.id)
    )
    return [CorrectionRead(*row) for row in rows]
