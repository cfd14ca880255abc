"""Two people who are one: merged, with a preview of all that follows, and undone within a month.

What changes hands is kept by its ids, so that undoing gives back just that, as it stands by then.
Merges are undone in the reverse of their order: the latest that either had a part in comes first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.core.errors import UnwalledError
from app.core.languages import gettext as _
from app.core.orm import table_of
from app.core.retention import Counts, Part
from app.people.audit import Deed
from app.people.changing_hands import AT_ONCE
from app.people.merge_models import Merge
from app.people.models import Person
from app.people.registers import Pair, Registers, Told

UNDO_FOR = timedelta(days=30)

Why = Literal["same", "unknown", "erased", "merged", "refused", "late", "undone", "later"]


class NotMergedError(UnwalledError):
    """Two people are not merged, or a merge is not undone; the sentence says why.

    Attributes:
        why: In one word.
    """

    def __init__(self, why: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that stands.

    Attributes:
        id: Of its row.
        is_new: Whether it was done just now; asking again does nothing.
    """

    id: int
    is_new: bool


def merge(session: Session, registers: Registers, pair: Pair, done_by: str) -> Merged:
    """Make over what one person has to the other.

    Of several at once one is done after the other; what has been done is not done again.

    Args:
        session: Writing; flushed, not committed.
        registers: What each feature makes over.
        pair: Who goes, and who stays.
        done_by: The actor, as the audit names them.

    Raises:
        NotMergedError: It cannot be; nothing was changed.
    """
    people = hold(session, pair)
    standing = _standing(session, pair.from_id)
    if standing is not None and people[pair.from_id].merged_into_id == pair.into_id:
        return Merged(standing.id, is_new=False)
    _refuse(session, registers, pair, people)
    session.flush()
    moved = {one.name: one.merge(session, pair) for one in registers.mergers}
    row = Merge(
        from_id=pair.from_id,
        into_id=pair.into_id,
        merged_at=pair.now,
        done_by=done_by,
        moved=moved,
    )
    session.add(row)
    session.flush()
    session.expire_all()
    return Merged(row.id, is_new=True)


def preview(session: Session, registers: Registers, pair: Pair) -> list[Told]:
    """Say in words what a merge would do, by topic; reads only.

    Raises:
        NotMergedError: It cannot be.
    """
    found = session.scalars(select(Person).where(Person.id.in_((pair.from_id, pair.into_id))))
    _refuse(session, registers, pair, {one.id: one for one in found})
    return [told for one in reversed(registers.mergers) for told in one.preview(session, pair)]


def undo(
    session: Session, registers: Registers, merge_id: int, undone_by: str, now: datetime
) -> list[str]:
    """Take a merge back: each has again what was theirs.

    Args:
        session: Writing; flushed, not committed.
        registers: What each feature gives back.
        merge_id: Which.
        undone_by: The actor, as the audit names them.
        now: The domain's present moment.

    Returns:
        In sentences, what stays with the one who stayed, as it came since.

    Raises:
        NotMergedError: It cannot be undone, or not any more; nothing was changed.
    """
    row = _undoable(session, merge_id, now, for_update=True)
    pair = Pair(row.from_id, row.into_id, now)
    stays = _stays(session, registers, row, pair)
    for one in reversed(registers.mergers):
        one.undo(session, pair, row.moved[one.name])
    session.execute(
        update(table_of(Merge))
        .where(Merge.id == merge_id)
        .values(undone_at=now, undone_by=undone_by, moved={})
    )
    session.flush()
    session.expire_all()
    return stays


def undoing(session: Session, registers: Registers, merge_id: int, now: datetime) -> list[str]:
    """Say in words what undoing a merge would leave as it is; reads only.

    Raises:
        NotMergedError: It cannot be undone, or not any more.
    """
    row = _undoable(session, merge_id, now, for_update=False)
    return _stays(session, registers, row, Pair(row.from_id, row.into_id, now))


def merged(merge_id: int, pair: Pair) -> Deed:
    """Return what the log says of a merge."""
    before = {"from_id": pair.from_id, "into_id": pair.into_id}
    after = {"person_id": pair.into_id}
    return Deed("person.merged", f"merge:{merge_id}", pair.into_id, before, after)


