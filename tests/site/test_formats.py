"""Numbers, money and times as each language writes them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.site import formats

KYIV = ZoneInfo("Europe/Kyiv")
THEN = datetime(2026, 11, 23, 17, 4, 9, 5, tzinfo=UTC)
SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "23 November 2026, 19:04 EET"), ("uk", "23 листопада 2026, 19:04 EET")],
)
def test_a_moment_is_told_in_the_newsrooms_zone(language: str, expected: str) -> None:
    moment = formats.moment(THEN, language, KYIV)

    assert moment.text == expected
    assert moment.iso == "2026-11-23T19:04:09+02:00"
    assert moment.clock == "19:04"


def test_summer_time_has_its_own_name() -> None:
    summer = formats.moment(datetime(2026, 7, 1, 12, tzinfo=UTC), "en", KYIV)

    assert summer.text == "1 July 2026, 15:00 EEST"


def test_a_zone_without_a_name_is_told_by_its_distance() -> None:
    assert formats.moment(THEN, "en", ZoneInfo("America/Sao_Paulo")).text.endswith("14:04 UTC-03")


def test_a_day_has_its_name() -> None:
    assert formats.day(THEN, "en", KYIV) == "Monday, 23 November 2026"
    assert formats.day(THEN, "uk", KYIV) == "понеділок, 23 листопада 2026"


def test_whole_numbers_have_the_languages_separator() -> None:
    assert formats.number(18_412, "en") == "18,412"
    assert formats.number(18_412, "uk") == f"18{SPACE}412"


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (18_412, 20_000, "92.0"),
        (19_999, 20_000, "99.9"),
        (20_000, 20_000, "100.0"),
        (0, 20_000, "0.0"),
        (25_001, 20_000, "125.0"),
        (1, 3, "33.3"),
    ],
)
def test_a_share_is_never_rounded_up(part: int, whole: int, expected: str) -> None:
    assert formats.percent(part, whole, "en") == f"{expected}{SPACE}%"


def test_a_share_has_the_languages_comma() -> None:
    assert formats.percent(1, 3, "uk") == f"33,3{SPACE}%"


@pytest.mark.parametrize(
    ("minor", "currency", "language", "expected"),
    [
        (1000, "EUR", "en", "€10"),
        (1050, "EUR", "en", "€10.50"),
        (1_000_000, "EUR", "en", "€10,000"),
        (1000, "EUR", "uk", f"10{SPACE}€"),
        (50_000, "UAH", "uk", f"500{SPACE}₴"),
        (1000, "JPY", "en", "¥1,000"),
        (1500, "USD", "en", "$15"),
    ],
)
def test_money_has_decimals_only_where_it_needs_them(
    minor: int, currency: str, language: str, expected: str
) -> None:
    assert formats.money(minor, currency, language) == expected
