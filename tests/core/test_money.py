"""Money: whole minor units that never mix, and what a card payment costs."""

import pickle
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from fractions import Fraction
from operator import add, ge, gt, le, lt, sub
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import (
    CURRENCIES,
    OFFERED,
    BetweenStepsError,
    Currency,
    Fee,
    MixedCurrencyError,
    Money,
    UnknownCurrencyError,
    currency_of,
    sum_by_currency,
    with_fee,
)

MOST_THAT_STRIPE_TAKES = 99_999_999
BIGINT = 2**63 - 1

currencies = st.sampled_from(list(CURRENCIES.values()))
fees = st.builds(Fee, st.integers(0, 9_999), st.integers(0, 10_000))


@st.composite
def money(draw: st.DrawFn, *, of: Currency | None = None, least: int = -BIGINT) -> Money:
    rules = of or draw(currencies)
    steps = draw(st.integers(-(-least // rules.step), BIGINT // rules.step))
    return Money(steps * rules.step, rules.code)


@st.composite
def alike(draw: st.DrawFn) -> tuple[Money, Money]:
    rules = draw(currencies)
    return draw(money(of=rules)), draw(money(of=rules))


@pytest.mark.parametrize("wrong", [1.0, True, False, "1", None, Decimal(1), Fraction(1), 1j])
def test_only_whole_numbers_are_amounts(wrong: Any) -> None:  # noqa: ANN401 - what types forbid
    with pytest.raises(TypeError):
        Money(wrong, "EUR")


@pytest.mark.parametrize("code", ["eur", "XXX", "", "EUR "])
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrencyError):
        Money(1, code)
    with pytest.raises(UnknownCurrencyError):
        currency_of(code)


@pytest.mark.parametrize(("minor", "currency"), [(5_124, "KWD"), (550, "ISK"), (-1, "ISK")])
def test_there_is_nothing_between_the_steps_of_a_currency(minor: int, currency: str) -> None:
    with pytest.raises(BetweenStepsError):
        Money(minor, currency)


def test_an_amount_does_not_change() -> None:
    amount = Money(1, "EUR")

    with pytest.raises(FrozenInstanceError):
        amount.minor = 2  # type: ignore[misc] # what is tried here
    assert pickle.loads(pickle.dumps(amount)) == amount  # noqa: S301 - our own bytes


@given(alike(), st.integers(-1_000, 1_000))
def test_arithmetic_is_that_of_whole_numbers(pair: tuple[Money, Money], times: int) -> None:
    one, other = pair

    assert (one + other).minor == one.minor + other.minor
    assert (one - other).minor == one.minor - other.minor
    assert (one * times).minor == (times * one).minor == one.minor * times
    assert -one == Money.nothing(one.currency) - one
    assert {(one + other).currency, (one - other).currency, (-one).currency} == {one.currency}


@given(alike())
def test_order_is_that_of_the_amounts(pair: tuple[Money, Money]) -> None:
    one, other = pair

    assert (one < other) == (one.minor < other.minor)
    assert (one <= other) == (one.minor <= other.minor)
    assert (one > other) == (one.minor > other.minor)
    assert (one >= other) == (one.minor >= other.minor)
    assert max(one, other).minor == max(one.minor, other.minor)


@given(money(), money())
def test_two_currencies_are_never_added_or_compared(one: Money, other: Money) -> None:
    if one.currency == other.currency:
        other = Money.nothing("EUR" if one.currency != "EUR" else "USD")

    assert one != other
    for mix in (add, sub, lt, le, gt, ge):
        with pytest.raises(MixedCurrencyError):
            mix(one, other)


@pytest.mark.parametrize("wrong", [1, 1.5, True, "1", None])
def test_an_amount_is_added_to_and_compared_with_amounts_alone(wrong: Any) -> None:  # noqa: ANN401 - what types forbid
    amount = Money(100, "EUR")

    for tried in (add, sub, lt, le, gt, ge):
        with pytest.raises(TypeError):
            tried(amount, wrong)
        with pytest.raises(TypeError):
            tried(wrong, amount)
    assert amount != wrong


@pytest.mark.parametrize("times", [1.5, True, Decimal(2), Money(2, "EUR")])
def test_an_amount_is_multiplied_by_whole_numbers_alone(times: Any) -> None:  # noqa: ANN401 - what types forbid
    with pytest.raises(TypeError):
        _ = Money(100, "EUR") * times
    with pytest.raises(TypeError):
        _ = times * Money(100, "EUR")


@given(st.lists(money()))
def test_sums_are_told_apart_by_currency(amounts: list[Money]) -> None:
    sums = sum_by_currency(amounts)

    assert list(sums) == sorted({one.currency for one in amounts})
    for code, total in sums.items():
        assert total.currency == code
        assert total.minor == sum(one.minor for one in amounts if one.currency == code)


@pytest.mark.parametrize("rules", CURRENCIES.values(), ids=lambda one: one.code)
def test_the_rules_of_a_currency_agree_with_each_other(rules: Currency) -> None:
    smallest, largest = Money(rules.smallest, rules.code), Money(rules.largest, rules.code)

    assert CURRENCIES[rules.code] is currency_of(rules.code) is rules
    assert Money.nothing(rules.code) < smallest < largest
    assert with_fee(largest).minor <= MOST_THAT_STRIPE_TAKES
    assert with_fee(smallest) < smallest * 2, "the fee would be most of the payment"


def test_the_minor_units_are_those_that_stripe_counts_in() -> None:
    counted = {code: (one.digits, one.step, one.places) for code, one in CURRENCIES.items()}

    assert counted == {
        **dict.fromkeys(("EUR", "USD", "GBP", "UAH"), (2, 1, 2)),
        **dict.fromkeys(("JPY", "KRW"), (0, 1, 0)),
        "KWD": (3, 10, 2),
        "ISK": (2, 100, 0),
    }
    assert OFFERED == ("EUR", "USD", "GBP", "UAH")


def test_the_rules_cannot_be_changed_while_it_runs() -> None:
    with pytest.raises(TypeError):
        CURRENCIES["EUR"] = replace(CURRENCIES["EUR"], step=5)  # type: ignore[index] # tried here


@given(money(least=1), st.none() | fees)
def test_what_is_left_after_the_fee_covers_the_amount(wanted: Money, fee: Fee | None) -> None:
    taken = fee or CURRENCIES[wanted.currency].fee
    paid = with_fee(wanted, fee)

    assert paid >= wanted
    assert paid.minor - taken.on(paid.minor) >= wanted.minor
    exact = paid.minor - Fraction(paid.minor * taken.basis_points, 10_000) - taken.fixed
    assert exact >= wanted.minor


@given(money(least=1), st.none() | fees)
def test_nobody_is_asked_for_more_than_the_fee_needs(wanted: Money, fee: Fee | None) -> None:
    taken = fee or CURRENCIES[wanted.currency].fee
    less = with_fee(wanted, fee).minor - CURRENCIES[wanted.currency].step

    assert less - taken.on(less) < wanted.minor


@pytest.mark.parametrize(
    ("wanted", "paid"),
    [
        (Money(10_00, "EUR"), Money(10_41, "EUR")),
        (Money(10_00, "USD"), Money(10_61, "USD")),
        (Money(1_000, "JPY"), Money(1_038, "JPY")),
        (Money(10_000, "KWD"), Money(10_410, "KWD")),
        (Money(1_000_00, "ISK"), Money(1_072_00, "ISK")),
    ],
    ids=str,
)
def test_a_fee_is_rounded_up_to_what_can_be_paid(wanted: Money, paid: Money) -> None:
    assert with_fee(wanted) == paid


def test_a_newsroom_can_know_its_own_fee() -> None:
    assert with_fee(Money(100_00, "EUR"), Fee(0, 0)) == Money(100_00, "EUR")
    assert with_fee(Money(100_00, "EUR"), Fee(5_000, 0)) == Money(200_00, "EUR")


@pytest.mark.parametrize("minor", [0, -100])
def test_there_is_no_fee_on_nothing(minor: int) -> None:
    with pytest.raises(ValueError, match="no fee"):
        with_fee(Money(minor, "EUR"))


@pytest.mark.parametrize(("basis_points", "fixed"), [(10_000, 0), (-1, 0), (0, -1)])
def test_a_fee_leaves_something(basis_points: int, fixed: int) -> None:
    with pytest.raises(ValueError, match="is no fee"):
        Fee(basis_points, fixed)


@pytest.mark.parametrize("wrong", [1.5, True])
def test_a_fee_is_counted_in_whole_numbers(wrong: Any) -> None:  # noqa: ANN401 - what types forbid
    with pytest.raises(TypeError):
        Fee(wrong, 0)
    with pytest.raises(TypeError):
        Fee(0, wrong)
