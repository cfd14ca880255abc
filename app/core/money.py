"""Money: whole minor units of one currency, never a fraction and never two currencies in one sum.

Minor units are those of Stripe's API, which are not everywhere those of ISO 4217: a króna is kept
as 100 though it has no coins below it, and the last of the three decimals of a Kuwaiti dinar has
to be 0 (https://docs.stripe.com/currencies). `Currency.step` is what every amount is a multiple of.
How amounts are typed and shown is in `money_text`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import total_ordering
from types import MappingProxyType
from typing import Self

from app.core.errors import UnwalledError

WHOLE = 10_000  # basis points in one


class UnknownCurrencyError(UnwalledError):
    """We have no rules for a currency; codes are those of ISO 4217, in capitals."""


class MixedCurrencyError(UnwalledError):
    """Amounts of two currencies were added or compared."""


class BetweenStepsError(UnwalledError):
    """Nobody can pay an amount: the currency has nothing that small."""


def _up(amount: int, by: int) -> int:
    """Divide, and round away from 0 what is above it."""
    return -(-amount // by)


def _refuse_unless_whole(*amounts: object) -> None:
    for amount in amounts:
        if type(amount) is not int:
            raise TypeError(f"Money is counted in whole minor units, not as {amount!r}.")


@dataclass(frozen=True, slots=True)
class Fee:
    """What a card payment costs the newsroom: a share in basis points and a part that is fixed."""

    basis_points: int
    fixed: int

    def __post_init__(self) -> None:
        """Refuse a fee that would eat all of a payment, or give something back."""
        _refuse_unless_whole(self.basis_points, self.fixed)
        if not 0 <= self.basis_points < WHOLE or self.fixed < 0:
            raise ValueError(f"{self} is no fee.")

    def on(self, minor: int) -> int:
        """Return what is kept of a payment, a part of a minor unit counted as a whole one."""
        return _up(minor * self.basis_points, WHOLE) + self.fixed


@dataclass(frozen=True, slots=True)
class Currency:
    """The rules of one currency; amounts in minor units.

    Attributes:
        code: ISO 4217.
        sign: What stands beside a number on a page.
        digits: How many decimals its minor unit stands for.
        step: Every amount is a multiple of it.
        smallest: The least that one may choose to pay; it keeps card testers away.
        largest: The most; above it a typing error is likelier than generosity.
        fee: What a card payment costs about; a newsroom may know its own better.
    """

    code: str
    sign: str
    digits: int
    step: int
    smallest: int
    largest: int
    fee: Fee

    @property
    def places(self) -> int:
        """How many decimals can be other than 0."""
        places = self.digits
        while places > 0 and self.step % 10 ** (self.digits - places + 1) == 0:
            places -= 1
        return places


CURRENCIES: Mapping[str, Currency] = MappingProxyType(
    {
        one.code: one
        for one in (
            Currency("EUR", "€", 2, 1, 1_00, 10_000_00, Fee(150, 25)),
            Currency("USD", "$", 2, 1, 1_00, 10_000_00, Fee(290, 30)),
            Currency("GBP", "£", 2, 1, 1_00, 10_000_00, Fee(150, 20)),
            Currency("UAH", "₴", 2, 1, 50_00, 500_000_00, Fee(350, 12_00)),
            Currency("JPY", "¥", 0, 1, 100, 1_500_000, Fee(360, 0)),
            Currency("KRW", "₩", 0, 1, 1_000, 15_000_000, Fee(390, 0)),
            Currency("KWD", "KWD", 3, 10, 500, 3_000_000, Fee(290, 100)),
            Currency("ISK", "ISK", 2, 100, 200_00, 900_000_00, Fee(290, 40_00)),
        )
    }
)
OFFERED = ("EUR", "USD", "GBP", "UAH")


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency, of any sign.

    Raises:
        TypeError: The amount is anything but an `int`; also `True`, which counts as one elsewhere.
        UnknownCurrencyError: We do not know the currency.
        BetweenStepsError: The currency has no such amount.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Hold what the class promises, whoever made the amount."""
        _refuse_unless_whole(self.minor)
        if self.minor % currency_of(self.currency).step:
            raise BetweenStepsError(f"There is no amount of {self.minor} in {self.currency}.")

    @classmethod
    def nothing(cls, currency: str) -> Self:
        """Return 0 of a currency."""
        return cls(0, currency)

    def __add__(self, other: "Money") -> "Money":
        """Return the sum of two amounts of one currency."""
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._alike(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Return how much more this is than another amount of the same currency."""
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._alike(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        """Return the amount a whole number of times."""
        if type(times) is not int:
            return NotImplemented
        return Money(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        """Return the amount with the other sign."""
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Return whether this is less than another amount of the same currency."""
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor < self._alike(other)

    def _alike(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MixedCurrencyError(f"{self.currency} and {other.currency} do not mix.")
        return other.minor


def currency_of(code: str) -> Currency:
    """Return the rules of a currency.

    Raises:
        UnknownCurrencyError: We have none for it.
    """
    if code not in CURRENCIES:
        raise UnknownCurrencyError(f"We do not know the currency {code!r}.")
    return CURRENCIES[code]


def with_fee(money: Money, fee: Fee | None = None) -> Money:
    """Return the least payment of which `money` is left when the fee is taken off.

    It may be above the largest amount that one can choose.

    Args:
        money: What is to reach the newsroom, more than nothing.
        fee: What it really pays; the currency's usual fee otherwise.
    """
    if money.minor <= 0:
        raise ValueError(f"There is no fee on {money}.")
    currency = currency_of(money.currency)
    taken = fee or currency.fee
    least = _up((money.minor + taken.fixed) * WHOLE, WHOLE - taken.basis_points)
    return Money(_up(least, currency.step) * currency.step, money.currency)


def sum_by_currency(amounts: Iterable[Money]) -> dict[str, Money]:
    """Return one sum for each currency that occurs, in the order of their codes."""
    sums: dict[str, Money] = {}
    for one in amounts:
        sums[one.currency] = sums[one.currency] + one if one.currency in sums else one
    return dict(sorted(sums.items()))
