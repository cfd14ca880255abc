"""Names on the supporters' wall: cleaned, one for each person, gone at once when withdrawn.

A new name needs no hurry: the page looks again every minute. What a supporter takes back or
changes is on no page from then on, so the version that pages are kept by moves with it.
"""

import re
import unicodedata
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from app.articles.versions import bump
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.orm import insert_for, table_of
from app.memberships.gifts.models import WallName
from app.memberships.wall_links import leads_away
from app.people.models import Person

LONGEST = 80

_MARKS_IN_A_ROW = 4

# Blanks that Unicode counts as letters or signs, and what it says is not to be drawn at all; of
# the latter, marks that turn the text around are parted by, as other controls are.
_BLANK = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def cleaned(text: str) -> str:
    """Return a name as it is kept: composed, on one line, without what cannot be seen."""
    composed = unicodedata.normalize("NFC", _UNSEEN.sub("", _BLANK.sub(" ", text)))
    seen = "".join(sign if sign.isprintable() else " " for sign in composed)
    return " ".join(seen.split())


def accepted_name(text: str, field: str = "wall_name") -> str:
    """Return a typed name as the wall takes it; empty for none.

    Raises:
        FieldError: With one sentence for whoever typed it.
    """
    name = cleaned(text)
    if len(name) > LONGEST:
        raise FieldError(field, _("A name on the wall has at most 80 characters."))
    if leads_away(name):
        raise FieldError(field, _("A name on the wall holds no address and no link."))
    if name and not _is_name(name):
        raise FieldError(field, _("Please write a name in letters."))
    return name


def put(session: Session, person_id: int, name: str, at: datetime) -> bool:
    """List a person by the name that they wanted at a moment; the caller commits.

    The latest wish holds, whatever order wishes arrive in. Nobody who was erased is listed.

    Returns:
        Whether the wall changed.
    """
    name = _listable(name)
    if not name or not _is_there(session, person_id):
        return False
    before = name_of(session, person_id)
    connection = session.connection()
    row = insert_for(session)(table_of(WallName)).values(
        person_id=person_id, name=name, listed_at=at
    )
    put_up = row.on_conflict_do_update(
        index_elements=["person_id"],
        set_={"name": row.excluded.name, "listed_at": row.excluded.listed_at},
        where=WallName.listed_at < row.excluded.listed_at,
    )
    counting = {"preserve_rowcount": True}
    changed = bool(connection.execute(put_up, execution_options=counting).rowcount)
    if changed and before not in {None, name}:
        bump(session)
    return changed


def rename(session: Session, person_id: int, name: str) -> bool:
    """Give a person who is listed another name at the same place; tell whether there was one."""
    changed = session.scalars(
        update(table_of(WallName))
        .where(_is(person_id))
        .values(name=name)
        .returning(WallName.person_id)
    ).all()
    if changed:
        bump(session)
    return bool(changed)


def withdraw(session: Session, person_id: int, now: datetime) -> bool:  # noqa: ARG001 - as its neighbours
    """Take a person's name down, from every page at once; tell whether there was one."""
    gone = session.scalars(
        delete(table_of(WallName)).where(_is(person_id)).returning(WallName.person_id)
    ).all()
    if gone:
        bump(session)
    return bool(gone)


def name_of(session: Session, person_id: int) -> str | None:
    """Return the name that a person is listed by, if they are."""
    return session.scalar(select(WallName.name).where(_is(person_id)))


def _is(person_id: int) -> ColumnElement[bool]:
    return WallName.person_id == person_id


def _listable(name: str) -> str:
    """Return a name that the wall takes, or nothing: whoever typed it is not there to be asked."""
    name = cleaned(name)[:LONGEST].rstrip()
    return name if _is_name(name) and not leads_away(name) else ""


def _is_name(name: str) -> bool:
    """Tell whether a name has a letter in it, and no tower of accents upon one."""
    marks = "".join("m" if unicodedata.combining(sign) else "." for sign in name)
    return any(sign.isalpha() for sign in name) and "m" * _MARKS_IN_A_ROW not in marks


def _is_there(session: Session, person_id: int) -> bool:
    found = select(Person.id).where(Person.id == person_id, Person.erased_at.is_(None))
    return session.scalar(found) is not None
