"""All of a person's rows, merged and given back: nothing is lost, and nothing gets two owners."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from app.core.alarms import Alarm, raise_alarm
from app.core.orm import Base, table_of
from app.mail.models import OutgoingMail
from app.memberships import ledger
from app.memberships.counting import lock_counter
from app.memberships.gifts.models import GiftMembership, WallName
from app.memberships.gifts.turns import take_turns
from app.memberships.merging import charging
from app.memberships.merging_words import effect_on_count
from app.memberships.models import MemberCounter, MemberSpan
from app.memberships.money_models import Customer, Membership, Notice, Payment
from app.memberships.seen_memberships import TWO_MEMBERSHIPS
from app.memberships.service import Grant, grant
from app.newsletters.issue_models import Issue, IssueSend
from app.newsletters.models import STATES, Confirmation, Consent, Subscription
from app.newsletters.preferences.models import AddressChange, SettingsLink
from app.people.merging import merge, preview, undo
from app.people.models import EmailAddress, Person
from app.people.registers import Pair, Registers
from app.people.sign_in_models import PersonSession, SignIn
from app.tables import metadata
from app.wiring import MERGERS
from tests.memberships.account.making import make_intent, make_membership, make_payment
from tests.memberships.making import NOW, make_person
from tests.newsletters.making import make_list

REGISTERS = Registers(mergers=MERGERS)
DAY = timedelta(days=1)
NOT_OF_PEOPLE = {"merge", "content_version", "alarm", "member_counter"}
MADE_ANEW = {"member_span": ("id", "begun_by_id", "ended_by_id"), "subscription": ("id",)}
"""Their rows come back with other numbers, and of later revisions."""


def random(prefix: str = "") -> str:
    return f"{prefix}{uuid.uuid4().hex[:16]}"


def content(session: Session) -> dict[str, Any]:
    """Return what stands in every table, the ledger as it is in force, and the count."""
    session.flush()
    tables = {
        table.name: rows_of(session, table)
        for table in metadata.sorted_tables
        if table.name not in NOT_OF_PEOPLE | {"entitlement"}
    }
    alarms = select(Alarm.kind, Alarm.ref).where(Alarm.cleared_at.is_(None))
    return {
        **tables,
        "in force": sorted(repr(row[:-1]) for row in session.execute(ledger.in_force())),
        "alarms": sorted(map(repr, session.execute(alarms))),
        "members": session.scalar(select(MemberCounter.members)),
    }


def rows_of(session: Session, table: Table) -> list[str]:
    renumbered = MADE_ANEW.get(table.name, ())
    columns = [one for one in table.columns if one.name not in renumbered]
    return sorted(repr(tuple(row)) for row in session.execute(select(*columns)))


Maker = Callable[[Session, int, Any], None]


def has_address(session: Session, person: int, days: int) -> None:
    name, since = f"{random()}@post.example", NOW - days * DAY
    verified = since if days % 2 else None
    row = {"address": name, "key": name, "verified_at": verified, "created_at": since}
    session.add(EmailAddress(person_id=person, **row))


def stands(session: Session, person: int, wish: tuple[int, str]) -> None:
    newsletter, state = wish
    dates = {"created_at": NOW - DAY, "asked_at": NOW - DAY, "from_path": random("/")}
    held = {"person_id": person, "newsletter_id": newsletter}
    ended = None if state in {"pending", "confirmed"} else NOW - DAY / 2
    session.add(Subscription(state=state, ended_at=ended, **held, **dates))
    wrote = {"what": "asked", "happened_at": NOW - DAY, "form": "page", "wording": "1"}
    session.add(Consent(language="en", **held, **wrote))


def is_asked(session: Session, person: int, open_: bool) -> None:
    ends = None if open_ else NOW
    row = {"name": random(), "token_hash": random(), "domain": "post.example", "ended_at": ends}
    session.add(Confirmation(person_id=person, created_at=NOW, expires_at=NOW + DAY, **row))


def has_links(session: Session, person: int, _: object) -> None:
    now = {"created_at": NOW, "expires_at": NOW + DAY, "due_at": NOW, "language": "en"}
    session.add(SettingsLink(person_id=person, name=random(), token_hash=random(), **now))
    keys = {"address": "x", "address_key": random(), "old_key": random(), "name": random()}
    hashes = {"token_hash": random(), "undo_hash": random()}
    session.add(AddressChange(person_id=person, **keys, **hashes, **now))


def signs_in(session: Session, person: int, ended: bool) -> None:
    row = {"name": random(), "token_hash": random(), "browser_hash": random(), "language": "en"}
    said = {"purpose": "account", "address": "x", "address_key": random(), "due_at": NOW}
    then = {"created_at": NOW, "expires_at": NOW + DAY}
    session.add(SignIn(person_id=person, **row, **said, **then))
    times = {**then, "signed_in_at": NOW, "seen_at": NOW, "ended_at": NOW if ended else None}
    session.add(PersonSession(person_id=person, token_hash=random(), **times))


def is_written_to(session: Session, person: int, done: bool) -> None:
    row = {"message_id": random(), "stream": "lists", "address": "x", "language": "en"}
    moments = {"created_at": NOW, "due_at": NOW, "done_at": NOW if done else None}
    mail = OutgoingMail(person_id=person, template="welcome", context={}, **row, **moments)
    session.add(mail)
    session.add(Notice(person_id=person, kind="receipt", ref=random(), created_at=NOW))


def got(session: Session, person: int, issue: int) -> None:
    row = {"message_id": random(), "state": "sent", "created_at": NOW}
    session.add(IssueSend(person_id=person, issue_id=issue, **row))


def gives(session: Session, person: int, days: tuple[int, int]) -> None:
    since, lasts = days
    wish = make_intent(session, person)
    promise = make_membership(session, person, intent_id=wish.id)
    paid = {"membership_id": promise.id, "intent_id": wish.id}
    make_payment(session, person, **paid)
    starts = NOW + since * DAY
    for place in ("", "#2"):
        ref = f"{promise.subscription_id}{place}"
        given = Grant(person, "membership", ref, starts, starts + lasts * DAY)
        grant(session, given, reason="paid", now=NOW)
        starts += (lasts + 5) * DAY


def has_gift(session: Session, person: int, how: tuple[int, int, bool]) -> None:
    days, months, is_old = how
    wish = make_intent(session, make_person(session), kind="gift_membership")
    used = NOW - days * DAY
    row = {"public_id": random(), "code_hash": random(), "kind": "gift", "months": months}
    when = {"paid_at": used, "used_at": None if is_old else used, "redeemed_at": used}
    gift = GiftMembership(buyer_id=wish.person_id, intent_id=wish.id, **row, **when)
    gift.redeemed_by_id = person
    session.add(gift)
    session.flush()
    take_turns(session, person, NOW)


def buys(session: Session, person: int, _: object) -> None:
    wish = make_intent(session, person, kind="given")
    row = {"public_id": random(), "code_hash": random(), "kind": "given", "months": 12}
    session.add(GiftMembership(buyer_id=person, intent_id=wish.id, paid_at=NOW, **row))


def is_on_wall(session: Session, person: int, name: str) -> None:
    session.add(WallName(person_id=person, name=name, listed_at=NOW))


def once(maker: Maker, values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values.map(lambda value: (maker, value)), max_size=1)


def lives(lists: Sequence[int], issues: Sequence[int]) -> st.SearchStrategy[list[Any]]:
    """Draw what somebody has here: any of everything that refers to a person."""
    standing = st.tuples(st.sampled_from(lists), st.sampled_from(STATES))
    parts = (
        st.lists(st.integers(0, 9).map(lambda days: (has_address, days)), max_size=2),
        st.lists(standing, unique_by=lambda one: one[0], max_size=3).map(
            lambda found: [(stands, one) for one in found]
        ),
        once(is_asked, st.booleans()),
        once(has_links, st.none()),
        once(signs_in, st.booleans()),
        st.lists(st.booleans().map(lambda done: (is_written_to, done)), max_size=2),
        st.lists(st.sampled_from(issues), unique=True).map(
            lambda found: [(got, one) for one in found]
        ),
        st.lists(
            st.tuples(st.integers(-60, 20), st.integers(1, 90)).map(lambda days: (gives, days)),
            max_size=2,
        ),
        st.lists(
            st.tuples(st.integers(0, 400), st.integers(1, 14), st.booleans()).map(
                lambda how: (has_gift, how)
            ),
            max_size=2,
        ),
        once(buys, st.none()),
        once(is_on_wall, st.sampled_from(["Ann", "A. N."])),
    )
    return st.tuples(*parts).map(lambda found: [one for part in found for one in part])


def person_of(session: Session, life: Sequence[tuple[Maker, Any]], name: str | None) -> int:
    person = make_person(session)
    session.get_one(Person, person).name = name
    for maker, value in life:
        maker(session, person, value)
        session.flush()
    if len(charging(session, person)) > 1:
        raise_alarm(session, TWO_MEMBERSHIPS, NOW, str(person))
    return person


def newsroom(session: Session) -> tuple[list[int], list[int]]:
    lists = [make_list(session, slug).id for slug in ("daily", "weekly", "books")]
    text = {"subject": "x", "preheader": "x", "body_markdown": "x", "body_html": "x"}
    issues = [
        Issue(newsletter_id=lists[0], slug=slug, state="draft", created_at=NOW, **text)
        for slug in ("one", "two")
    ]
    session.add_all(issues)
    session.flush()
    lock_counter(session, NOW)
    session.commit()
    return lists, [one.id for one in issues]


@settings(
    max_examples=12,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def check(session: Session, lists: list[int], issues: list[int], data: st.DataObject) -> None:
    life, names = lives(lists, issues), st.sampled_from([None, "Ann", "Ann Example"])
    try:
        gone, stays = (person_of(session, data.draw(life), data.draw(names)) for _ in range(2))
        there_and_back(session, Pair(gone, stays, NOW))
    finally:
        session.rollback()


def there_and_back(session: Session, pair: Pair) -> None:
    before, effect = content(session), effect_on_count(session, pair)
    assert preview(session, REGISTERS, pair)
    made = merge(session, REGISTERS, pair, "staff:1")
    merged = content(session)
    again = merge(session, REGISTERS, pair, "staff:1")

    assert (made.is_new, again.is_new, again.id) == (True, False, made.id)
    assert unlike(merged, content(session)) == {}
    assert merged["members"] - before["members"] == effect
    assert merged["consent"] == before["consent"]
    assert nothing_left(session, pair.from_id)
    assert undo(session, REGISTERS, made.id, "staff:1", NOW) == []
    assert unlike(before, content(session)) == {}


def unlike(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return what differs, by table."""
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


