"""Moments as editors type them, in a zone whose clock is turned twice a year."""

from zoneinfo import ZoneInfo

import pytest

from app.core.errors import FieldError
from app.desk.articles.moments import typed_moment

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2027-01-15T10:00", "2027-01-15T08:00:00+00:00"),
        ("2027-07-15T10:00", "2027-07-15T07:00:00+00:00"),
        (" 2027-07-15T10:00 ", "2027-07-15T07:00:00+00:00"),
        ("2026-10-25T03:30", "2026-10-25T00:30:00+00:00"),  # comes twice: the first
    ],
)
def test_a_moment_is_the_newsroom_s(typed: str, utc: str) -> None:
    assert typed_moment(typed, KYIV, "at").isoformat() == utc


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "a day and a time"),
        ("tomorrow", "a day and a time"),
        ("2027-02-30T10:00", "a day and a time"),
        ("2027-01-15", "a day and a time"),
        ("2027-03-28T03:30", "leaves this time out"),
    ],
)
def test_what_is_no_moment_is_refused_at_its_field(typed: str, sentence: str) -> None:
    with pytest.raises(FieldError, match=sentence) as refused:
        typed_moment(typed, KYIV, "at")

    assert refused.value.field == "at"
