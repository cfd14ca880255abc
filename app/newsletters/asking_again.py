"""Having a confirmation sent once more, as staff do for somebody whose mail did not arrive.

It is a sign-up of its own, for the lists that wait, and goes the way of all: the caps on mail to
one address hold for it, and so does the gate of suppression.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.core.bell import ring
from app.core.settings import Settings
from app.core.tokens import new_token, token_hash
from app.mail.equivalence import mailbox_hashes
from app.newsletters import mailbox_caps
from app.newsletters.deciding import WEEK, Standing
from app.newsletters.models import SignupRequest
from app.newsletters.queries import pending_lists
from app.newsletters.service import LANE
from app.people.reaching import Reach

FORM = "staff"
AGAIN = "again"


def waiting_lists(session: Session, person_id: int) -> tuple[int, ...]:
    """Return the ids of the lists of which a person has not confirmed that they want them."""
    return tuple(pending_lists(session, [person_id]).get(person_id, ()))


def may_be_mailed(session: Session, settings: Settings, reach: Reach, now: datetime) -> bool:
    """Tell whether the caps on a mailbox leave room for one more such mail."""
    mailbox = mailbox_hashes(settings, [reach.key])[reach.key]
    mailed = mailbox_caps.written_to(session, [mailbox], now - WEEK)[mailbox]
    return Standing(mailed=mailed).may_be_mailed(AGAIN, now)


def ask_again(session: Session, reach: Reach, lists: tuple[int, ...], now: datetime) -> None:
    """Have the mail sent once more, unless the caps hold it back. Flushed, not committed."""
    request = SignupRequest(
        token_hash=token_hash(new_token()),  # a waiting page that nobody is led to
        kind=AGAIN,
        address=reach.address,
        address_key=reach.key,
        lists=list(lists),
        language=reach.language,
        form=FORM,
        created_at=now,
        due_at=now,
    )
    session.add(request)
    session.flush()
    ring(session, LANE)
