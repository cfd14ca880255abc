"""What the account shows, on both databases, and to whom."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.articles.versions import content_version
from app.core.clock import now
from app.core.database import Database
from app.memberships.account import answering
from app.memberships.gifts.codes import code_of
from app.memberships.gifts.models import GiftMembership, WallName
from app.memberships.gifts.queries import gifts_bought_by
from app.memberships.money_models import Dispute
from app.memberships.service import Grant, grant
from app.memberships.wall import name_of, put
from tests.memberships.account.browsing import Visitor, browse
from tests.memberships.account.making import (
    ANN,
    make_intent,
    make_membership,
    make_payment,
    make_refund,
)
from tests.memberships.account.pdf_reading import lines_of
from tests.memberships.making import NOW, make_person

DAY = timedelta(days=1)


@pytest.fixture
def visitor(database: Database, tmp_path: Path) -> Visitor:
    """A browser in which Ann, of whom nothing but the address is known, is signed in."""
    made = browse(database, tmp_path)
    made.sign_in(ann(database))
    return made


def ann(database: Database) -> int:
    with database.write() as session:
        person = make_person(session, ANN)
        session.commit()
    return person


def whose(visitor: Visitor) -> int:
    with visitor.database.read() as session:
        found = session.connection().exec_driver_sql("SELECT person_id FROM person_session")
        return int(found.scalar_one())


def give(visitor: Visitor, **values: Any) -> str:  # noqa: ANN401 - columns
    with visitor.database.write() as session:
        payment = make_payment(session, whose(visitor), **values)
        session.commit()
    return payment.receipt_number


@pytest.mark.parametrize("path", ["", "data/", "wall/", "receipts/R-1.pdf", "statements/2026.pdf"])
def test_whoever_is_not_signed_in_is_asked_to(
    database: Database, tmp_path: Path, path: str
) -> None:
    answer = browse(database, tmp_path).open(f"/account/{path}")

    assert answer.status_code == 303
    assert answer.location.startswith("/account/sign-in/")


def test_an_account_without_anything_says_so_and_leads_to_joining(visitor: Visitor) -> None:
    page = visitor.read()

    assert "There is no membership and no gift of yours yet." in page
    assert 'href="/join/"' in page
    assert ANN in page
    assert "Payments and receipts" not in page


def test_the_page_is_kept_nowhere_and_speaks_ukrainian(visitor: Visitor) -> None:
    answer = visitor.open("/uk/account/")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Ваш обліковий запис" in answer.text
    assert "<h1>Your account" not in answer.text


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        ({}, ["The next charge is on 23 December 2026."]),
        ({"interval": "year", "amount_minor": 8400}, ["€84 a year"]),
        ({"paid_through": None}, ["The first payment is on its way to us."]),
        (
            {"failing_since": NOW, "next_attempt_at": NOW + 3 * DAY},
            [
                "did not go through",
                "tried again on 26 November 2026, with the card that we know of by then.",
                "If you have changed the card since, there is nothing more to do.",
            ],
        ),
        ({"failing_since": NOW}, ["It is not tried again. You can join anew at any time."]),
        ({"paused": True}, ["It is paused", "It is paid until 23 December 2026."]),
        ({"ends_at": NOW + 5 * DAY}, ["It ends on 28 November 2026.", "Nothing more is charged."]),
        (
            {"ends_at": NOW + 90 * DAY},
            ["It ends on 21 February 2027. Until then it is charged as before."],
        ),
        (
            {"ends_at": NOW + 5 * DAY, "failing_since": NOW, "next_attempt_at": NOW + 3 * DAY},
            ["is tried again on 26 November 2026; nothing else is charged."],
        ),
        ({"ended_at": NOW - DAY}, ["€7 a month: ended on 22 November 2026."]),
    ],
)
def test_each_standing_has_its_sentences(
    visitor: Visitor, values: dict[str, Any], sentences: list[str]
) -> None:
    with visitor.database.write() as session:
        make_membership(session, whose(visitor), **values)
        session.commit()

    page = visitor.read()

    assert all(one in page for one in sentences)


@pytest.mark.parametrize(
    ("standing", "buttons"),
    [
        ({}, {"Change the card", "Change the amount", "Pause", "Cancel"}),
        ({"paid_through": None}, {"Cancel"}),
        ({"failing_since": NOW}, {"Change the card", "Cancel"}),
        ({"paused": True}, {"Change the card", "Change the amount", "Resume it", "Cancel"}),
        ({"ends_at": NOW}, {"Take the cancellation back"}),
        ({"ended_at": NOW}, set()),
    ],
)
def test_only_what_can_be_done_now_is_offered(
    visitor: Visitor, standing: dict[str, Any], buttons: set[str]
) -> None:
    with visitor.database.write() as session:
        make_membership(session, whose(visitor), **standing)
        session.commit()

    found = re.findall(r'<div class="acts">(.*?)</div>', visitor.read(), re.DOTALL)

    acts = re.findall(r">([^<>]+)</(?:a|button)>", found[0]) if len(found) > 1 else []
    assert set(acts) == buttons


def test_the_account_says_until_when_somebody_is_a_member(visitor: Visitor) -> None:
    with visitor.database.write() as session:
        moment = now(session)
        ends = moment + 10 * DAY
        given = Grant(whose(visitor), "gift", "a gift", moment - DAY, ends)
        grant(session, given, reason="redeemed", now=moment)
        session.commit()

    page = visitor.read()

    assert re.search(r"You are a member until \d+ \w+ \d{4}\.", page)


def test_payments_are_listed_with_what_went_back_and_their_papers(visitor: Visitor) -> None:
    number = give(visitor, amount_minor=1_000)
    with visitor.database.write() as session:
        payment = make_payment(session, whose(visitor), paid_at=NOW - 400 * DAY)
        make_refund(session, payment, 300)
        session.commit()

    page = visitor.read()

    assert "23 November 2026" in page
    assert "€3 given back" in page
    assert f'href="/account/receipts/{number}.pdf"' in page
    assert "/account/statements/2026.pdf" in page
    assert "/account/statements/2025.pdf" in page


def test_a_receipt_is_a_file_of_its_number(visitor: Visitor) -> None:
    number = give(visitor)

    answer = visitor.open(f"/account/receipts/{number}.pdf")

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=receipt-{number}.pdf"
    said = lines_of(answer.data)
    assert {"The Test Post", number, ANN, "7.00 EUR"} <= set(said)


@pytest.mark.parametrize(("state", "is_gone"), [("lost", True), ("open", False), ("won", False)])
def test_money_that_a_bank_took_back_is_not_left(
    visitor: Visitor, state: str, *, is_gone: bool
) -> None:
    with visitor.database.write() as session:
        payment = make_payment(session, whose(visitor))
        make_refund(session, payment, 200)
        values = {"dispute_id": "du_1", "state": state, "opened_at": NOW + DAY}
        minor = {"amount_minor": 500, "currency": "EUR"}
        session.add(Dispute(payment_id=payment.id, **values, **minor))
        session.commit()

    receipt = lines_of(visitor.open(f"/account/receipts/{payment.receipt_number}.pdf").data)
    statement = lines_of(visitor.open("/account/statements/2026.pdf").data)

    assert receipt.count("Given back on 24 November 2026") == int(is_gone)
    for said in (receipt, statement):
        assert said[said.index("Left of it") + 1] == ("0.00 EUR" if is_gone else "5.00 EUR")
    assert ("€7 given back" in visitor.read()) == is_gone


def test_a_statement_holds_the_year_of_the_newsrooms_calendar(visitor: Visitor) -> None:
    late = give(visitor, paid_at=NOW.replace(month=12, day=31, hour=23))  # in Kyiv it is January
    early = give(visitor, paid_at=NOW)

    this_year = lines_of(visitor.open("/account/statements/2026.pdf").data)
    next_year = lines_of(visitor.open("/uk/account/statements/2027.pdf").data)

    assert early in this_year
    assert late not in this_year
    assert late in next_year
    assert "Виписка за 2027 рік" in next_year


def test_both_papers_name_who_publishes(database: Database, tmp_path: Path) -> None:
    visitor = browse(database, tmp_path, PUBLISHER="The Post NGO | No. 12345678")
    with database.write() as session:
        person = make_person(session, ANN)
        session.commit()
    visitor.sign_in(person)
    number = give(visitor, paid_at=NOW)

    for path in (f"receipts/{number}.pdf", "statements/2026.pdf"):
        said = lines_of(visitor.open(f"/account/{path}").data)
        first = said.index("Received by") + 1
        assert said[first : first + 2] == ["The Post NGO", "No. 12345678"]


@pytest.mark.parametrize("path", ["/account/", "/uk/account/"])
def test_a_statement_is_a_file_of_its_year(visitor: Visitor, path: str) -> None:
    give(visitor, paid_at=NOW)

    answer = visitor.open(f"{path}statements/2026.pdf")

    assert answer.headers["Content-Disposition"] == "attachment; filename=statement-2026.pdf"


@pytest.mark.parametrize("year", ["2019", "0", "1999", "9999", "99999999999999999999"])
def test_a_year_without_payments_has_no_statement(visitor: Visitor, year: str) -> None:
    give(visitor)

    assert visitor.open(f"/account/statements/{year}.pdf").status_code == 404


def test_somebody_elses_receipt_is_not_found(visitor: Visitor) -> None:
    with visitor.database.write() as session:
        theirs = make_payment(session, make_person(session, "bo@post.example")).receipt_number
        session.commit()

    assert visitor.open(f"/account/receipts/{theirs}.pdf").status_code == 404
    assert theirs not in visitor.read()


@pytest.mark.parametrize(
    "path", ["receipts/%00.pdf", "memberships/%00/amount/", "memberships/sub_%00/card/"]
)
def test_a_name_that_no_database_could_hold_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.open(f"/account/{path}").status_code == 404


def test_a_page_knows_where_it_is_in_every_language(visitor: Visitor) -> None:
    with visitor.app.test_request_context("/uk/account/statements/2026.pdf"):
        assert answering._in_each_language() == {
            "en": "/account/statements/2026.pdf",
            "uk": "/uk/account/statements/2026.pdf",
        }
    with visitor.app.test_request_context("/account/wall/", method="POST"):
        assert answering._in_each_language() == {}


def make_gift(visitor: Visitor, **values: Any) -> None:  # noqa: ANN401 - columns
    with visitor.database.write() as session:
        intent = make_intent(session, whose(visitor), kind="gift_membership")
        usual = {"kind": "gift", "buyer_id": intent.person_id, "months": 12, "paid_at": NOW}
        names = {"public_id": intent.public_id, "code_hash": intent.public_id}
        session.add(GiftMembership(intent_id=intent.id, **names, **{**usual, **values}))
        session.commit()


@pytest.mark.parametrize(
    ("values", "sentence", "has_code"),
    [
        ({}, "Nobody has used it yet.", True),
        ({"recipient_address": "bo@post.example"}, "It was sent to bo@post.example.", True),
        (
            {"recipient_address": "bo@post.example", "deliver_at": NOW + DAY},
            "with an email on 24 November 2026",
            True,
        ),
        ({"redeemed_at": NOW, "ends_at": NOW + DAY}, "in use since 23 November 2026", False),
        (
            {"used_at": NOW, "redeemed_at": NOW + 90 * DAY, "ends_at": NOW + 99 * DAY},
            "in use since 23 November 2026",
            False,
        ),
        ({"void_at": NOW}, "Its money went back", False),
        ({"kind": "given"}, "It waits for a reader who cannot pay.", False),
        (
            {"kind": "given", "redeemed_at": NOW, "ends_at": NOW + DAY},
            "has had it since 23 November 2026",
            False,
        ),
    ],
)
def test_a_gift_shows_its_code_while_that_is_good_for_something(
    visitor: Visitor, values: dict[str, Any], sentence: str, has_code: bool
) -> None:
    if "redeemed_at" in values:
        with visitor.database.write() as session:
            values = {**values, "redeemed_by_id": make_person(session, "bo@post.example")}
            session.commit()
    make_gift(visitor, **values)
    with visitor.database.read() as session:
        code = code_of(visitor.settings, gifts_bought_by(session, whose(visitor))[0])

    page = visitor.read()

    assert sentence in page
    assert (code in page) == has_code


def test_a_name_goes_up_is_changed_and_comes_down(visitor: Visitor, database: Database) -> None:
    give(visitor)
    up = visitor.done("/account/wall/", wall_name="  Ann  Example ")
    changed = visitor.done("/account/wall/", wall_name="A. Example")
    with database.read() as session:
        before = content_version(session), name_of(session, whose(visitor))
    down = visitor.done("/account/wall/withdraw")

    assert "<bdi>Ann Example</bdi>" in up
    assert "<bdi>A. Example</bdi>" in changed
    assert before[1] == "A. Example"
    assert "You are not named there." in down
    assert visitor.count(WallName) == 0
    with database.read() as session:
        assert content_version(session) > before[0]  # it is on no page from now on


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Please type the name"),
        ("www.cheap.example", "no address and no link"),
        ("x" * 81, "at most 80 characters"),
    ],
)
def test_a_name_that_the_wall_does_not_take_is_kept_in_its_field(
    visitor: Visitor, typed: str, sentence: str
) -> None:
    give(visitor)

    answer = visitor.send("/account/wall/", wall_name=typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{typed}"' in answer.text
    assert visitor.count(WallName) == 0


def test_whoever_never_gave_has_no_wall_to_stand_on(visitor: Visitor) -> None:
    assert visitor.open("/account/wall/").status_code == 404
    assert visitor.send("/account/wall/", wall_name="Ann").status_code == 404


def test_a_name_can_come_down_though_no_payment_is_left(visitor: Visitor) -> None:
    with visitor.database.write() as session:
        put(session, whose(visitor), "Ann Example", NOW)
        session.commit()

    assert "Ann Example" in visitor.read("/account/wall/")


def test_a_word_that_we_never_put_into_an_address_says_nothing(visitor: Visitor) -> None:
    assert 'class="notice"' not in visitor.read("/account/?done=paid")
    assert 'class="notice"' in visitor.read("/account/?done=named")
