"""What staff are written: an invitation, and a notice of what has changed in how they sign in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now as moment_of
from app.core.languages import prefix, translations
from app.core.leases import Held
from app.core.settings import Settings
from app.mail.jobs import Speak
from app.mail.message import Words, site_name
from app.mail.outbox import Mail, queue
from app.people import staff_invitations
from app.people.models import Person
from app.people.staff_credentials_models import StaffInvitation
from app.people.staff_models import Staff
from app.people.staff_queries import address_of

NOTICE = "staff_notice"
MOMENT = "%Y-%m-%d %H:%M"


class News(IntEnum):
    """What somebody is told of; kept as a number in the row of the mail."""

    PASSKEY_ADDED = 1
    PASSKEY_REMOVED = 2
    APP_ADDED = 3
    APP_REMOVED = 4
    CODES_MADE = 5
    CODE_USED = 6
    NEW_DEVICE = 7


def tell(session: Session, staff_id: int, news: News, now: datetime) -> None:
    """Queue a mail that tells somebody what was done in their name. Flushed, not committed.

    The caller rings the lane of mail.
    """
    staff = session.get_one(Staff, staff_id)
    address = address_of(session, staff.person_id)
    if not address:
        return
    language = session.get_one(Person, staff.person_id).language
    mail = Mail(NOTICE, address, language, staff.person_id, {"news": int(news)})
    queue(session, [mail], now)


def speakers() -> Mapping[str, Speak]:
    """Return, by template, what gives mails their words."""
    return {staff_invitations.TEMPLATE: invitation_words, NOTICE: notice_words}


def invitation_words(
    session: Session, settings: Settings, rows: Sequence[Held]
) -> Mapping[int, Words]:
    """Return the words of those invitations that are still open."""
    ids = [row.context["invitation_id"] for row in rows]
    asked = (
        select(StaffInvitation, Staff.joined_at)
        .join(Staff)
        .where(
            StaffInvitation.id.in_(ids),
            StaffInvitation.used_at.is_(None),
            StaffInvitation.ended_at.is_(None),
            StaffInvitation.expires_at > moment_of(session),
        )
    )
    found = {one.id: (one, joined) for one, joined in session.execute(asked)}
    return {
        row.id: _invitation(settings, row, *found[row.context["invitation_id"]])
        for row in rows
        if row.context["invitation_id"] in found
    }


def _invitation(
    settings: Settings, row: Held, invitation: StaffInvitation, joined: datetime | None
) -> Words:
    gettext, name = translations(row.language).gettext, site_name(settings, row.language)
    subject = (
        gettext("You are invited to the desk of %(name)s")
        if joined is None
        else gettext("Set up anew how you sign in to the desk of %(name)s")
    )
    link = staff_invitations.link_of(settings, invitation, prefix(row.language))
    is_new = "yes" if joined is None else ""
    return Words(subject % {"name": name}, {"is_new": is_new}, {"link": link})


def notice_words(
    _session: Session, settings: Settings, rows: Sequence[Held]
) -> Mapping[int, Words]:
    """Return the words of notices: what was done, when, and what to do if it was somebody else."""
    return {row.id: _notice(settings, row) for row in rows}


def _notice(settings: Settings, row: Held) -> Words:
    language = row.language
    subject = _said(language)[News(row.context["news"])]
    at = row.created_at.astimezone(settings.time_zone).strftime(MOMENT)
    link = f"{settings.site_url}{prefix(language)}/desk/you/"
    return Words(
        subject, {"what": subject, "at": at, "zone": str(settings.time_zone)}, {"link": link}
    )


def _said(language: str) -> dict[News, Any]:
    gettext = translations(language).gettext
    return {
        News.PASSKEY_ADDED: gettext("A passkey was added to your sign-in at the desk"),
        News.PASSKEY_REMOVED: gettext("A passkey was removed from your sign-in at the desk"),
        News.APP_ADDED: gettext("A code app was added to your sign-in at the desk"),
        News.APP_REMOVED: gettext("The code app was removed from your sign-in at the desk"),
        News.CODES_MADE: gettext("Your recovery codes for the desk were made anew"),
        News.CODE_USED: gettext("A recovery code of yours was used at the desk"),
        News.NEW_DEVICE: gettext("You signed in to the desk in a new browser"),
    }
