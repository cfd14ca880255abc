"""Every mail to a supporter, in every shape and language: whole, short, the same in both parts."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.languages import LANGUAGES, direction
from app.core.settings import Settings
from app.memberships.money_models import Refund
from app.memberships.notices import TEMPLATES
from tests.mail.relays import Taken
from tests.memberships.account.making import (
    make_intent,
    make_membership,
    make_payment,
    make_refund,
)
from tests.memberships.letter_making import BOB, Post, make_gift, writing_to_ann

DAY = timedelta(days=1)
LARGEST = 20_000
LONGEST_BREAK = "\n\n\n"

About = Mapping[str, int]


@pytest.fixture
def post(database: Database, settings: Settings) -> Iterator[Post]:
    with writing_to_ann(database, settings) as opened:
        yield opened


def membership(post: Post, **values: Any) -> About:  # noqa: ANN401 - columns
    ends = post.now + 20 * DAY
    usual = {"period_ends_at": ends, "paid_through": ends}
    return {"membership_id": post.add(make_membership, **{**usual, **values})}


def failing(post: Post, days: int, **values: Any) -> About:  # noqa: ANN401 - columns
    since = post.now - days * DAY
    usual = {"failing_since": since, "paid_through": since, "next_attempt_at": post.now + DAY}
    return {**membership(post, **{**usual, **values}), "days": days}


def payment(post: Post, kind: str | None = None, **values: Any) -> About:  # noqa: ANN401 - columns
    if kind is not None:
        values["intent_id"] = post.add(make_intent, kind=kind, interval=None)
    return {"payment_id": post.add(make_payment, **values)}


def refund(post: Post, of: int | None = None, minor: int = 100) -> About:
    def make(session: Session, person_id: int) -> Refund:
        return make_refund(session, make_payment(session, person_id, membership_id=of), minor)

    return {"refund_id": post.add(make)}


def gift(post: Post, **values: Any) -> About:  # noqa: ANN401 - columns
    return {"gift_id": post.add(lambda session, who: make_gift(session, who, post.now, **values))}


def unpaid(post: Post, kind: str = "gift", **running: Any) -> About:  # noqa: ANN401 - columns
    interval = "month" if kind == "membership" else None
    intent = post.add(make_intent, kind=kind, interval=interval, state="failed")
    if running:
        membership(post, intent_id=intent, paid_through=None, **running)
    return {"intent_id": intent}


def used(post: Post, **values: Any) -> About:  # noqa: ANN401 - columns
    usual = {"redeemed_by_id": post.person_id, "redeemed_at": post.now, "ends_at": post.now + DAY}
    return gift(post, **{**usual, **values})


SOON = timedelta(days=9)
CASES: dict[str, tuple[str, Callable[[Post], About]]] = {
    "receipt of a month": (
        "receipt",
        lambda post: payment(
            post,
            membership_id=membership(post)["membership_id"],
            covers_until=post.now + 30 * DAY,
        ),
    ),
    "receipt of a year": (
        "receipt",
        lambda post: payment(
            post, membership_id=membership(post, interval="year")["membership_id"]
        ),
    ),
    "receipt of a gift": ("receipt", payment),
    "receipt of a gift membership": ("receipt", lambda post: payment(post, "gift_membership")),
    "receipt of what is given": ("receipt", lambda post: payment(post, "given")),
    "welcome": ("welcome", membership),
    "welcome for a year": ("welcome", lambda post: membership(post, interval="year")),
    "welcome while paused": ("welcome", lambda post: membership(post, paused=True)),
    "renewal": ("renewal-30", lambda post: membership(post, interval="year")),
    "renewal with an old card": (
        "renewal-7",
        lambda post: membership(post, interval="year", card_year=2024),
    ),
    "renewal without a card": ("renewal-7", lambda post: membership(post, card_last4=None)),
    "card failed": ("card-failed-0", lambda post: failing(post, 0)),
    "card failed, none known": ("card-failed-0", lambda post: failing(post, 0, card_last4=None)),
    "card failed, no other try": (
        "card-failed-3",
        lambda post: failing(post, 3, next_attempt_at=None),
    ),
    "card failed, never paid": ("card-failed-3", lambda post: failing(post, 3, paid_through=None)),
    "card failed for a week": ("card-failed-7", lambda post: failing(post, 7)),
    "given up": ("card-failed-7", lambda post: failing(post, 7, ended_at=post.now)),
    "given up long ago": (
        "card-failed-7",
        lambda post: failing(post, 7, ended_at=post.now, paid_through=post.now - 40 * DAY),
    ),
    "card expires": ("card-expires", lambda post: membership(post, card_year=2024)),
    "cancelled": ("cancelled", lambda post: membership(post, ends_at=post.now + 20 * DAY)),
    "cancelled for later": (
        "cancelled",
        lambda post: membership(post, ends_at=post.now + 90 * DAY),
    ),
    "cancelled at once": (
        "cancelled",
        lambda post: membership(post, ended_at=post.now, paid_through=None),
    ),
    "refunded": ("refunded", refund),
    "refunded, going on": (
        "refunded",
        lambda post: refund(post, of=membership(post)["membership_id"]),
    ),
    "refunded whole, going on": (
        "refunded",
        lambda post: refund(post, of=membership(post)["membership_id"], minor=700),
    ),
    "gift": ("gift", gift),
    "gift code": ("gift-code", gift),
    "gift code, sent as well": ("gift-code", lambda post: gift(post, recipient_address=BOB)),
    "gift code, sent later": (
        "gift-code",
        lambda post: gift(post, recipient_address=BOB, deliver_at=post.now + SOON),
    ),
    "gift taken up": ("gift-begun", used),
    "gift taken up for later": (
        "gift-begun",
        lambda post: used(post, redeemed_at=post.now + SOON, ends_at=post.now + 2 * SOON),
    ),
    "claimed": ("gift-begun", lambda post: used(post, kind="given")),
    "gift used": ("gift-used", used),
    "gift never paid": ("payment-failed", unpaid),
    "present never paid": ("payment-failed", lambda post: unpaid(post, "gift_membership")),
    "first month never paid": (
        "payment-failed",
        lambda post: unpaid(post, "membership", ended_at=post.now),
    ),
    "first month tried again": (
        "payment-failed",
        lambda post: unpaid(
            post, "membership", failing_since=post.now, next_attempt_at=post.now + SOON
        ),
    ),
    "first month not tried again": (
        "payment-failed",
        lambda post: unpaid(post, "membership", failing_since=post.now),
    ),
}


def text_of(page: str) -> str:
    """Return what a page of HTML says, on one line."""
    body = re.sub(r"<(style|title)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def paragraphs(mail: Taken) -> list[str]:
    """Return what the plain part says: lines, without marks, addresses of pages and colons."""
    lines = (line.strip(" *:") for line in mail.part("plain").splitlines())
    return [" ".join(line.split()) for line in lines if line and not line.startswith("http")]


def links(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'href="([^"]*)"', page)]


def test_there_is_a_case_of_every_mail() -> None:
    assert {TEMPLATES[kind] for kind, _about in CASES.values()} == set(TEMPLATES.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_a_mail_is_whole_short_and_the_same_in_both_parts(
    post: Post, case: str, language: str
) -> None:
    kind, about = CASES[case]

    mail = post.letter(kind, about(post), language=language)

    page, plain = mail.part("html"), mail.part("plain")
    assert [one for one in paragraphs(mail) if one not in text_of(page)] == []
    assert len(mail.content) < LARGEST
    assert mail.message.get_content_type() == "multipart/alternative"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in mail.message
    assert f'<html lang="{language}" dir="{direction(language)}">' in page
    assert page.count("<h1") == 1
    assert not re.search(r"<img|src=|url\(|None|%\(|{{|undefined", page + plain)
    assert LONGEST_BREAK not in plain.replace("\r", "")
    assert set(links(page)) <= set(re.findall(r"http\S+", plain))


@pytest.mark.parametrize("case", CASES)
def test_a_ukrainian_mail_has_no_english_word(post: Post, case: str) -> None:
    kind, about = CASES[case]

    mail = post.letter(kind, about(post), language="uk")

    names = r"The Test Post|https?://\S+|R-\d{4}-\w+|\w{4}-\w{4}-\w{4}|PDF"
    said = f"{mail.message['Subject']} {mail.part('plain')} {text_of(mail.part('html'))}"
    assert re.findall(r"[A-Za-z]+", re.sub(names, " ", said)) == []
    assert all("/uk/" in link for link in links(mail.part("html")))
