"""Numbers, money and times as a language writes them, in the newsroom's zone."""

from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_month_names
from babel.numbers import (
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
    parse_pattern,
)

from app.site.pages import Moment

TENTH = Decimal("0.1")


@cache
def _months(language: str) -> dict[int, str]:
    return dict(get_month_names("wide", "format", locale=language))


def moment(at: datetime, language: str, zone: ZoneInfo) -> Moment:
    """Return a time as printed: `23 November 2026, 19:04 EET`."""
    local = at.astimezone(zone)
    clock = f"{local:%H:%M}"
    day = f"{local.day} {_months(language)[local.month]} {local.year}"
    return Moment(
        iso=local.replace(microsecond=0).isoformat(),
        text=f"{day}, {clock} {zone_name(local)}",
        clock=clock,
    )


def zone_name(local: datetime) -> str:
    """Return the short name of a time's zone, `UTC+03` where it has none."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def day(at: datetime, language: str, zone: ZoneInfo) -> str:
    """Return a day with its name: `Monday, 23 November 2026`."""
    local = at.astimezone(zone)
    return format_date(local.date(), "EEEE, d MMMM y", locale=language)


def number(value: int, language: str) -> str:
    """Return a whole number with the language's separators."""
    return format_decimal(value, locale=language)


def percent(part: int, whole: int, language: str) -> str:
    """Return a share to a tenth of a per cent, never rounded up: 19,999 of 20,000 is 99.9 %."""
    share = (Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, rounding=ROUND_FLOOR)
    return f"{format_decimal(share, format='#,##0.0', locale=language)}\N{NO-BREAK SPACE}%"


def money(minor: int, currency: str, language: str) -> str:
    """Return an amount of minor units, without decimals where there are none: `€10`."""
    digits = get_currency_precision(currency)
    value = Decimal(minor).scaleb(-digits)
    decimals = 0 if value == value.to_integral_value() else digits
    locale = Locale.parse(language)
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (decimals, decimals)
    text = str(pattern.apply(value, locale, currency=currency, currency_digits=False))
    return text.replace(get_currency_symbol(currency, locale), currency_sign(currency, language))


def currency_sign(currency: str, language: str) -> str:
    """Return the shorter of what the language and English write: the sign, where there is one."""
    signs = (get_currency_symbol(currency, language), get_currency_symbol(currency, "en"))
    return min(signs, key=len)
