"""Whoever is not known, and is written to because somebody typed their address."""

import pytest

from tests.people.making import Door
from tests.people.test_sign_in_mail import begin, gifts

__all__ = ["gifts"]


@pytest.mark.usefixtures("gifts")
@pytest.mark.parametrize("at_once", [True, False])
def test_a_stranger_is_written_to_five_times_a_day_however_spelt(
    door: Door, *, at_once: bool
) -> None:
    for number in range(12):
        begin(door, f"v.ictim+{number}@gmail.com")
        if not at_once:
            door.work()
    door.work()
    assert len(door.mails) == 5
    door.advance(days=1, seconds=5)
    begin(door, "victim@gmail.com")
    door.work()
    assert len(door.mails) == 6
