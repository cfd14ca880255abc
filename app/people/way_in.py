"""The mail by which staff show somebody the way to their account.

A link that signs in works only in the browser that asked for it, so none can be sent from here:
the mail leads to the page where one press asks for such a link.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.bell import ring
from app.core.languages import prefix, translations
from app.core.leases import Held
from app.core.settings import Settings
from app.mail.message import Words, site_name
from app.mail.outbox import Mail, queue
from app.people.reaching import Reach

TEMPLATE = "way_in"


def send(session: Session, reach: Reach, now: datetime) -> None:
    """Queue the mail; flushed, not committed."""
    mail = Mail(TEMPLATE, reach.address, reach.language, reach.person_id)
    queue(session, [mail], now)
    ring(session, "mail")


def words(_session: Session, settings: Settings, rows: Sequence[Held]) -> Mapping[int, Words]:
    """Return what the mails say."""
    return {row.id: _words(settings, row) for row in rows}


def _words(settings: Settings, row: Held) -> Words:
    subject = translations(row.language).gettext("The way to your account at %(name)s")
    return Words(
        subject % {"name": site_name(settings, row.language)},
        {"sign_in_url": f"{settings.site_url}{prefix(row.language)}/account/sign-in/"},
    )
