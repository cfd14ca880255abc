"""Mails about gifts: a code to whoever gives, an invitation to whoever gets, nothing typed in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.settings import Settings
from app.memberships.gifts.codes import code_of, typed_hash
from app.memberships.gifts.models import GiftMembership
from tests.memberships.letter_making import BOB, Post, make_gift, words, writing_to_ann
from tests.memberships.making import make_person

DAY = timedelta(days=1)


@pytest.fixture
def post(database: Database, settings: Settings) -> Iterator[Post]:
    with writing_to_ann(database, settings) as opened:
        yield opened


def give(post: Post, **values: Any) -> int:  # noqa: ANN401 - columns
    def make(session: Session, buyer_id: int) -> GiftMembership:
        return make_gift(session, buyer_id, post.now, **values)

    return post.add(make)


def code(post: Post, gift_id: int) -> str:
    with post.database.read() as session:
        gift = session.get(GiftMembership, gift_id)
        assert gift is not None
        return code_of(post.settings, gift)


def test_whoever_is_given_a_membership_gets_the_code_and_the_page(post: Post) -> None:
    gift = give(post, recipient_address=BOB)

    mail = post.letter("gift", {"gift_id": gift}, address=BOB, language="uk")

    assert mail.recipient == BOB
    assert "12 місяців" in words(mail)
    for part in (words(mail), mail.part("html")):
        assert code(post, gift) in part
        assert "http://localhost/uk/join/gift/" in part


def test_the_code_in_a_mail_is_one_that_can_be_typed(post: Post) -> None:
    gift = give(post)

    said = words(post.letter("gift-code", {"gift_id": gift}))

    assert any(typed_hash(post.settings, word) for word in said.split())
    assert f"from that day on: {code(post, gift)}" in said


@pytest.mark.parametrize("kind", ["gift", "gift-code"])
@pytest.mark.parametrize("column", ["void_at", "redeemed_at"])
def test_a_code_that_opens_nothing_any_more_is_not_sent(post: Post, kind: str, column: str) -> None:
    assert post.is_silent(kind, {"gift_id": give(post, **{column: post.now})})


@pytest.mark.parametrize("kind", ["gift", "gift-code"])
def test_what_is_given_to_anybody_has_no_code_to_send(post: Post, kind: str) -> None:
    assert post.is_silent(kind, {"gift_id": give(post, kind="given")})


def test_the_giver_learns_when_we_write_ourselves(post: Post) -> None:
    later = give(post, recipient_address=BOB, deliver_at=post.now + 9 * DAY)
    at_once = give(post, recipient_address=BOB)
    alone = give(post)

    said = [words(post.letter("gift-code", {"gift_id": one})) for one in (later, at_once, alone)]

    day = (post.now + 9 * DAY).astimezone(post.settings.time_zone)
    assert f"On {day.day} {day:%B %Y} we also send it to the address" in said[0]
    assert "We also send it to the address" in said[1]
    assert "also send it" not in said[2]


def use(post: Post, **values: Any) -> int:  # noqa: ANN401 - columns
    days = {"redeemed_at": post.now, "ends_at": post.now + 365 * DAY}
    return give(post, **{"redeemed_by_id": post.person_id, **days, **values})


def day(post: Post, ahead: timedelta) -> str:
    local = (post.now + ahead).astimezone(post.settings.time_zone)
    return f"{local.day} {local:%B %Y}"


def test_whoever_takes_a_gift_up_learns_until_when_it_holds(post: Post) -> None:
    said = words(post.letter("gift-begun", {"gift_id": use(post)}))

    assert f"You are counted as a member until {day(post, 365 * DAY)}." in said
    assert "http://localhost/account/" in said


def test_whoever_takes_one_more_up_learns_when_it_begins(post: Post) -> None:
    later = use(post, redeemed_at=post.now + 9 * DAY)

    said = words(post.letter("gift-begun", {"gift_id": later}))

    assert f"It begins on {day(post, 9 * DAY)}" in said
    assert f"a member until {day(post, 365 * DAY)}." in said


def test_the_giver_learns_that_a_gift_is_used_but_not_by_whom(post: Post) -> None:
    with post.database.write() as session:
        bob = make_person(session, BOB)
        session.commit()

    mail = post.letter("gift-used", {"gift_id": use(post, redeemed_by_id=bob)})

    assert "a membership of 12 months" in words(mail)
    assert b"bob" not in mail.content.lower()


@pytest.mark.parametrize("kind", ["gift-begun", "gift-used"])
def test_nothing_is_said_of_a_gift_whose_money_went_back_meanwhile(post: Post, kind: str) -> None:
    assert post.is_silent(kind, {"gift_id": use(post, void_at=post.now)})


@pytest.mark.parametrize("kind", ["gift", "gift-code"])
def test_neither_mail_holds_anything_that_a_visitor_typed(post: Post, kind: str) -> None:
    gift = give(post, recipient_address=BOB)

    mail = post.letter(kind, {"gift_id": gift}, address="eve@post.example")

    assert b"bob" not in mail.content
    assert b"ann" not in mail.content.replace(b"cannot", b"")


def test_no_code_is_kept_in_the_memory_of_what_was_rendered(post: Post) -> None:
    mails = [post.letter("gift", {"gift_id": give(post)}) for _ in range(2)]

    codes = [word for mail in mails for word in words(mail).split() if word.count("-") == 2]
    assert len(set(codes)) == 2
