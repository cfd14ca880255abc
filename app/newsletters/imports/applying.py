"""What the waiting rows of a file do: foreseen by reading, done batch by batch.

Each batch is one short transaction: it decides about its rows, writes each table once, deletes the
rows and adds to the count. Killed in between, the next run goes on with the rows that are left.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database, plan_anew
from app.core.orm import table_of
from app.mail.models import Suppression
from app.newsletters.imports.fates import SUBSCRIBES, Fate, fate_of_gone, fate_of_subscribed
from app.newsletters.imports.models import SubscriberImport, SubscriberImportRow
from app.newsletters.imports.stopping import go_on, reading_since
from app.newsletters.imports.systems import CONFIRMED
from app.newsletters.imports.writing import Decided, write
from app.newsletters.models import Subscription
from app.people.models import EmailAddress, Person

BATCH = 500
BREATH_SECONDS = 0.05
"""How long SQLite's writers are left alone after a batch: they look only now and then."""

OFFICES, PEOPLE = "offices", "people"

_WAITING = (
    select(table_of(SubscriberImportRow))
    .where(
        SubscriberImportRow.import_id == bindparam("import"),
        SubscriberImportRow.id > bindparam("after"),
    )
    .order_by(SubscriberImportRow.id)
    .limit(bindparam("batch"))
    .subquery("waiting")
)
"""The next rows, chosen before anything is joined to them: so few that indexes are used."""

_PAGE: Select[Any] = (
    select(
        _WAITING,
        EmailAddress.person_id,
        Person.name.label("known_as"),
        Subscription.id.label("subscription_id"),
        Subscription.state.label("here"),
        Subscription.asked_at,
        Subscription.confirmed_at.label("here_since"),
        Suppression.reason.label("suppressed"),
    )
    .select_from(_WAITING)
    .outerjoin(EmailAddress, EmailAddress.key == _WAITING.c.address_key)
    .outerjoin(Person, Person.id == EmailAddress.person_id)
    .outerjoin(
        Subscription,
        (Subscription.person_id == EmailAddress.person_id)
        & (Subscription.newsletter_id == _WAITING.c.newsletter_id),
    )
    .outerjoin(Suppression, Suppression.address_hash == _WAITING.c.address_hash)
    .order_by(_WAITING.c.id)
)
_CLEAR = delete(table_of(SubscriberImportRow)).where(
    SubscriberImportRow.import_id == bindparam("import"),
    SubscriberImportRow.id <= bindparam("through"),
)


@dataclass
class Effect:
    """What rows do, or would do.

    Attributes:
        fates: How many rows there are of each fate.
        people: How many persons become known.
        offices: How many of those who are subscribed are addresses of offices.
    """

    fates: Counter[str] = field(default_factory=Counter)
    people: int = 0
    offices: int = 0

    def as_json(self) -> dict[str, int]:
        """Return it as it is kept with an import."""
        return {**self.fates, PEOPLE: self.people, OFFICES: self.offices}

    @classmethod
    def from_json(cls, kept: dict[str, int]) -> "Effect":
        """Return what was kept."""
        fates = {one: kept[one] for one in Fate if one in kept}
        return cls(Counter(fates), kept.get(PEOPLE, 0), kept.get(OFFICES, 0))


def foresee(session: Session, import_id: int, seen_at: datetime) -> Effect:
    """Return what the waiting rows would do, without writing anything."""
    plan_anew(session)
    effect = Effect()
    strangers: set[int] = set()
    for page in _pages(session, import_id):
        for row in page:
            fate = fate_of(row, seen_at)
            _count(effect, row, fate)
            if row.person_id is None and _makes_known(fate):
                strangers.add(hash(row.address_key))
    effect.people = len(strangers)
    return effect


def apply_waiting(
    database: Database, import_id: int, seen_at: datetime, watch: Callable[[int], None]
) -> None:
    """Apply every row that waits; the caller holds the lock of imports.

    Raises:
        StoppedError: Somebody stopped it; the rows that are left go on waiting.
    """
    done = 0
    with database.read() as session:
        since = reading_since(session, import_id)
    while count := _apply_batch(database, import_id, seen_at, since):
        done += count
        watch(done)
        if database.is_sqlite:
            time.sleep(BREATH_SECONDS)
    with database.write() as session:
        record = session.get_one(SubscriberImport, import_id)
        record.applied_at = record.applied_at or now(session)
        session.commit()


def _apply_batch(
    database: Database, import_id: int, seen_at: datetime, since: datetime | None
) -> int:
    """Apply the next rows in one transaction; return how many those were."""
    with database.write() as session:
        go_on(session, import_id, since)
        moment = now(session)
        page = _page(session, import_id, 0)
        if not page:
            return 0
        decided = [Decided(row, fate_of(row, seen_at), seen_at) for row in page]
        people = write(session, import_id, decided, moment)
        record = session.get_one(SubscriberImport, import_id)
        effect = Effect.from_json(record.effect)
        effect.people += people
        for one in decided:
            _count(effect, one.row, one.fate)
        record.effect = effect.as_json()
        session.execute(_CLEAR, {"import": import_id, "through": page[-1].id})
        session.commit()
    return len(page)


def fate_of(row: Row[Any], seen_at: datetime) -> Fate:
    """Return what becomes of a waiting row, read beside what is known here."""
    if row.state == CONFIRMED:
        return fate_of_subscribed(row.here, row.suppressed)
    since = row.here_since if row.here == CONFIRMED else row.asked_at
    return fate_of_gone(row.state, (row.here, since), row.suppressed, row.ended_at or seen_at)


def _makes_known(fate: Fate) -> bool:
    return fate in {
        Fate.NEW,
        Fate.BROUGHT_UNSUBSCRIBED,
        Fate.BROUGHT_BOUNCED,
        Fate.BROUGHT_COMPLAINED,
    }


def _count(effect: Effect, row: Row[Any], fate: Fate) -> None:
    effect.fates[fate.value] += 1
    effect.offices += row.office and fate in SUBSCRIBES


def _pages(session: Session, import_id: int) -> Iterator[Sequence[Row[Any]]]:
    after = 0
    while page := _page(session, import_id, after):
        yield page
        after = page[-1].id


def _page(session: Session, import_id: int, after: int) -> Sequence[Row[Any]]:
    values = {"import": import_id, "after": after, "batch": BATCH}
    return session.execute(_PAGE, values).all()
