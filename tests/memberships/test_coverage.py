"""What money covers: periods and grace, refunds and disputes, pausing and cancelling."""

from datetime import timedelta

import pytest

from app.core.money import MixedCurrencyError, Money
from app.memberships.coverage import (
    Cover,
    Gap,
    covers,
    gaps,
    gaps_of,
    paid_through,
    stretches,
    without,
)
from app.payments.gateway import DisputeSeen, RefundSeen
from tests.memberships.making import at
from tests.payments.fakes import make_invoice, make_payment

SEVEN = Money(700, "EUR")
JANUARY = Cover(at("2027-01-10"), at("2027-02-10"))
FEBRUARY = Cover(at("2027-02-10 01:00"), at("2027-03-10"))
GRACED = at("2027-02-24")


def refund(
    minor: int, on: str = "2027-01-20", status: str = "succeeded", currency: str = "EUR"
) -> RefundSeen:
    return RefundSeen("re", "pi", Money(minor, currency), status, at(on))


OPEN = DisputeSeen("du", "pi", SEVEN, "open", at("2027-01-20"))
LOST = DisputeSeen("du", "pi", SEVEN, "lost", at("2027-01-20"))
WON = DisputeSeen("du", "pi", SEVEN, "won", at("2027-01-20"), at("2027-02-03"))
WON_UNTOUCHED = DisputeSeen("du", "pi", SEVEN, "won", at("2027-01-20"))
ASKED = DisputeSeen("du", "pi", SEVEN, "warning", at("2027-01-20"))


def test_a_full_refund_is_a_gap_from_its_last_part_on() -> None:
    parts = [refund(300, "2027-01-20"), refund(400, "2027-01-25")]

    assert gaps(SEVEN, parts, ()) == (Gap(at("2027-01-25"), None),)
    assert gaps(SEVEN, parts[:1], ()) == ()


@pytest.mark.parametrize("status", ["pending", "failed", "canceled", "requires_action"])
def test_a_refund_that_did_not_arrive_is_no_gap(status: str) -> None:
    assert gaps(SEVEN, [refund(700, status=status)], ()) == ()


@pytest.mark.parametrize(
    ("dispute", "gap"),
    [
        (OPEN, (Gap(at("2027-01-20"), None),)),
        (LOST, (Gap(at("2027-01-20"), None),)),
        (WON, (Gap(at("2027-01-20"), at("2027-02-03")),)),
        (WON_UNTOUCHED, ()),
        (ASKED, ()),
    ],
    ids=["open", "lost", "won", "won, nothing taken", "asked"],
)
def test_a_dispute_holds_while_it_is_open(dispute: DisputeSeen, gap: tuple[Gap, ...]) -> None:
    assert gaps(SEVEN, (), [dispute]) == gap


def test_what_goes_back_in_another_currency_is_refused() -> None:
    with pytest.raises(MixedCurrencyError):
        gaps(SEVEN, [refund(700, currency="USD")], ())


def test_a_currency_without_decimals_goes_back_like_any_other() -> None:
    yen = Money(1_000, "JPY")

    assert gaps(yen, [refund(999, currency="JPY")], ()) == ()
    assert gaps(yen, [refund(1_000, currency="JPY")], ()) == (Gap(at("2027-01-20"), None),)


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        ((), [(1, 9)]),
        (((3, 5),), [(1, 3), (5, 9)]),
        (((3, None),), [(1, 3)]),
        (((0, 4), (3, 5)), [(5, 9)]),
        (((3, 5), (4, 4)), [(1, 3), (5, 9)]),
        (((1, None),), []),
        (((8, 20),), [(1, 8)]),
        (((9, 12), (20, None)), [(1, 9)]),
    ],
)
def test_gaps_are_cut_out(
    cut: tuple[tuple[int, int | None], ...], left: list[tuple[int, int]]
) -> None:
    days = [at("2027-01-01") + timedelta(days=day) for day in range(31)]
    found = [Gap(days[since], None if until is None else days[until]) for since, until in cut]

    assert without(days[1], days[9], found) == tuple((days[one], days[two]) for one, two in left)