def nothing_left(session: Session, person: int) -> bool:
    """Tell whether nothing that counts, is paid or is sent is a person's any more."""
    owners = (MemberSpan, Subscription, Membership, Payment, Customer, EmailAddress)
    return all(
        session.scalar(select(func.count()).where(one.person_id == person)) == 0 for one in owners
    )


def test_what_is_merged_and_undone_is_as_it_was_and_so_is_the_count(session: Session) -> None:
    check(session, *newsroom(session))


def test_every_table_that_refers_to_a_person_is_seen_to() -> None:
    person = table_of(Person)
    refer = {
        table.name
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name == "person_id"
        or any(key.column.table is person for key in column.foreign_keys)
    }
    named = [table for one in MERGERS for table in one.tables]

    assert sorted(refer) == sorted(named)


@pytest.mark.parametrize("model", [Consent, Confirmation])
def test_what_is_only_added_to_stays_as_it_was_written(model: type[Base], session: Session) -> None:
    lists, _issues = newsroom(session)
    gone = person_of(session, [(stands, (lists[0], "pending")), (is_asked, True)], None)
    stays = person_of(session, [(is_asked, True)], None)
    before = rows_of(session, table_of(model))

    merge(session, REGISTERS, Pair(gone, stays, NOW), "staff:1")

    assert rows_of(session, table_of(model)) == before
