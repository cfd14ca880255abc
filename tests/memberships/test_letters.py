"""Mails about memberships, payments and gifts: true when they leave, silent when all is over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.core.database import Database
from app.core.settings import Settings
from app.memberships.letters import speakers
from app.memberships.money_models import Membership
from app.memberships.notices import TEMPLATES
from app.people.models import Person
from tests.mail.relays import Taken
from tests.memberships.account.making import (
    make_intent,
    make_membership,
    make_payment,
)
from tests.memberships.letter_making import Post, words, writing_to_ann
from tests.memberships.making import at

DAY = timedelta(days=1)


@pytest.fixture
def post(database: Database, settings: Settings) -> Iterator[Post]:
    with writing_to_ann(database, settings) as opened:
        yield opened


def add_membership(post: Post, **values: Any) -> int:  # noqa: ANN401 - columns
    usual = {"period_ends_at": post.now + 20 * DAY, "paid_through": post.now + 20 * DAY}
    return post.add(make_membership, **{**usual, **values})


def subject(mail: Taken) -> str:
    return str(mail.message["Subject"])


def test_every_notice_has_somebody_who_finds_its_words() -> None:
    assert set(speakers()) == set(TEMPLATES.values())


def test_a_receipt_says_what_was_paid_when_and_for_what(post: Post) -> None:
    membership = add_membership(post)
    payment = post.add(
        make_payment,
        membership_id=membership,
        receipt_number="R-2026-7KQ0MXZ9",
        paid_at=at("2026-11-23 21:59"),
        covers_until=at("2026-12-23 22:30"),
    )

    mail = post.letter("receipt", {"payment_id": payment})

    assert subject(mail) == "Receipt for your payment: The Test Post"
    for part in (words(mail), mail.part("html")):
        assert "R-2026-7KQ0MXZ9" in part
        assert "€7" in part
        assert "23 November 2026" in part
        assert "24 December 2026" in part  # by the newsroom's clock it is past midnight
        assert "membership, paid every month" in part
        assert "http://localhost/account/" in part


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("gift", "a single gift"),
        ("gift_membership", "a membership as a gift, paid once"),
        ("given", "a membership for a reader who cannot pay, paid once"),
    ],
)
def test_a_receipt_of_a_single_payment_covers_no_time(post: Post, kind: str, what: str) -> None:
    intent = post.add(make_intent, kind=kind, interval=None)
    payment = post.add(make_payment, intent_id=intent, amount_minor=123456, currency="UAH")

    said = words(post.letter("receipt", {"payment_id": payment}))

    assert f"For: {what}" in said
    assert "₴1,234.56" in said
    assert "Covers" not in said


def test_the_publisher_stands_at_the_foot_of_a_receipt(post: Post) -> None:
    receipt = {"payment_id": post.add(make_payment)}
    assert post.letter("receipt", receipt).part("plain").rstrip().endswith("http://localhost")

    post.settings = replace(post.settings, publisher="The Post <NGO> | 1 Main St | No. 7")
    mail = post.letter("receipt", receipt)

    lines = ["The Post <NGO>", "1 Main St", "No. 7"]
    assert mail.part("plain").rstrip().splitlines()[-4:] == ["", *lines]
    assert "The Post &lt;NGO&gt;<br>1 Main St<br>No. 7</p>" in mail.part("html")


def test_a_receipt_in_ukrainian_has_no_english_in_it(post: Post) -> None:
    post.speaks("uk")
    payment = post.add(make_payment, paid_at=at("2026-11-23 12:00"), currency="UAH")

    mail = post.letter("receipt", {"payment_id": payment})

    assert mail.message["Content-Language"] == "uk"
    assert subject(mail) == "Квитанція про ваш платіж: The Test Post"
    assert "За що: разовий внесок" in words(mail)
    assert "Дата оплати: 23 листопада 2026" in words(mail)
    assert "http://localhost/uk/account/" in words(mail)
    assert '<html lang="uk"' in mail.part("html")


def test_a_member_is_greeted_with_what_they_give_and_when(post: Post) -> None:
    charged_at = post.now + 20 * DAY
    membership = add_membership(post, amount_minor=1250, interval="year", period_ends_at=charged_at)

    said = words(post.letter("welcome", {"membership_id": membership}))

    assert "You give €12.50 every year." in said
    assert f"The next charge is on {charged_at.astimezone(post.settings.time_zone).day} " in said


@pytest.mark.parametrize("column", ["ends_at", "ended_at"])
def test_whoever_has_left_already_is_not_greeted(post: Post, column: str) -> None:
    membership = add_membership(post, **{column: post.now + DAY})

    assert post.is_silent("welcome", {"membership_id": membership})


def test_a_paused_membership_announces_no_charge(post: Post) -> None:
    membership = add_membership(post, paused=True)

    assert "next charge" not in words(post.letter("welcome", {"membership_id": membership}))


def test_a_renewal_says_when_how_much_and_how_to_stop(post: Post) -> None:
    membership = add_membership(post, interval="year", amount_minor=7000)

    mail = post.letter("renewal-7", {"membership_id": membership})

    assert subject(mail).startswith("Your membership renews on ")
    assert "charge €70 to the card that ends in 4242, for one more year" in words(mail)
    assert "Change the amount, or stop: http://localhost/account/" in words(mail)
    assert "good until" not in words(mail)


def test_a_renewal_says_so_if_the_card_will_not_last(post: Post) -> None:
    membership = add_membership(post, interval="year", card_month=2, card_year=2024)

    said = words(post.letter("renewal-7", {"membership_id": membership}))

    assert "This card is good until 29 February 2024 only." in said


def test_a_renewal_without_a_card_speaks_of_none(post: Post) -> None:
    unknown = dict.fromkeys(("card_last4", "card_month", "card_year"))
    membership = add_membership(post, interval="year", amount_minor=7000, **unknown)

    said = words(post.letter("renewal-30", {"membership_id": membership}))

    assert "On that day we charge €70, for one more year." in said
    assert "card" not in said.replace("no card", "")


@pytest.mark.parametrize(
    "change",
    [
        {"ends_at": at("2027-01-01")},
        {"ended_at": at("2026-11-01")},
        {"paused": True},
        {"failing_since": at("2026-11-01")},
        {"period_ends_at": at("2026-11-01")},
    ],
    ids=str,
)
def test_a_renewal_that_will_not_be_is_not_announced(post: Post, change: dict[str, Any]) -> None:
    membership = add_membership(post, interval="year", **change)

    assert post.is_silent("renewal-30", {"membership_id": membership})


def test_a_renewal_that_took_place_meanwhile_is_not_announced(post: Post) -> None:
    then = post.now + 20 * DAY
    membership = add_membership(post, interval="year", period_ends_at=then + 365 * DAY)
    about = {"membership_id": membership, "day": then.date().toordinal()}

    assert post.is_silent("renewal-7", about)


def failing(post: Post, **values: Any) -> int:  # noqa: ANN401 - columns
    usual = {
        "failing_since": post.now - 3 * DAY,
        "paid_through": post.now - 3 * DAY,
        "next_attempt_at": post.now + 2 * DAY,
    }
    return add_membership(post, **{**usual, **values})


def day(post: Post, **ahead: float) -> str:
    local = (post.now + timedelta(**ahead)).astimezone(post.settings.time_zone)
    return f"{local.day} {local:%B %Y}"


def test_a_card_that_failed_is_told_with_what_comes_next(post: Post) -> None:
    about = {"membership_id": failing(post)}

    said = words(post.letter("card-failed-0", about))

    assert said.startswith("Your card could not be charged ")
    assert f"On {day(post, days=-3)} we tried to charge €7 to the card that ends in 4242" in said
    assert f"We try again on {day(post, days=2)}." in said
    assert f"You remain a member until {day(post, days=11)}." in said
    assert "Put in another card: http://localhost/account/" in said


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(3, "For more than three days, since"), (7, "For more than a week, since")],
)
def test_each_reminder_of_a_card_says_which_it_is(post: Post, days: int, sentence: str) -> None:
    about = {"membership_id": failing(post), "days": days}

    said = words(post.letter(f"card-failed-{days}", about))

    assert said.startswith("Your card still cannot be charged ")
    assert sentence in said
    assert ("do not write about it again" in said) == (days == 7)


def test_without_another_try_it_takes_another_card(post: Post) -> None:
    about = {"membership_id": failing(post, next_attempt_at=post.now - DAY), "days": 7}

    assert "No other try is planned" in words(post.letter("card-failed-7", about))


@pytest.mark.parametrize("days", [0, 3])
def test_when_stripe_gave_up_only_the_last_mail_says_so(post: Post, days: int) -> None:
    about = {"membership_id": failing(post, ended_at=post.now, next_attempt_at=None), "days": days}

    assert post.is_silent("card-failed-3", about)


def test_when_stripe_gave_up_the_last_word_is_how_to_come_back(post: Post) -> None:
    about = {"membership_id": failing(post, ended_at=post.now, next_attempt_at=None), "days": 7}

    mail = post.letter("card-failed-7", about)

    assert subject(mail) == "Your membership has ended: The Test Post"
    assert f"You are counted as a member until {day(post, days=11)}." in words(mail)
    assert "http://localhost/join/" in words(mail)
    assert "try again" not in words(mail)


@pytest.mark.parametrize(
    "change",
    [
        {"failing_since": None},
        {"paused": True},
        {"ends_at": at("2027-01-01")},
        {"ended_at": at("2026-11-20"), "cancel_asked_at": at("2026-11-19")},
        {"ended_at": at("2026-11-20"), "paid_through": None},
    ],
    ids=str,
)
def test_a_card_that_no_longer_matters_is_not_spoken_of(post: Post, change: dict[str, Any]) -> None:
    assert post.is_silent("card-failed-3", {"membership_id": failing(post, **change), "days": 3})


def test_a_later_failure_is_not_taken_for_the_one_before(post: Post) -> None:
    before = int((post.now - 40 * DAY).timestamp())
    about = {"membership_id": failing(post), "days": 3, "failing_since": before}

    assert post.is_silent("card-failed-3", about)


def test_a_card_that_ends_is_told_with_the_charge_that_it_would_miss(post: Post) -> None:
    charged_at = at("2027-04-15 09:00")
    membership = add_membership(post, card_year=2027, card_month=3, period_ends_at=charged_at)

    said = words(post.letter("card-expires", {"membership_id": membership, "card": 202703}))

    assert said.startswith("Your card is good until 31 March 2027 The card that ends in 4242")
    assert "The next charge, €7, comes on 15 April 2027" in said


@pytest.mark.parametrize(
    "change",
    [
        {"card_year": 2031},
        {"card_month": 4},
        {"card_month": 2},
        {"card_last4": None},
        {"ends_at": at("2027-04-01")},
    ],
    ids=str,
)
def test_a_card_that_was_changed_or_is_no_longer_charged_is_let_be(
    post: Post, change: dict[str, Any]
) -> None:
    card = {"card_year": 2027, "card_month": 3, "period_ends_at": at("2027-04-15")}
    membership = add_membership(post, **{**card, **change})

    assert post.is_silent("card-expires", {"membership_id": membership, "card": 202703})


def test_whoever_stopped_is_told_until_when_they_are_a_member(post: Post) -> None:
    membership = add_membership(post, ends_at=post.now + 20 * DAY)

    mail = post.letter("cancelled", {"membership_id": membership})

    assert subject(mail) == "Your membership will not renew: The Test Post"
    assert f"good until {day(post, days=20)}: you are a member until then" in words(mail)
    assert f"If you change your mind before {day(post, days=20)}," in words(mail)
    assert "Go on after all: http://localhost/account/" in words(mail)


def test_an_end_that_is_set_for_later_does_not_hide_the_charges_before_it(post: Post) -> None:
    membership = add_membership(post, ends_at=post.now + 90 * DAY)

    said = words(post.letter("cancelled", {"membership_id": membership}))

    assert f"It ends on {day(post, days=90)}. Until then it is charged as before." in said
    assert "Nothing more" not in said
    assert "good until" not in said


def test_whoever_has_stopped_at_once_can_only_join_again(post: Post) -> None:
    past = {"ended_at": post.now - DAY, "paid_through": post.now - DAY}
    membership = add_membership(post, ends_at=post.now + 20 * DAY, **past)

    said = words(post.letter("cancelled", {"membership_id": membership}))

    assert "Join again: http://localhost/join/" in said
    assert "account" not in said
    assert "good until" not in said


def test_a_cancellation_that_was_taken_back_is_not_confirmed(post: Post) -> None:
    assert post.is_silent("cancelled", {"membership_id": add_membership(post)})


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_what_is_not_there_says_nothing(post: Post, kind: str) -> None:
    for name in ("membership_id", "payment_id", "refund_id", "gift_id", "unheard_of"):
        assert post.is_silent(kind, {name: 999})


def test_one_supporter_without_words_silences_no_other(post: Post) -> None:
    running, over = add_membership(post), add_membership(post, ended_at=post.now)
    for membership in (over, running):
        post.tell("welcome", {"membership_id": membership})

    assert len(post.send()) == 1


def test_the_erased_are_not_written_to(post: Post) -> None:
    membership = add_membership(post)
    post.change(Person, post.person_id, erased_at=post.now)
    post.tell("welcome", {"membership_id": membership})

    assert post.send() == []


def test_a_mail_is_made_from_what_is_true_when_it_leaves(post: Post) -> None:
    membership = add_membership(post, interval="year")
    post.tell("renewal-30", {"membership_id": membership})
    post.change(Membership, membership, amount_minor=9900)

    (mail,) = post.send()

    assert "€99" in words(mail)
