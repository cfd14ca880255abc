"""Within which amounts one may pay, which is part of the program and not of the newsroom's data."""

from dataclasses import dataclass

from app.core.money import CURRENCIES, OFFERED, Money
from app.core.money_text import shown


@dataclass(frozen=True, slots=True)
class Limit:
    """The least and the most that one may choose to pay in a currency, in words."""

    currency: str
    least: str
    most: str


def limit_lines(language: str) -> list[Limit]:
    """Return the limits of every currency, those that are usually offered first."""
    codes = dict.fromkeys([*OFFERED, *CURRENCIES])
    return [
        Limit(
            code,
            shown(Money(CURRENCIES[code].smallest, code), language),
            shown(Money(CURRENCIES[code].largest, code), language),
        )
        for code in codes
    ]
