"""Cards that were refused on our pages: which count, when they are too many, what is forgotten."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.alarms import open_alarms
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.tightening import Rule, forget_doors, is_tight
from app.core.work import Runtime
from app.memberships.joining import declines
from app.memberships.joining.decline_models import Decline
from app.memberships.joining.declines import DOOR, paid_of_tried, watching
from app.memberships.joining.models import Intent
from tests.mail.making import advance
from tests.memberships.account.making import ANN
from tests.memberships.sync_making import Till, make_wish, open_till

DECLINED, FAILS_LATER = "4000000000000002", "4000000000000341"
BAD_DEBIT = "AT861904300235473202"
DAY = 86_400


@pytest.fixture
def till(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Till]:
    with open_till(database, settings, tmp_path) as opened:
        yield opened


def refused(till: Till, page: str, card: str = DECLINED) -> None:
    """Try a card on a page, and hear of it."""
    till.world.pay(page, card, email=ANN, name="Ann Example")
    hear(till)


def hear(till: Till) -> None:
    for charge in till.world.all("charge"):
        if charge["status"] == "failed":
            till.look("decline", charge["id"])


def noted(till: Till) -> list[int]:
    """Return the wishes on whose pages cards were refused, one for each card."""
    with till.database.read() as session:
        return list(session.scalars(select(Decline.intent_id).order_by(Decline.declined_at)))


@pytest.mark.parametrize("kind", ["gift", "membership"])
def test_each_card_that_is_refused_is_noted_once_however_often_it_is_told(
    till: Till, kind: str
) -> None:
    wish = till.wish(kind=kind, interval="month" if kind == "membership" else None)
    page = till.open_page(wish)
    refused(till, page)
    refused(till, page)
    hear(till)

    assert noted(till) == [wish.id, wish.id]


def test_what_others_sell_in_the_same_account_is_left_alone(till: Till) -> None:
    page = till.open_page(till.wish())
    with till.database.write() as session:
        session.execute(update(Intent).values(amount_minor=800))
        session.commit()
    refused(till, page)

    assert noted(till) == []


def test_a_renewal_that_fails_says_nothing_of_the_page(till: Till) -> None:
    till.member(card=FAILS_LATER)
    till.advance(32 * DAY)
    (charge,) = (one for one in till.world.all("charge") if one["status"] == "failed")
    at = datetime.fromtimestamp(charge["created"], UTC)
    till.wish(created_at=at, checkout_id="cs_1")  # of the same amount, open at that moment
    hear(till)

    assert noted(till) == []


def test_a_debit_that_comes_back_is_no_card(till: Till) -> None:
    till.join(BAD_DEBIT, kind="gift", interval=None)
    till.advance(4 * DAY)
    hear(till)

    assert noted(till) == []


def put(session: Session, pages: int, times: int, at: datetime) -> None:
    """Write down pages on each of which so many cards were refused."""
    for page in range(pages):
        wish = make_wish(at)
        session.add(wish)
        session.flush()
        for one in range(times):
            charge = f"ch_{wish.id}_{page}_{one}"
            session.add(Decline(charge_id=charge, intent_id=wish.id, declined_at=at))
    session.flush()


def pay(session: Session, pages: int, at: datetime) -> None:
    for _ in range(pages):
        session.add(make_wish(at, state="paid", settled_at=at))
    session.flush()


@pytest.mark.parametrize(
    ("pages", "times", "paid", "tight"),
    [
        (3, 40, 0, False),  # three people out of luck
        (3, 40, 11, False),
        (6, 40, 0, False),
        (7, 3, 0, True),
        (20, 1, 0, True),
        (20, 1, 19, True),
        (20, 1, 20, False),
    ],
)
def test_most_cards_of_many_pages_must_be_bad(
    session: Session, settings: Settings, pages: int, times: int, paid: int, *, tight: bool
) -> None:
    moment = now(session)
    put(session, pages, times, moment)
    pay(session, paid, moment)
    put(session, 100, 1, moment - timedelta(minutes=61))

    good, tried = paid_of_tried(session, moment)
    assert (good, tried) == (paid, paid + pages * min(times, 3))
    rule = Rule(settings.join_paid_floor, settings.join_paid_least)
    assert rule.tightens(good, tried) is tight


def look(database: Database, settings: Settings) -> tuple[bool, list[str]]:
    """Let the minute's look be; return whether the door is tight, and what staff are told."""
    watching().run(Runtime(database, settings))
    forget_doors(database)
    with database.read() as session:
        return is_tight(database, DOOR), [one.kind for one in open_alarms(session)]


def test_staff_are_told_until_an_hour_after_the_last_sign(
    database: Database, settings: Settings
) -> None:
    assert look(database, settings) == (False, [])
    with database.write() as session:
        put(session, 20, 1, now(session))
        session.commit()

    assert look(database, settings) == (True, ["joining-tightened"])
    advance(database, minutes=59)
    assert look(database, settings) == (True, ["joining-tightened"])
    advance(database, minutes=60)
    assert look(database, settings) == (False, [])


def test_declines_are_forgotten_after_a_day(session: Session) -> None:
    moment = now(session)
    put(session, 1, 2, moment - timedelta(hours=25))
    put(session, 1, 1, moment)
    part = declines.forgetting()

    assert part.count(session, moment - part.kept) == {"rows": 2}
