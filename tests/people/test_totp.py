"""Codes of an app on the telephone, held to the vectors of RFC 6238."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pytest

from app.people.totp import app_address, in_groups, new_secret, step_of

SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_a_code_is_that_of_the_rfc(seconds: int, code: str) -> None:
    assert step_of(SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("late", "is_taken"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(late: int, is_taken: bool) -> None:
    moment = datetime.fromtimestamp(1234567890, UTC) + timedelta(seconds=late)
    assert (step_of(SECRET, "005924", moment) is not None) is is_taken


def test_a_wrong_code_is_of_no_step() -> None:
    assert step_of(SECRET, "005925", datetime.fromtimestamp(1234567890, UTC)) is None


def test_an_app_is_told_whose_secret_it_is() -> None:
    told = app_address(SECRET, "ann@post.example", "The Post")
    assert told.startswith("otpauth://totp/The%20Post:ann%40post.example?secret=")


def test_a_secret_is_new_each_time_and_can_be_typed_off() -> None:
    assert len({new_secret() for _ in range(10)}) == 10
    assert in_groups("ABCDEFGH") == "ABCD EFGH"