def parted(merge_id: int, pair: Pair) -> Deed:
    """Return what the log says of a merge that is undone."""
    after = {"from_id": pair.from_id, "into_id": pair.into_id}
    before = {"person_id": pair.into_id}
    return Deed("person.parted", f"merge:{merge_id}", pair.into_id, before, after)


def forget(session: Session, people: Sequence[int]) -> None:
    """Empty what is kept of the merges of people who are erased: nothing brings them back."""
    concerned = or_(Merge.from_id.in_(people), Merge.into_id.in_(people))
    session.execute(update(table_of(Merge)).where(concerned).values(moved={}))


def forgetting() -> Part:
    """Return the part of retention that empties what was moved, once nobody can undo it."""

    def old(before: datetime) -> Any:  # noqa: ANN401 - a statement
        asked = select(Merge.id, Merge.moved).where(Merge.merged_at < before)
        return asked.where(Merge.undone_at.is_(None)).order_by(Merge.id)

    def count(session: Session, before: datetime) -> Counts:
        return {"rows": sum(bool(row.moved) for row in session.execute(old(before)))}

    def run(session: Session, before: datetime, _now: datetime) -> Counts:
        ids = [row.id for row in session.execute(old(before)) if row.moved][:AT_ONCE]
        session.execute(update(table_of(Merge)).where(Merge.id.in_(ids)).values(moved={}))
        return {"rows": len(ids)}

    return Part("what merges moved", UNDO_FOR, count, run)


def hold(session: Session, pair: Pair) -> dict[int, Person]:
    """Hold both people, in the order of all who hold several, and return them as they are now."""
    asked = select(Person).where(Person.id.in_((pair.from_id, pair.into_id))).order_by(Person.id)
    held = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {one.id: one for one in session.scalars(held)}


def _standing(session: Session, from_id: int) -> Merge | None:
    asked = select(Merge).where(Merge.from_id == from_id, Merge.undone_at.is_(None))
    return session.scalars(asked).one_or_none()


def _refuse(
    session: Session, registers: Registers, pair: Pair, people: Mapping[int, Person]
) -> None:
    """Raise if two people cannot be merged."""
    if pair.from_id == pair.into_id:
        raise NotMergedError("same", _("These are one person already."))
    if len(people) < 2:  # noqa: PLR2004 - two people
        raise NotMergedError("unknown", _("There is nobody like that to merge."))
    if any(one.erased_at is not None for one in people.values()):
        raise NotMergedError(
            "erased", _("Who was erased is nobody any more, and cannot be merged.")
        )
    if any(one.merged_into_id is not None for one in people.values()):
        sentence = _("One of them was merged into another person before: choose that other person.")
        raise NotMergedError("merged", sentence)
    for merger in registers.mergers:
        if (refused := merger.refused(session, pair)) is not None:
            raise NotMergedError("refused", refused)


def _undoable(session: Session, merge_id: int, now: datetime, *, for_update: bool) -> Merge:
    row = session.get(Merge, merge_id, populate_existing=True)
    if row is None:
        raise NotMergedError("unknown", _("There is no such merge."))
    pair = Pair(row.from_id, row.into_id, now)
    if for_update:
        people = hold(session, pair)
        session.refresh(row, with_for_update=True)
    else:
        people = {one: session.get_one(Person, one) for one in (row.from_id, row.into_id)}
    if row.undone_at is not None:
        raise NotMergedError("undone", _("This merge has been undone already."))
    if any(one.erased_at is not None for one in people.values()):
        sentence = _("They were erased since: nothing of either is left that could come back.")
        raise NotMergedError("erased", sentence)
    if now - row.merged_at >= UNDO_FOR:
        raise NotMergedError("late", _("A merge can be undone for 30 days; they are over."))
    if _later(session, row):
        sentence = _("One of them was merged again since: undo that first.")
        raise NotMergedError("later", sentence)
    return row


def _later(session: Session, row: Merge) -> bool:
    """Tell whether either had a part in a merge that came after and stands."""
    both = (row.from_id, row.into_id)
    has_part = or_(Merge.from_id.in_(both), Merge.into_id.in_(both))
    later = select(Merge.id).where(has_part, Merge.id > row.id, Merge.undone_at.is_(None))
    return session.scalar(later.limit(1)) is not None


def _stays(session: Session, registers: Registers, row: Merge, pair: Pair) -> list[str]:
    return [
        sentence
        for one in registers.mergers
        for sentence in one.stays(session, pair, row.moved[one.name], row.merged_at)
    ]
