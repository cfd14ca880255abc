"""How often whoever is not known may be written to because somebody typed their address.

Whoever is known must be able to sign in, whatever others do; whoever is not has nothing here to be
kept out of. So a mailbox gets few such mails, under all its spellings together.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core.caps import note_use, uses
from app.core.settings import Settings
from app.mail.equivalence import mailbox_hashes

DAY = timedelta(days=1)
MOST_A_DAY = 5
USE = "stranger"
OF_MAILBOX = 14  # hex digits of its keyed hash
ANY_NETWORK = ""


def let_in(session: Session, settings: Settings, keys: Iterable[str], now: datetime) -> set[str]:
    """Return those address keys that may be written to now, and count a mail to each.

    Args:
        session: Writing; flushed, not committed.
        settings: For the key of the mailboxes.
        keys: Of addresses that nobody here has.
        now: The domain's present moment.
    """
    found = set()
    for key, mailbox in mailbox_hashes(settings, keys).items():
        use = f"{USE}:{mailbox[:OF_MAILBOX]}"
        if uses(session, use, now - DAY) < MOST_A_DAY:
            note_use(session, use, ANY_NETWORK, now)
            found.add(key)
    return found
