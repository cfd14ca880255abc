"""Asking for lists: everything about a sign-up that depends on the address it names.

It happens in a lane, after the reader has been answered, so that neither the answer nor its time
tells anything. A batch is worked on in a few statements, however many people are in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from app.core.leases import Held
from app.core.orm import table_of
from app.core.settings import Settings
from app.mail import suppression
from app.mail.equivalence import mailbox_hashes
from app.newsletters import mailbox_caps
from app.newsletters.deciding import WEEK, Asker, Plan, Standing, decide
from app.newsletters.models import Confirmation, SignupRequest, Subscription
from app.newsletters.outside import Members, nobody
from app.newsletters.queries import List, read_lists
from app.newsletters.recording import record
from app.newsletters.typos import KNOWN
from app.people.models import Person
from app.people.service import Newcomer, find_or_create, replaced

HOUR = timedelta(hours=1)
TRAP = "trap"

_other = aliased(SignupRequest)
_END_CORRECTED = (
    update(table_of(Confirmation))
    .where(
        Confirmation.id.in_(
            select(SignupRequest.confirmation_id).where(
                SignupRequest.id.in_(bindparam("requests", expanding=True)),
                SignupRequest.opened.is_(True),
                ~select(_other.id)
                .where(
                    _other.confirmation_id == SignupRequest.confirmation_id,
                    _other.id != SignupRequest.id,
                )
                .exists(),
            )
        ),
        Confirmation.used_at.is_(None),
        Confirmation.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at"))
)
_CORRECTED = (
    select(Confirmation.person_id)
    .join(SignupRequest, SignupRequest.confirmation_id == Confirmation.id)
    .where(SignupRequest.id.in_(bindparam("requests", expanding=True)))
)
_WRITTEN_TO = (
    select(Confirmation.domain, func.count())
    .where(
        Confirmation.domain.in_(bindparam("domains", expanding=True)),
        Confirmation.created_at > bindparam("since"),
    )
    .group_by(Confirmation.domain)
)
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
_LOCK = select(Person.id).where(Person.id.in_(_PEOPLE)).order_by(Person.id)
_SUBSCRIPTIONS = select(
    Subscription.person_id, Subscription.newsletter_id, Subscription.id, Subscription.state
).where(Subscription.person_id.in_(_PEOPLE))
_OPEN = select(Confirmation.person_id, Confirmation.id, Confirmation.expires_at).where(
    Confirmation.person_id.in_(_PEOPLE),
    Confirmation.used_at.is_(None),
    Confirmation.ended_at.is_(None),
)


def ask(
    session: Session,
    settings: Settings,
    rows: Sequence[Held],
    now: datetime,
    members: Members = nobody,
) -> tuple[list[Held], int]:
    """Turn sign-ups into pending subscriptions, consent, confirmations and mail.

    Args:
        session: Writing; flushed, not committed.
        settings: For the keys of tokens and hashes, and the cap per domain.
        rows: Claimed rows of `signup_request`.
        now: The domain's present moment.
        members: Says who may have lists for members alone.

    Returns:
        Those rows that have to wait because their domain has had its share for now, and how many
        mails were queued.
    """
    lists = {one.id: one for one in read_lists(session)}
    real = [row for row in rows if row.kind != TRAP]
    keys = {row.address_key for row in real}
    shut = suppression.closed(session, settings, keys) | replaced(session, keys)
    waiting = _over_domain_cap(session, settings, real, now)
    late = {row.id for row in waiting}
    rows = [row for row in real if row.address_key not in shut and row.id not in late]
    askers = _askers(
        session, rows, mailbox_hashes(settings, (row.address_key for row in rows)), now
    )
    plan = Plan(settings, now)
    corrected = [row.corrects_id for row in real if row.corrects_id is not None]
    standings = _standings(session, askers, corrected, now)
    let_in = _members(session, askers, lists, now, members)
    for asker in askers:
        barred = frozenset() if asker.person_id in let_in else _for_members(lists)
        decide(asker, standings[asker.person_id], _open(lists), barred, plan)
    record(session, plan)
    return waiting, len(plan.mails)


def _open(lists: Mapping[int, List]) -> frozenset[int]:
    return frozenset(one.id for one in lists.values() if one.open)


def _for_members(lists: Mapping[int, List]) -> frozenset[int]:
    return frozenset(one.id for one in lists.values() if one.open and one.members_only)


def _members(
    session: Session,
    askers: Sequence[Asker],
    lists: Mapping[int, List],
    now: datetime,
    members: Members,
) -> set[int]:
    """Return who of those that ask for a list for members alone is one."""
    wanted = _for_members(lists)
    people = [one.person_id for one in askers if not wanted.isdisjoint(one.asked())]
    return members(session, people, now) if people else set()


def _over_domain_cap(
    session: Session, settings: Settings, rows: Sequence[Held], now: datetime
) -> list[Held]:
    """Return the rows whose domain has been written to enough in the last hour."""
    cap = settings.signups_per_domain
    counted = [row for row in rows if cap and domain_of(row) not in KNOWN]
    if not counted:
        return []
    domains = sorted({domain_of(row) for row in counted})
    found = session.execute(_WRITTEN_TO, {"domains": domains, "since": now - HOUR})
    left = dict.fromkeys(domains, cap) | {domain: cap - count for domain, count in found}
    passed: dict[str, bool] = {}
    for row in counted:
        if row.address_key not in passed:
            passed[row.address_key] = left[domain_of(row)] > 0
            left[domain_of(row)] -= 1
    return [row for row in counted if not passed[row.address_key]]


def domain_of(row: Held) -> str:
    """Return the domain of a sign-up's address."""
    key: str = row.address_key
    return key.rpartition("@")[2]


