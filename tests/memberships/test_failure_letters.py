"""The mail about money that was on its way and never came: once, with the way to try again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.core.database import Database
from app.core.settings import Settings
from app.memberships.joining.models import Intent
from app.memberships.money_notices import tell_of_failure
from tests.memberships.account.making import make_intent, make_membership
from tests.memberships.letter_making import Post, words, writing_to_ann

DAY = timedelta(days=1)


@pytest.fixture
def post(database: Database, settings: Settings) -> Iterator[Post]:
    with writing_to_ann(database, settings) as opened:
        yield opened


def fail(post: Post, **values: Any) -> int:  # noqa: ANN401 - columns
    usual = {"kind": "gift", "interval": None, "state": "failed", "settled_at": post.now}
    return post.add(make_intent, **{**usual, **values})


def tell(post: Post, intent_id: int) -> None:
    with post.database.write() as session:
        tell_of_failure(session, session.get_one(Intent, intent_id), post.now)
        session.commit()


def test_the_mail_leads_back_to_the_form_as_it_was_filled_in(post: Post) -> None:
    intent = fail(post, from_path="/2026/11/news/")

    said = words(post.letter("payment-failed", {"intent_id": intent}))

    assert "let us collect €7." in said
    assert "Gift to The Test Post" in said
    assert "/join/?currency=EUR&interval=once&amount=700&from=/2026/11/news/" in said


def test_the_mail_is_in_the_language_of_its_reader(post: Post) -> None:
    intent = fail(post)

    mail = post.letter("payment-failed", {"intent_id": intent}, language="uk")

    assert "Ваш платіж не надійшов" in words(mail)
    assert "http://localhost/uk/join/?currency=EUR" in words(mail)


def test_a_membership_that_is_tried_again_leads_to_the_account(post: Post) -> None:
    intent = fail(post, kind="membership", interval="month")
    soon = {"failing_since": post.now, "next_attempt_at": post.now + 3 * DAY}
    post.add(make_membership, intent_id=intent, paid_through=None, **soon)

    said = words(post.letter("payment-failed", {"intent_id": intent}))

    assert "We try again on" in said
    assert "http://localhost/account/" in said
    assert "/join/" not in said


def test_a_membership_that_has_ended_leads_to_the_form(post: Post) -> None:
    intent = fail(post, kind="membership", interval="month")
    post.add(make_membership, intent_id=intent, paid_through=None, ended_at=post.now)

    assert "/join/?" in words(post.letter("payment-failed", {"intent_id": intent}))


@pytest.mark.parametrize("state", ["paid", "processing", "open"])
def test_nothing_is_said_of_what_has_not_failed_after_all(post: Post, state: str) -> None:
    intent = fail(post, state=state)

    assert post.is_silent("payment-failed", {"intent_id": intent})
    tell(post, intent)
    assert len(post.notices()) == 1


def test_however_often_it_is_seen_it_is_told_once(post: Post) -> None:
    intent = fail(post)
    for _look in range(3):
        tell(post, intent)

    assert [kind for kind, _ref in post.notices()] == ["payment-failed"]


def test_what_failed_last_week_is_no_news(post: Post) -> None:
    tell(post, fail(post, settled_at=post.now - 7 * DAY))

    assert post.notices() == []


def test_nobody_is_told_while_it_is_not_known_who_paid(post: Post) -> None:
    intent = fail(post)
    post.change(Intent, intent, person_id=None)

    tell(post, intent)

    assert post.notices() == []
