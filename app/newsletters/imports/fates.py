"""What becomes of a row of a file, beside what is known here: pure rules.

An import never brings anyone back: whoever left, was erased, complained or could not be reached
stays so. It may bring the news that somebody left elsewhere; unless they came here after that.
"""

from datetime import datetime
from enum import StrEnum

from app.mail.suppression import CLOSING, ERASED
from app.newsletters.imports.systems import BOUNCED, COMPLAINED, CONFIRMED, PENDING, UNSUBSCRIBED

SUPPRESSING = {BOUNCED: "bounce", COMPLAINED: "complaint"}
"""For which reason an address is suppressed, by the state that a file says."""


class Fate(StrEnum):
    """What becomes of a row; the words stand in reports."""

    NEW = "new"
    WAITED = "waited"
    ALREADY = "already"
    STAYS_UNSUBSCRIBED = "stays_unsubscribed"
    STAYS_BOUNCED = "stays_bounced"
    STAYS_COMPLAINED = "stays_complained"
    SUPPRESSED = "suppressed"
    ERASED = "erased"
    BROUGHT_UNSUBSCRIBED = "brought_unsubscribed"
    BROUGHT_BOUNCED = "brought_bounced"
    BROUGHT_COMPLAINED = "brought_complained"
    ENDED = "ended"
    NEWER = "newer"


SUBSCRIBES = frozenset({Fate.NEW, Fate.WAITED})
BROUGHT = {
    UNSUBSCRIBED: Fate.BROUGHT_UNSUBSCRIBED,
    BOUNCED: Fate.BROUGHT_BOUNCED,
    COMPLAINED: Fate.BROUGHT_COMPLAINED,
}
_STAYS = {
    UNSUBSCRIBED: Fate.STAYS_UNSUBSCRIBED,
    BOUNCED: Fate.STAYS_BOUNCED,
    COMPLAINED: Fate.STAYS_COMPLAINED,
}


def fate_of_subscribed(here: str | None, suppressed: str | None) -> Fate:
    """Return what becomes of somebody whom the file calls subscribed.

    Args:
        here: Their state with the list here, if there is one.
        suppressed: Why nothing is sent to the address, if so.
    """
    if here in _STAYS:
        return _STAYS[here]
    if suppressed in CLOSING:
        return Fate.SUPPRESSED
    if here == CONFIRMED:
        return Fate.ALREADY
    if suppressed == ERASED:
        return Fate.ERASED
    return Fate.WAITED if here == PENDING else Fate.NEW


def fate_of_gone(
    state: str,
    here: tuple[str | None, datetime | None],
    suppressed: str | None,
    ended_at: datetime,
) -> Fate:
    """Return what becomes of somebody of whom the file says that they are gone.

    Args:
        state: How they went.
        here: Their state with the list here, and since when by their own act; None if unknown.
        suppressed: Why nothing is sent to the address, if so.
        ended_at: When they went; if the file does not say, when it was first seen.
    """
    standing, since = here
    if standing in _STAYS:
        return _STAYS[standing]
    if standing is None:
        if suppressed == ERASED:
            return Fate.ERASED
        return Fate.SUPPRESSED if suppressed in CLOSING else BROUGHT[state]
    return Fate.NEWER if since is not None and since > ended_at else Fate.ENDED
