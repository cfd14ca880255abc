"""Reminders under stress: several workers at once, one that dies, a gift taken up meanwhile."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.mail.models import OutgoingMail
from app.memberships import reminding
from app.memberships.gifts import giving_out
from app.memberships.gifts.models import GiftMembership
from app.memberships.notices import Telling, tell
from app.memberships.reminding import remind
from tests.memberships.account.making import make_membership
from tests.memberships.letter_making import BOB, Post, make_gift, words, writing_to_ann
from tests.memberships.making import make_person

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MANY = 12


@pytest.fixture
def post(database: Database, settings: Settings) -> Iterator[Post]:
    with writing_to_ann(database, settings) as opened:
        yield opened


def renewing(post: Post, many: int = MANY) -> None:
    ends = post.now + 30 * DAY - HOUR
    with post.database.write() as session:
        for number in range(many):
            person = make_person(session, f"reader{number}@post.example")
            make_membership(
                session, person, interval="year", period_ends_at=ends, paid_through=ends
            )
        session.commit()


def give(post: Post, **values: Any) -> int:  # noqa: ANN401 - columns
    def make(session: Session, buyer_id: int) -> GiftMembership:
        return make_gift(session, buyer_id, post.now - DAY, recipient_address=BOB, **values)

    return post.add(make)


def queued(post: Post) -> int:
    with post.database.read() as session:
        return session.scalar(select(func.count()).select_from(OutgoingMail)) or 0


def test_four_workers_at_once_tell_everybody_once(post: Post) -> None:
    renewing(post)
    for _ in range(3):
        give(post, deliver_at=post.now - HOUR)
    runtime = Runtime(post.database, post.settings)

    with ThreadPoolExecutor(4) as workers:
        for done in [workers.submit(remind, runtime) for _ in range(4)]:
            done.result()

    assert queued(post) == MANY + 3
    assert len(set(post.notices())) == len(post.notices()) == MANY + 3


def test_a_worker_that_dies_half_way_leaves_the_rest_to_the_next(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewing(post)
    monkeypatch.setattr(reminding, "TOLD_AT_ONCE", 5)
    told: list[Telling] = []

    def dying(session: Session, telling: Telling, now: Any) -> bool:  # noqa: ANN401 - a moment
        told.append(telling)
        if len(told) == 8:
            raise KeyboardInterrupt
        return tell(session, telling, now)

    with monkeypatch.context() as patch:
        patch.setattr(reminding, "tell", dying)
        with pytest.raises(KeyboardInterrupt):
            post.remind()
    assert queued(post) == 5

    assert len(post.remind()) == MANY - 5
    assert queued(post) == MANY


def test_looking_costs_the_same_whether_ten_were_told_or_a_hundred(post: Post) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - SQLAlchemy's hook
            seen.append(statement)

        engine = post.database.engine
        event.listen(engine, "before_cursor_execute", note)
        post.remind()
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    renewing(post, 10)
    post.remind()
    few = statements()
    with post.database.write() as session:
        ends = post.now + 30 * DAY - 2 * HOUR
        for number in range(90):
            person = make_person(session, f"another{number}@post.example")
            make_membership(
                session, person, interval="year", period_ends_at=ends, paid_through=ends
            )
        session.commit()
    post.remind()

    assert statements() == few


@pytest.mark.parametrize("column", ["redeemed_at", "void_at", "delivered_at"])
def test_a_gift_that_was_settled_between_look_and_mail_is_let_be(
    post: Post, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    gift = give(post, deliver_at=post.now - HOUR)
    page = giving_out._page

    def meanwhile(database: Database, after: int) -> Any:  # noqa: ANN401 - ids
        found = page(database, after)
        post.change(GiftMembership, gift, **{column: post.now})
        return found

    monkeypatch.setattr(giving_out, "_page", meanwhile)

    assert post.remind() == []
    assert queued(post) == 0


def test_a_newsroom_may_be_called_anything(post: Post) -> None:
    name = 'Fish & "Chips" <100%> %(name)s {{ x }}'
    named = replace(post, settings=replace(post.settings, site_name=name))
    gift = give(post)

    mail = named.letter("gift", {"gift_id": gift})

    assert f"Every article of {name} is free to read." in words(mail)
    assert "Fish &amp; &#34;Chips&#34; &lt;100%&gt;" in mail.part("html")
    assert "<100%>" not in mail.part("html")
    assert str(mail.message["Subject"]).endswith(name)
