"""Where a person's story is read from: every table that knows something of them, and when.

One source is one kind of thing that happens, with the column that says when. What it says in
words is `people_sentences`. What stays where it was written when two people become one is read of
both.
"""

from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from app.desk.people import money_sources as money
from app.desk.people.kinds import (
    ACCOUNT,
    DESK,
    GIFTS,
    MAIL,
    MEMBERSHIP,
    MONEY,
    NEWSLETTERS,
    Rows,
    Source,
    Who,
)
from app.mail.event_models import MailEvent
from app.mail.models import OutgoingMail
from app.memberships.gifts.models import GiftMembership
from app.memberships.joining.models import Intent
from app.memberships.models import Entitlement
from app.memberships.money_models import Dispute, Membership, Notice, Payment, Refund
from app.memberships.orders.models import MembershipChange
from app.newsletters.issue_models import Issue, IssueSend
from app.newsletters.models import Consent, Newsletter
from app.newsletters.preferences.models import AddressChange
from app.people.audit import AuditEntry
from app.people.models import Person
from app.people.note_models import PersonNote
from app.people.sign_in_models import PersonSession, SignIn
from app.people.staff_models import Staff
from app.people.survivors import all_of

CAME_BACK: Final = ("hard", "soft", "blocked", "complaint")

_Author = aliased(Person)


def _consents(who: Who) -> Rows:
    return (
        select(
            Consent.what.label("consented"),
            Consent.form,
            Consent.from_path,
            Consent.wording,
            Consent.import_id,
            Consent.given_at,
            Consent.given_via,
            Newsletter.name.label("list_name"),
        )
        .join(Newsletter, Newsletter.id == Consent.newsletter_id)
        .where(Consent.person_id.in_(all_of(who.person_id)))
    )


def _mails(who: Who) -> Rows:
    return select(
        OutgoingMail.template,
        OutgoingMail.address,
        OutgoingMail.sent_at,
        OutgoingMail.done_at,
        OutgoingMail.parked_at,
    ).where(OutgoingMail.person_id.in_(all_of(who.person_id)))


def _issues(who: Who) -> Rows:
    return (
        select(Issue.subject, IssueSend.state, IssueSend.sent_at)
        .join(Issue, Issue.id == IssueSend.issue_id)
        .where(IssueSend.person_id.in_(all_of(who.person_id)))
    )


def _came_back(who: Who) -> Rows:
    return select(MailEvent.kind.label("event"), MailEvent.status).where(
        MailEvent.address_hash.in_(who.hashes), MailEvent.kind.in_(CAME_BACK)
    )


def _known(who: Who) -> Rows:
    return select(Person.language).where(Person.id == who.person_id)


def _erased(who: Who) -> Rows:
    return _known(who).where(Person.erased_at.is_not(None))


def _sign_ins(who: Who) -> Rows:
    return select(PersonSession.ended_at, PersonSession.seen_at).where(
        PersonSession.person_id.in_(all_of(who.person_id))
    )


def _wishes(who: Who) -> Rows:
    return select(SignIn.purpose, SignIn.used_at).where(SignIn.address_key.in_(who.keys))


def _addresses(who: Who) -> Rows:
    return select(AddressChange.address, AddressChange.used_at, AddressChange.undone_at).where(
        AddressChange.person_id.in_(all_of(who.person_id))
    )


def _deeds(who: Who) -> Rows:
    return select(
        AuditEntry.who, AuditEntry.what.label("deed"), AuditEntry.before, AuditEntry.after
    ).where(AuditEntry.person_id.in_(all_of(who.person_id)))


def _notes(who: Who) -> Rows:
    return (
        select(PersonNote.text, PersonNote.edited_at, _Author.name.label("author"))
        .join(Staff, Staff.id == PersonNote.author_id)
        .join(_Author, _Author.id == Staff.person_id)
        .where(and_(PersonNote.person_id == who.person_id, PersonNote.deleted_at.is_(None)))
    )


SOURCES: tuple[Source, ...] = (
    Source(ACCOUNT, "known", Person.created_at, Person.id, _known),
    Source(ACCOUNT, "asked_in", SignIn.created_at, SignIn.id, _wishes),
    Source(ACCOUNT, "signed_in", PersonSession.created_at, PersonSession.id, _sign_ins),
    Source(ACCOUNT, "address", AddressChange.created_at, AddressChange.id, _addresses),
    Source(NEWSLETTERS, "consent", Consent.happened_at, Consent.id, _consents),
    Source(MEMBERSHIP, "begun", Membership.started_at, Membership.id, money.begun),
    Source(MONEY, "paid", Payment.paid_at, Payment.id, money.paid),
    Source(MONEY, "unpaid", Intent.settled_at, Intent.id, money.unpaid),
    Source(MONEY, "charge_failed", Notice.created_at, Notice.id, money.failed_charges),
    Source(MONEY, "failing", Membership.failing_since, Membership.id, money.failing),
    Source(GIFTS, "bought", GiftMembership.paid_at, GiftMembership.id, money.bought),
    Source(GIFTS, "taken_up", GiftMembership.used_at, GiftMembership.id, money.taken_up),
    Source(GIFTS, "used", GiftMembership.used_at, GiftMembership.id, money.used),
    Source(MONEY, "refund", Refund.created_at, Refund.id, money.refunds),
    Source(MONEY, "dispute", Dispute.opened_at, Dispute.id, money.disputes),
    Source(MONEY, "dispute_closed", Dispute.closed_at, Dispute.id, money.closed_disputes),
    Source(GIFTS, "voided", GiftMembership.void_at, GiftMembership.id, money.voided),
    Source(MEMBERSHIP, "change", MembershipChange.at, MembershipChange.id, money.changes),
    Source(MEMBERSHIP, "cancelled", Membership.cancel_asked_at, Membership.id, money.cancelled),
    Source(MEMBERSHIP, "ended", Membership.ended_at, Membership.id, money.ended),
    Source(MEMBERSHIP, "entitled", Entitlement.recorded_at, Entitlement.id, money.entitled),
    Source(MAIL, "mail", OutgoingMail.created_at, OutgoingMail.id, _mails),
    Source(MAIL, "issue", IssueSend.created_at, IssueSend.id, _issues),
    Source(MAIL, "came_back", MailEvent.happened_at, MailEvent.id, _came_back),
    Source(DESK, "note", PersonNote.created_at, PersonNote.id, _notes),
    Source(DESK, "deed", AuditEntry.at, AuditEntry.number, _deeds),
    Source(ACCOUNT, "erased", Person.erased_at, Person.id, _erased),
)
"""In the order in which what happens in one moment follows from another."""
