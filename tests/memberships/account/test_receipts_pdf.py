"""Receipts and statements, read as a program for PDF files reads them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import CURRENCIES, Money
from app.memberships.account.queries import Payer, PaymentRead, RefundRead
from app.memberships.account.receipts_pdf import SPACE, Head, receipt, statement, written
from app.memberships.account.words import Voice
from tests.memberships.account.pdf_reading import lines_of, pages_of
from tests.memberships.making import at

KYIV = ZoneInfo("Europe/Kyiv")
HEAD = Head(
    Voice("en", KYIV),
    "The Test Post",
    "https://post.example",
    Payer("Ann Example", "ann@post.example"),
)
IN_UKRAINIAN = replace(HEAD, voice=Voice("uk", KYIV), site_name="Вісті міста")
NOW = at("2026-12-31 12:00")


def paid(**values: Any) -> PaymentRead:  # noqa: ANN401 - fields
    usual: dict[str, Any] = {
        "receipt_number": "R-2026-9XK4TZ01",
        "money": Money(700, "EUR"),
        "refunded": Money(0, "EUR"),
        "paid_at": at("2026-11-30 23:30"),
        "covers_until": at("2026-12-31"),
        "interval": "month",
        "kind": "membership",
    }
    return PaymentRead(**{**usual, **values})


def euros(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02} EUR"


def test_a_receipt_says_who_paid_what_when_and_what_for() -> None:
    said = lines_of(receipt(HEAD, paid(), []))

    facts = dict(pairwise(said))
    assert said[:2] == ["The Test Post", "Receipt"]
    assert facts["Number"] == "R-2026-9XK4TZ01"
    assert facts["Paid on"] == "1 December 2026"  # by the newsroom's calendar, not by that of UTC
    assert facts["Received from"] == "Ann Example"
    assert facts["Ann Example"] == "ann@post.example"
    assert facts["For"] == "Membership, one month"
    assert facts["Paid until"] == "31 December 2026"
    assert facts["Amount"] == euros(700)
    assert "Left of it" not in facts


def test_what_went_back_stands_on_the_receipt_with_its_days() -> None:
    refunds = [RefundRead(Money(one, "EUR"), at("2026-12-05")) for one in (200, 150)]

    said = lines_of(receipt(HEAD, paid(refunded=Money(350, "EUR")), refunds))

    assert said.count("Given back on 5 December 2026") == 2
    assert {f"−{euros(200)}", f"−{euros(150)}"} <= set(said)
    assert said[said.index("Left of it") + 1] == euros(350)


def test_a_receipt_in_ukrainian_is_ukrainian_throughout() -> None:
    said = lines_of(receipt(IN_UKRAINIAN, paid(), []))

    assert said[:2] == ["Вісті міста", "Квитанція"]
    assert "1 грудня 2026" in said
    assert "Участь, один місяць" in said
    assert "7,00 EUR" in said
    assert not any("Paid" in line or "Membership" in line for line in said)


@pytest.mark.parametrize(
    ("kind", "interval", "words"),
    [
        ("membership", "year", "Membership, one year"),
        ("gift", None, "Single gift"),
        ("gift_membership", None, "Membership as a gift"),
        ("given", None, "Membership for a reader who cannot pay"),
    ],
)
def test_every_kind_of_payment_has_its_words(kind: str, interval: str | None, words: str) -> None:
    assert words in lines_of(receipt(HEAD, paid(kind=kind, interval=interval), []))


def test_the_same_payment_gives_the_same_file() -> None:
    assert receipt(HEAD, paid(), []) == receipt(HEAD, paid(), [])


def test_a_name_in_signs_that_the_font_lacks_leaves_the_address() -> None:
    said = lines_of(receipt(replace(HEAD, payer=Payer("田中さん", "t@post.example")), paid(), []))

    assert said[said.index("Received from") + 1] == "t@post.example"
    assert not any("?" in line for line in said)


def test_signs_of_both_alphabets_are_there() -> None:
    payer = Payer("Ґалина Їжак-Łąkowska’", "halyna@post.example")

    assert payer.name in lines_of(receipt(replace(HEAD, payer=payer), paid(), []))


def test_nobody_is_named_where_nobody_is_known() -> None:
    assert "Received from" not in lines_of(receipt(replace(HEAD, payer=Payer("", "")), paid(), []))


PUBLISHER = ("Вісті міста ГО", "вул. Соборна 1, Одеса", "ЄДРПОУ 12345678")


@pytest.mark.parametrize(("head", "named"), [(HEAD, "Received by"), (IN_UKRAINIAN, "Отримувач")])
def test_the_publisher_stands_on_both_papers_line_by_line(head: Head, named: str) -> None:
    head = replace(head, publisher=PUBLISHER)

    for paper in (receipt(head, paid(), []), statement(head, 2026, [paid()], NOW)):
        said = lines_of(paper)
        first = said.index(named) + 1
        assert tuple(said[first : first + 3]) == PUBLISHER


def test_a_publisher_who_is_not_set_leaves_no_line() -> None:
    assert "Received by" not in lines_of(receipt(HEAD, paid(), []))


def test_a_receipt_with_many_refunds_goes_on_over_the_page() -> None:
    refunds = [
        RefundRead(Money(100, "EUR"), at("2026-12-01") + timedelta(days=one)) for one in range(60)
    ]
    payment = paid(money=Money(10_000, "EUR"), refunded=Money(6_000, "EUR"))

    pages = pages_of(receipt(HEAD, payment, refunds))

    assert len(pages) > 1
    assert "".join(pages).count("Given back on") == 60
    assert euros(4_000) in pages[-1]


def test_a_statement_lists_the_year_and_sums_each_currency_by_itself() -> None:
    payments = [
        paid(),
        paid(receipt_number="R-2026-9XK4TZ02", refunded=Money(700, "EUR")),
        paid(receipt_number="R-2026-9XK4TZ03", money=Money(50_000, "UAH"),
             refunded=Money(0, "UAH"), kind="gift", interval=None),
    ]  # fmt: skip

    said = lines_of(statement(HEAD, 2026, payments, NOW))

    assert said[1] == "Statement for 2026"
    assert all(one.receipt_number in said for one in payments)
    sums = [said[at + 1] for at, line in enumerate(said) if line == "Paid in all"]
    assert sums == [euros(1400), "500.00 UAH"]
    assert said[said.index("Left of it") + 1] == euros(700)
    assert said.count("Left of it") == 1


def test_a_long_statement_repeats_its_headings_and_loses_no_line() -> None:
    payments = [paid(receipt_number=f"R-2026-{one:08}") for one in range(100)]

    pages = pages_of(statement(HEAD, 2026, payments, NOW))

    assert len(pages) > 2
    assert all("Given back" in page for page in pages[:-1])
    assert "".join(pages).count("R-2026-") == 100
    assert euros(70_000) in pages[-1]


@given(st.sampled_from(sorted(CURRENCIES)), st.integers(0, 10**9))
def test_a_written_amount_says_every_minor_unit(code: str, steps: int) -> None:
    currency = CURRENCIES[code]
    minor = steps * currency.step

    number, named = written(Money(minor, code), "en").split(SPACE)

    digits = number.replace(",", "").replace(".", "")
    decimals = len(number.partition(".")[2])
    assert int(digits) * 10 ** (currency.digits - decimals) == minor
    assert named == code


def test_money_that_went_back_has_a_minus_before_it() -> None:
    assert written(Money(-1_250_000, "EUR"), "uk") == f"−12{SPACE}500,00{SPACE}EUR"


def test_the_day_of_a_statement_is_that_of_the_newsroom() -> None:
    said = lines_of(statement(HEAD, 2026, [paid()], datetime(2026, 12, 30, 23, tzinfo=UTC)))

    assert said[said.index("As of") + 1] == "31 December 2026"
