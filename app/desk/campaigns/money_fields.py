"""Amounts in the desk's fields: as somebody would type them."""

from babel.numbers import get_decimal_symbol

from app.core.money import currency_of


def plain_amount(minor: int, currency: str, language: str) -> str:
    """Return an amount as it is typed, without its sign: `10`, `10.50`."""
    digits = currency_of(currency).digits
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}{get_decimal_symbol(language)}{rest:0{digits}d}" if rest else str(whole)
