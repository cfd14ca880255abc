"""Where a person's story is read from: every table that knows something of them, and when.

One source is one kind of thing that happens, with the column that says when. What it says in
words is `people_sentences`. What stays where it was written when two people become one is read of
both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.mail.event_models import MailEvent
from app.mail.models import OutgoingMail
from app.memberships.gift_models import GiftMembership
from app.memberships.intent_models import FAILED, Intent
from app.memberships.models import Entitlement
from app.memberships.money_models import Dispute, Membership, Notice, Payment, Refund
from app.memberships.order_models import MembershipChange
from app.newsletters.issue_models import Issue, IssueSend
from app.newsletters.models import Consent, Newsletter
from app.newsletters.preference_models import AddressChange
from app.people.audit import AuditEntry
from app.people.models import Person
from app.people.note_models import PersonNote
from app.people.sign_in_models import PersonSession, SignIn
from app.people.staff_models import Staff
from app.people.survivors import all_of

MONEY, MEMBERSHIP, GIFTS, NEWSLETTERS, MAIL, ACCOUNT, DESK = KINDS = (
    "money",
    "membership",
    "gifts",
    "newsletters",
    "mail",
    "account",
    "desk",
)
CAME_BACK: Final = ("hard", "soft", "blocked", "complaint")
FIRST_FAILURE: Final = "card-failed-0"

Rows: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Who:
    """Whose story it is.

    Attributes:
        person_id: Of the row.
        keys: Their addresses, as mailboxes compare.
        hashes: The same as suppression keeps them.
    """

    person_id: int
    keys: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing that happens.

    Attributes:
        kind: One of `KINDS`, by which the story is narrowed.
        what: Its own word.
        at: When it happened.
        key: Parts what happened in one moment.
        rows: Returns the facts of all that happened to somebody.
    """

    kind: str
    what: str
    at: InstrumentedAttribute[Any]
    key: InstrumentedAttribute[Any]
    rows: Callable[[Who], Rows]


_MONEY_FACTS = (Payment.amount_minor.label("paid_minor"), Payment.receipt_number)
_Author = aliased(Person)


def _paid(who: Who) -> Rows:
    return (
        select(
            Payment.amount_minor,
            Payment.currency,
            Payment.receipt_number,
            Payment.payment_id,
            Payment.refunded_minor,
            Payment.disputed,
            Membership.interval,
            Intent.kind.label("intent_kind"),
        )
        .outerjoin(Membership, Membership.id == Payment.membership_id)
        .outerjoin(Intent, Intent.id == Payment.intent_id)
        .where(Payment.person_id == who.person_id)
    )


def _refunds(who: Who) -> Rows:
    facts = (Refund.amount_minor, Refund.currency, Refund.status, Refund.refund_id)
    joined = select(*facts, *_MONEY_FACTS).join(Payment, Payment.id == Refund.payment_id)
    return joined.where(Payment.person_id == who.person_id)


def _disputes(who: Who) -> Rows:
    facts = (Dispute.amount_minor, Dispute.currency, Dispute.state, Dispute.dispute_id)
    joined = select(*facts, *_MONEY_FACTS).join(Payment, Payment.id == Dispute.payment_id)
    return joined.where(Payment.person_id == who.person_id)


def _closed_disputes(who: Who) -> Rows:
    return _disputes(who).where(Dispute.closed_at.is_not(None))


def _failed_charges(who: Who) -> Rows:
    return select(Notice.ref).where(Notice.person_id == who.person_id, Notice.kind == FIRST_FAILURE)


def _failing(who: Who) -> Rows:
    """Return charges that fail and of which nobody was told, so that no notice speaks of them."""
    told = select(Notice.id).where(
        Notice.kind == FIRST_FAILURE,
        func.substr(Notice.ref, 1, func.length(Membership.subscription_id) + 1)
        == Membership.subscription_id + ":",
        Notice.created_at >= Membership.failing_since,
    )
    return select(*_PROMISE).where(
        Membership.person_id == who.person_id,
        Membership.failing_since.is_not(None),
        ~told.exists(),
    )


def _unpaid(who: Who) -> Rows:
    return select(Intent.amount_minor, Intent.currency, Intent.kind).where(
        Intent.person_id == who.person_id, Intent.state == FAILED, Intent.settled_at.is_not(None)
    )


