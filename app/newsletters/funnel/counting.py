"""Counting the funnel from the rows of what happened, day by day of the newsroom's zone.

Everything counts on the day on which it happened, however long ago it was asked for:

- asked: somebody began to wait for a list's confirmation (consent `asked`). Asking again while one
  waits, or for what one has, is nothing new; nor is what a closed or trapped form sent.
- accepted: the relay took the first mail that confirms it, no more than `ACCEPTED_WITHIN` after.
  Where a mail that confirms all that waits had left before, it is the moment of asking.
- confirmed: consent `confirmed` that answers an `asked`. Coming back by a preference page or by
  taking an unsubscription back follows no form, so it is not counted.
- unsubscribed: consent `unsubscribed`, by whatever way, of somebody who had only asked as well; not
  by an import, which tells of people who left elsewhere.

The page and the form are those of the last `asked` (or import) before. Of people who are erased
these rows stay. Counting a day again gives the same, until the rows are deleted: by then, after
`OPEN_DAYS`, the day is no longer counted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.days import A_DAY, beginning_of, day_of
from app.core.orm import insert_for, table_of
from app.mail.models import OutgoingMail
from app.mail.outbox import CONFIRM
from app.newsletters.deciding import HOLDS_FOR
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.models import Confirmation, Consent

OPEN_DAYS = 14
ACCEPTED_WITHIN = timedelta(days=4)
"""A capped mail leaves a day later, and a failing relay is tried for three."""

PEOPLE_AT_ONCE = 500
COLUMNS = ("asked", "accepted", "confirmed", "unsubscribed")
IMPORT = "import"
STEPS = ("asked", "confirmed", "unsubscribed", "bounced", "complained", "imported")
Key = tuple[int, date, str, str]
Numbers = Counter[tuple[Key, str]]

_before, _source = aliased(Consent), aliased(Consent)


def _last(kinds: Sequence[str]) -> Any:  # noqa: ANN401 - a subquery of one id
    """Return the id of the last of these that happened to the same person and list before."""
    return (
        select(func.max(_before.id))
        .where(
            _before.person_id == Consent.person_id,
            _before.newsletter_id == Consent.newsletter_id,
            _before.what.in_(kinds),
            _before.id < Consent.id,
        )
        .correlate(Consent)
        .scalar_subquery()
    )


_step = aliased(Consent)
_ENDS = (
    select(
        Consent.newsletter_id,
        Consent.what,
        Consent.happened_at,
        Consent.form,
        _source.form.label("source_form"),
        _source.from_path,
    )
    .outerjoin(_source, _source.id == _last(("asked", "imported")))
    .outerjoin(_step, _step.id == _last(STEPS))
    .where(
        Consent.happened_at >= bindparam("start"),
        Consent.happened_at < bindparam("end"),
        or_(
            (Consent.what == "unsubscribed") & (Consent.form != IMPORT),
            (Consent.what == "confirmed") & (_step.what == "asked"),
        ),
    )
)
_ASKED = (
    select(
        Consent.person_id,
        Consent.newsletter_id,
        Consent.happened_at,
        Consent.form,
        Consent.from_path,
    )
    .where(
        Consent.what == "asked",
        Consent.happened_at >= bindparam("start"),
        Consent.happened_at < bindparam("end"),
    )
    .order_by(Consent.person_id)
)
_PEOPLE: Any = bindparam("people", expanding=True)
_MAILS = select(OutgoingMail.person_id, OutgoingMail.context, OutgoingMail.sent_at).where(
    OutgoingMail.person_id.in_(_PEOPLE),
    OutgoingMail.created_at >= bindparam("since"),
    OutgoingMail.stream == CONFIRM,
    OutgoingMail.sent_at.is_not(None),
)
_OVER = select(Confirmation.id, Confirmation.used_at, Confirmation.ended_at).where(
    Confirmation.person_id.in_(_PEOPLE)
)


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are counted, in the newsroom's zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The first moment of the first day."""
        return beginning_of(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment after the last day."""
        return beginning_of(self.last + A_DAY, self.zone)

    def key(self, newsletter_id: int, moment: datetime, form: str, path: str | None) -> Key:
        """Return which row something counts in."""
        return newsletter_id, day_of(moment, self.zone), path or "", form


def last_days(now: datetime, zone: ZoneInfo, days: int) -> Window:
    """Return the last days, today among them; no more than are open."""
    today = day_of(now, zone)
    return Window(today - (min(days, OPEN_DAYS) - 1) * A_DAY, today, zone)


def counted(session: Session, window: Window) -> Numbers:
    """Return what happened on some days, by row and column; reads only."""
    found: Numbers = Counter()
    for one in session.execute(_ENDS, {"start": window.start, "end": window.end}):
        form = one.source_form or one.form
        found[window.key(one.newsletter_id, one.happened_at, form, one.from_path), one.what] += 1
    asked = {"start": window.start - ACCEPTED_WITHIN, "end": window.end}
    rows = session.execute(_ASKED, asked)
    for people in _by_person(rows):
        _count_asked(session, window, people, found)
    return found


def _by_person(rows: Any) -> Iterator[dict[int, list[Any]]]:  # noqa: ANN401 - rows of `_ASKED`
    """Yield what people asked for, so many people at once."""
    people: dict[int, list[Any]] = {}
    for row in rows:
        if row.person_id not in people and len(people) == PEOPLE_AT_ONCE:
            yield people
            people = {}
        people.setdefault(row.person_id, []).append(row)
    if people:
        yield people


def _count_asked(
    session: Session, window: Window, people: Mapping[int, list[Any]], found: Numbers
) -> None:
    mails = _mails(session, list(people), window.start - ACCEPTED_WITHIN - HOLDS_FOR - A_DAY)
    for person, rows in people.items():
        for row in rows:
            moments = {"asked": row.happened_at, "accepted": _accepted_at(row, mails[person])}
            for what, moment in moments.items():
                if moment is not None and window.start <= moment < window.end:
                    key = window.key(row.newsletter_id, moment, row.form, row.from_path)
                    found[key, what] += 1


Sent = tuple[datetime, datetime | None]


def _mails(session: Session, people: list[int], since: datetime) -> Mapping[int, list[Sent]]:
    """Return by person when confirmation mails were taken, and when what they open was over."""
    over = {
        row.id: min((one for one in (row.used_at, row.ended_at) if one), default=None)
        for row in session.execute(_OVER, {"people": people})
    }
    found: defaultdict[int, list[Sent]] = defaultdict(list)
    for row in session.execute(_MAILS, {"people": people, "since": since}):
        confirmation = row.context.get("confirmation_id")
        if confirmation in over:  # other mails of the stream confirm nothing
            found[row.person_id].append((row.sent_at, over[confirmation]))
    return found


def _accepted_at(asked: Any, mails: Sequence[Sent]) -> datetime | None:  # noqa: ANN401 - a row
    """Return when the first mail that confirms what was asked for had been taken."""
    at = asked.happened_at
    moments = [max(sent, at) for sent, over in mails if over is None or over > at]
    first = min(moments, default=None)
    return first if first is not None and first < at + ACCEPTED_WITHIN else None


def keep(session: Session, window: Window, found: Numbers) -> int:
    """Bring the rows of some days up to what was counted; what was seen stays.

    Flushed, not committed.

    Returns:
        How many rows were changed.
    """
    table = table_of(FunnelDay)
    known = {
        (row.newsletter_id, row.day, row.from_path, row.form): tuple(
            getattr(row, name) for name in COLUMNS
        )
        for row in session.execute(
            select(table).where(table.c.day >= window.first, table.c.day <= window.last)
        )
    }
    wanted = {
        key: tuple(found[key, name] for name in COLUMNS)
        for key in known.keys() | {key for key, _ in found}
    }
    changed = sorted(key for key in wanted if known.get(key) != wanted[key])
    if changed:
        rows = [_row(key, dict(zip(COLUMNS, wanted[key], strict=True))) for key in changed]
        session.connection().execute(_upsert(session), rows)
    empty = [table.c[name] == 0 for name in ("seen", *COLUMNS)]
    days = (table.c.day >= window.first, table.c.day <= window.last)
    session.execute(delete(table).where(*days, *empty))
    return len(changed)


def _row(key: Key, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {**dict(zip(("newsletter_id", "day", "from_path", "form"), key, strict=True)), **numbers}


def _upsert(session: Session) -> Any:  # noqa: ANN401 - either dialect's insert
    row = insert_for(session)(table_of(FunnelDay))
    return row.on_conflict_do_update(
        index_elements=["newsletter_id", "day", "from_path", "form"],
        set_={name: row.excluded[name] for name in COLUMNS},
    )