def _askers(
    session: Session, rows: Sequence[Held], mailboxes: Mapping[str, str], now: datetime
) -> list[Asker]:
    """Return who asks: the sign-ups of one person together, in the order they came."""
    newcomers = [Newcomer(row.address_key, row.address, row.language) for row in rows]
    people = find_or_create(session, reversed(newcomers), now)
    askers: dict[int, Asker] = {}
    for row in sorted(rows, key=lambda row: row.id):
        person = people[row.address_key]
        asker = askers.setdefault(person, Asker(person, domain_of(row), "", []))
        asker.mailbox = mailboxes[row.address_key]  # where the last of them asks to be written to
        asker.rows.append(row)
    return list(askers.values())


def _standings(
    session: Session, askers: Sequence[Asker], corrected: Sequence[int], now: datetime
) -> dict[int, Standing]:
    """Return how people stand with us; until the end of the transaction nobody changes it.

    What went to an address that turned out to be wrong has ended by then, unless others asked for
    it too: the ids of those sign-ups are `corrected`.
    """
    people = [asker.person_id for asker in askers]
    mailed = mailbox_caps.written_to(session, {one.mailbox for one in askers}, now - WEEK)
    standings = {one.person_id: Standing(mailed=mailed[one.mailbox]) for one in askers}
    _lock(session, people, corrected)
    if corrected:
        session.execute(_END_CORRECTED, {"requests": corrected, "at": now})
    for row in session.execute(_SUBSCRIPTIONS, {"people": people}):
        standings[row.person_id].subscriptions[row.newsletter_id] = (row.id, row.state)
    for one in session.execute(_OPEN, {"people": people}):
        standings[one.person_id].confirmation = (one.id, one.expires_at)
    return standings


def _lock(session: Session, people: Sequence[int], corrected: Sequence[int]) -> None:
    """Hold these people and those whom a wrong address went to, before anything that is theirs.

    Whoever confirms at the same time does it in the same order.
    """
    if session.get_bind().dialect.name == "sqlite":  # which has one writer anyway
        return
    theirs = session.scalars(_CORRECTED, {"requests": corrected}).all() if corrected else ()
    session.execute(_LOCK.with_for_update(key_share=True), {"people": [*people, *theirs]})
