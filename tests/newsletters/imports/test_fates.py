"""An import brings nobody back; that somebody left elsewhere counts unless they came after it."""

from datetime import UTC, datetime

import pytest

from app.newsletters.imports.fates import Fate, fate_of_gone, fate_of_subscribed

OLD, NEW = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("here", "suppressed", "fate"),
    [
        (None, None, Fate.NEW),
        ("pending", None, Fate.WAITED),
        ("confirmed", None, Fate.ALREADY),
        ("confirmed", "erased", Fate.ALREADY),
        ("unsubscribed", None, Fate.STAYS_UNSUBSCRIBED),
        ("unsubscribed", "complaint", Fate.STAYS_UNSUBSCRIBED),
        ("bounced", "bounce", Fate.STAYS_BOUNCED),
        ("complained", "complaint", Fate.STAYS_COMPLAINED),
        (None, "complaint", Fate.SUPPRESSED),
        ("pending", "bounce", Fate.SUPPRESSED),
        (None, "erased", Fate.ERASED),
        ("pending", "erased", Fate.ERASED),
    ],
)
def test_whom_a_file_calls_subscribed(here: str | None, suppressed: str | None, fate: Fate) -> None:
    assert fate_of_subscribed(here, suppressed) is fate


@pytest.mark.parametrize(
    ("state", "here", "since", "suppressed", "fate"),
    [
        ("unsubscribed", None, None, None, Fate.BROUGHT_UNSUBSCRIBED),
        ("bounced", None, None, None, Fate.BROUGHT_BOUNCED),
        ("complained", None, None, None, Fate.BROUGHT_COMPLAINED),
        ("unsubscribed", None, None, "erased", Fate.ERASED),
        ("bounced", None, None, "bounce", Fate.SUPPRESSED),
        ("unsubscribed", "confirmed", OLD, None, Fate.ENDED),
        ("unsubscribed", "pending", OLD, None, Fate.ENDED),
        ("bounced", "confirmed", None, None, Fate.ENDED),
        ("unsubscribed", "confirmed", NEW, None, Fate.NEWER),
        ("bounced", "pending", NEW, None, Fate.NEWER),
        ("bounced", "unsubscribed", None, None, Fate.STAYS_UNSUBSCRIBED),
        ("complained", "bounced", None, "bounce", Fate.STAYS_BOUNCED),
    ],
)
def test_who_is_gone_elsewhere(
    state: str, here: str | None, since: datetime | None, suppressed: str | None, fate: Fate
) -> None:
    left = datetime(2023, 1, 1, tzinfo=UTC)

    assert fate_of_gone(state, (here, since), suppressed, left) is fate