_PROMISE = (
    Membership.amount_minor,
    Membership.currency,
    Membership.interval,
    Membership.subscription_id,
    Membership.ends_at,
)


def _begun(who: Who) -> Rows:
    return select(*_PROMISE).where(Membership.person_id == who.person_id)


def _changes(who: Who) -> Rows:
    facts = (
        MembershipChange.what.label("changed"),
        MembershipChange.before_minor,
        MembershipChange.after_minor,
        Membership.currency,
        Membership.subscription_id,
    )
    joined = select(*facts).join(Membership, Membership.id == MembershipChange.membership_id)
    return joined.where(Membership.person_id == who.person_id)


def _cancelled(who: Who) -> Rows:
    """Return what was cancelled before changes were written down one by one."""
    noted = select(MembershipChange.id).where(
        MembershipChange.membership_id == Membership.id, MembershipChange.what == "cancelled"
    )
    return _begun(who).where(Membership.cancel_asked_at.is_not(None), ~noted.exists())


def _ended(who: Who) -> Rows:
    return _begun(who).where(Membership.ended_at.is_not(None))


def _entitled(who: Who) -> Rows:
    return select(
        Entitlement.source,
        Entitlement.source_ref,
        Entitlement.revision,
        Entitlement.starts_at,
        Entitlement.ends_at,
        Entitlement.counts,
        Entitlement.reason,
    ).where(Entitlement.person_id == who.person_id)


_GIFT = (GiftMembership.kind.label("gift_kind"), GiftMembership.months, GiftMembership.ends_at)


def _bought(who: Who) -> Rows:
    return select(*_GIFT).where(GiftMembership.buyer_id == who.person_id)


def _taken_up(who: Who) -> Rows:
    return select(*_GIFT).where(
        GiftMembership.redeemed_by_id == who.person_id, GiftMembership.used_at.is_not(None)
    )


def _used(who: Who) -> Rows:
    return _bought(who).where(GiftMembership.used_at.is_not(None))


def _voided(who: Who) -> Rows:
    return _bought(who).where(GiftMembership.void_at.is_not(None))


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
    Source(MEMBERSHIP, "begun", Membership.started_at, Membership.id, _begun),
    Source(MONEY, "paid", Payment.paid_at, Payment.id, _paid),
    Source(MONEY, "unpaid", Intent.settled_at, Intent.id, _unpaid),
    Source(MONEY, "charge_failed", Notice.created_at, Notice.id, _failed_charges),
    Source(MONEY, "failing", Membership.failing_since, Membership.id, _failing),
    Source(GIFTS, "bought", GiftMembership.paid_at, GiftMembership.id, _bought),
    Source(GIFTS, "taken_up", GiftMembership.used_at, GiftMembership.id, _taken_up),
    Source(GIFTS, "used", GiftMembership.used_at, GiftMembership.id, _used),
    Source(MONEY, "refund", Refund.created_at, Refund.id, _refunds),
    Source(MONEY, "dispute", Dispute.opened_at, Dispute.id, _disputes),
    Source(MONEY, "dispute_closed", Dispute.closed_at, Dispute.id, _closed_disputes),
    Source(GIFTS, "voided", GiftMembership.void_at, GiftMembership.id, _voided),
    Source(MEMBERSHIP, "change", MembershipChange.at, MembershipChange.id, _changes),
    Source(MEMBERSHIP, "cancelled", Membership.cancel_asked_at, Membership.id, _cancelled),
    Source(MEMBERSHIP, "ended", Membership.ended_at, Membership.id, _ended),
    Source(MEMBERSHIP, "entitled", Entitlement.recorded_at, Entitlement.id, _entitled),
    Source(MAIL, "mail", OutgoingMail.created_at, OutgoingMail.id, _mails),
    Source(MAIL, "issue", IssueSend.created_at, IssueSend.id, _issues),
    Source(MAIL, "came_back", MailEvent.happened_at, MailEvent.id, _came_back),
    Source(DESK, "note", PersonNote.created_at, PersonNote.id, _notes),
    Source(DESK, "deed", AuditEntry.at, AuditEntry.number, _deeds),
    Source(ACCOUNT, "erased", Person.erased_at, Person.id, _erased),
)
"""In the order in which what happens in one moment follows from another."""