def test_a_paid_period_has_two_weeks_of_grace() -> None:
    assert stretches([JANUARY], None, paused=False) == ((JANUARY.paid_at, GRACED),)
    assert paid_through([JANUARY]) == JANUARY.until


def test_the_hour_until_a_renewal_is_paid_is_no_gap() -> None:
    held = stretches([JANUARY, FEBRUARY], None, paused=False)

    assert held == ((JANUARY.paid_at, at("2027-03-24")),)


def test_a_renewal_paid_after_the_grace_begins_anew() -> None:
    late = Cover(at("2027-03-01"), at("2027-03-10"))

    assert stretches([JANUARY, late], None, paused=False) == (
        (JANUARY.paid_at, GRACED),
        (late.paid_at, at("2027-03-24")),
    )


def test_money_that_went_back_is_not_covered_by_the_grace_of_the_month_before() -> None:
    back = Cover(FEBRUARY.paid_at, FEBRUARY.until, (Gap(at("2027-02-12"), None),))

    assert stretches([JANUARY, back], None, paused=False) == ((JANUARY.paid_at, at("2027-02-12")),)
    assert paid_through([JANUARY, back]) == JANUARY.until


def test_who_is_paused_counts_until_what_is_paid() -> None:
    assert stretches([JANUARY], None, paused=True) == ((JANUARY.paid_at, JANUARY.until),)


def test_a_pause_that_is_over_gives_no_grace_afterwards() -> None:
    paused = Cover(JANUARY.paid_at, JANUARY.until, before_pause=True)
    april = Cover(at("2027-04-10"), at("2027-05-10"))

    assert stretches([paused, april], None, paused=False) == (
        (JANUARY.paid_at, JANUARY.until),
        (april.paid_at, at("2027-05-24")),
    )


@pytest.mark.parametrize(
    ("asked", "until"),
    [("2027-01-15", "2027-02-10"), ("2027-02-13", "2027-02-13"), ("2027-03-13", "2027-02-24")],
)
def test_who_cancels_has_no_grace_from_then_on(asked: str, until: str) -> None:
    assert stretches([JANUARY], at(asked), paused=False) == ((JANUARY.paid_at, at(until)),)


def test_only_paid_invoices_of_a_period_with_money_in_them_cover_anything() -> None:
    none = Money(0, "EUR")
    made = [
        make_invoice("in_1", status="open"),
        make_invoice("in_2", paid=none),
        make_invoice("in_3", covers_until=None),
        make_invoice("in_4", status="void", paid=none),
    ]

    assert covers([(one, ()) for one in made]) == ()


def test_an_invoice_called_off_untried_says_that_its_member_paused() -> None:
    paid = make_invoice("in_1", created_at=at("2027-01-10"), covers_until=at("2027-02-10"))
    skipped = make_invoice("in_2", status="void", attempts=0, created_at=at("2027-02-10"))
    tried = make_invoice("in_2", status="void", attempts=2, created_at=at("2027-02-10"))

    assert [one.before_pause for one in covers([(skipped, ()), (paid, ())])] == [True]
    assert [one.before_pause for one in covers([(paid, ()), (tried, ())])] == [False]


def test_two_payments_of_one_invoice_go_back_together() -> None:
    half = Money(350, "EUR")
    parts = [
        make_payment("pi_1", received=half, refunds=(refund(350, "2027-01-12"),)),
        make_payment("pi_2", received=half),
        make_payment("pi_3", status="requires_payment_method", refunds=(refund(700),)),
    ]
    (cover,) = covers([(make_invoice(), gaps_of(parts))])
    assert cover.gaps == ()

    parts[1] = make_payment("pi_2", received=half, refunds=(refund(350, "2027-01-13"),))
    (cover,) = covers([(make_invoice(), gaps_of(parts))])
    assert cover.gaps == (Gap(at("2027-01-13"), None),)
