"""Clock times of a zone, also on the days when its clocks are changed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.core.errors import FieldError
from app.core.local_time import (
    FIRST,
    SECOND,
    TwiceError,
    read_local,
    which_of_two,
    written_local,
    zone_name,
)

KYIV = ZoneInfo("Europe/Kyiv")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2027-01-31T09:00", "2027-01-31T07:00"),
        ("2027-07-31 09:00", "2027-07-31T06:00"),
        (" 2027-01-31T09:00:59 ", "2027-01-31T07:00"),
        ("2027-03-28T02:59", "2027-03-28T00:59"),
        ("2027-03-28T04:00", "2027-03-28T01:00"),
    ],
)
def test_a_clock_time_is_read_in_its_zone(typed: str, moment: str) -> None:
    assert read_local("starts_at", typed, KYIV) == at(moment)


def test_a_time_that_does_not_exist_is_refused_with_the_times_around_it() -> None:
    with pytest.raises(FieldError) as refused:
        read_local("starts_at", "2027-03-28T03:30", KYIV)

    assert refused.value.field == "starts_at"
    assert "03:30 does not exist: take 02:30 or 04:30" in refused.value.message


def test_a_time_that_comes_twice_asks_which_one() -> None:
    with pytest.raises(TwiceError) as refused:
        read_local("ends_at", "2027-10-31T03:30", KYIV)

    assert "the first (EEST, UTC+03:00) or the second (EET, UTC+02:00)" in refused.value.message
    assert read_local("ends_at", "2027-10-31T03:30", KYIV, FIRST) == at("2027-10-31T00:30")
    assert read_local("ends_at", "2027-10-31T03:30", KYIV, SECOND) == at("2027-10-31T01:30")


@pytest.mark.parametrize(
    "typed",
    ["", "tomorrow", "2027-02-30T09:00", "2027-01-31", "0999-01-01T00:00", "2027-01-31T25:00"],
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(FieldError, match="a date and a time"):
        read_local("starts_at", typed, KYIV)


def test_a_field_shows_the_clock_and_which_of_two_it_is() -> None:
    second = at("2027-10-31T01:30")

    assert written_local(second, KYIV) == "2027-10-31T03:30"
    assert (which_of_two(second, KYIV), which_of_two(at("2027-10-31T00:30"), KYIV)) == (
        SECOND,
        FIRST,
    )
    assert (which_of_two(at("2027-01-31T09:00"), KYIV), written_local(None, KYIV)) == ("", "")


def test_a_zone_without_a_name_goes_by_its_offset() -> None:
    assert (
        zone_name(at("2027-01-31T09:00").astimezone(ZoneInfo("America/Sao_Paulo"))) == "UTC-03:00"
    )
