"""The list of people: found by one box, narrowed, sorted, and taken along as a file."""

from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    any_,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.orm import table_of
from app.core.settings import Settings
from app.desk.listing import Cell, Column, Filter, Table
from app.desk.people.search import MOST, people_found
from app.desk.people.typed import Understood, understand
from app.memberships.ledger import contains
from app.memberships.models import MemberSpan
from app.memberships.money_models import Payment
from app.newsletters.models import Subscription
from app.people.models import EmailAddress, Person

MEMBERS, SUPPORTERS, SUBSCRIBERS, ERASED = "members", "supporters", "subscribers", "erased"

_PEOPLE = table_of(Person)


def people_table(session: Session, settings: Settings, now: datetime) -> Table:
    """Return the list as it is at a moment.

    Args:
        session: Asked whom some words find, once, before the list is read.
        settings: For the key of gifts' codes, and the newsroom's calendar.
        now: Who is a member then.
    """

    def known(row: Row[Any]) -> date:
        created: datetime = row.created_at
        return created.astimezone(settings.time_zone).date()

    return Table(
        name="people",
        rows=_rows(now),
        key=_PEOPLE.c.id,
        columns=(
            Column("name", lambda: _("Name"), _name, func.lower(Person.name)),
            Column("address", lambda: _("Address"), lambda row: row.address or ""),
            Column("member", lambda: _("Member"), _member),
            Column("language", lambda: _("Language"), lambda row: LANGUAGES[row.language]),
            Column("known", lambda: _("Known since"), known, _PEOPLE.c.id),
        ),
        order="-known",
        empty=lambda: _("Nobody is known yet. Whoever signs up, gives or joins is here at once."),
        search=lambda words: _is_one_of(
            session, people_found(session, understand(words, settings), settings)
        ),
        search_title=lambda: _("Address, name, receipt, gift code, or an id of Stripe's"),
        understood=lambda words: said(understand(words, settings)),
        filters=(_who(now),),
        personal=True,
    )


def _is_one_of(session: Session, ids: list[int]) -> ColumnElement[bool]:
    """Return whether a row is one of those found: few, so that their ids are all there is to it."""
    if session.get_bind().dialect.name == "sqlite":
        return _PEOPLE.c.id.in_(ids)
    return _PEOPLE.c.id == any_(literal(ids, ARRAY(BigInteger)))


def said(understood: Understood) -> str:
    """Return as what the words in the box were understood."""
    sentences = {
        "person": _("Looked for: the person who has this number here."),
        "address": _("Looked for: an address that begins with %(text)s"),
        "domain": _("Looked for: addresses at a domain that begins with %(text)s"),
        "receipt": _("Looked for: receipt %(text)s"),
        "code": _("Looked for: a gift's code; its buyer and whoever took it up are shown."),
        "customer": _("Looked for: Stripe's customer %(text)s"),
        "subscription": _("Looked for: Stripe's subscription %(text)s"),
        "payment": _("Looked for: Stripe's payment %(text)s"),
        "charge": _("Looked for: Stripe's charge %(text)s"),
        "invoice": _("Looked for: Stripe's invoice %(text)s"),
        "refund": _("Looked for: Stripe's refund %(text)s"),
        "dispute": _("Looked for: Stripe's dispute %(text)s"),
        "checkout": _("Looked for: Stripe's payment page %(text)s"),
        "name": _(
            "Looked for: a name with words that begin with %(text)s, or an address that does; "
            "%(most)s people at most."
        ),
        "too_short": _("Please type at least two letters or figures."),
    }
    return sentences[understood.kind] % {"text": understood.text, "most": f"{MOST:,}"}


def _rows(now: datetime) -> Select[Any]:
    facts: tuple[Any, ...] = (
        Person.id,
        Person.public_id,
        Person.name,
        Person.language,
        Person.created_at,
        Person.erased_at,
        _address().label("address"),
        _is_member(now).label("is_member"),
    )
    return select(*facts).where(Person.merged_into_id.is_(None))


def _address() -> ScalarSelect[str]:
    """Return the address that the person of a row is written to."""
    return (
        select(EmailAddress.address)
        .where(EmailAddress.person_id == Person.id, EmailAddress.replaced_at.is_(None))
        .order_by(
            EmailAddress.verified_at.is_(None),
            EmailAddress.created_at.desc(),
            EmailAddress.id.desc(),
        )
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


def _is_member(now: datetime) -> ColumnElement[bool]:
    spans = select(MemberSpan.id).where(
        MemberSpan.person_id == Person.id, contains(MemberSpan, now)
    )
    return spans.exists()


def _who(now: datetime) -> Filter:
    paid = select(Payment.id).where(Payment.person_id == Person.id).exists()
    gets = (
        select(Subscription.id)
        .where(Subscription.person_id == Person.id, Subscription.state == "confirmed")
        .exists()
    )
    ways: dict[str, ColumnElement[bool]] = {
        MEMBERS: _is_member(now),
        SUPPORTERS: paid,
        SUBSCRIBERS: gets,
        ERASED: Person.erased_at.is_not(None),
    }
    choices = (
        ("", _("Everybody")),
        (MEMBERS, _("Members")),
        (SUPPORTERS, _("Supporters")),
        (SUBSCRIBERS, _("Subscribers")),
        (ERASED, _("Erased")),
    )
    return Filter("who", lambda: _("Who"), choices, ways.__getitem__)


def _name(row: Row[Any]) -> Cell:
    href = url_for("desk_people.person", public_id=row.public_id)
    return Cell(called(row.name, row.address, is_erased=row.erased_at is not None), href)


def called(name: str | None, address: str | None, *, is_erased: bool) -> str:
    """Return what somebody is called where their page is led to."""
    if is_erased:
        return _("Erased")
    return name or address or _("Without a name")


def _member(row: Row[Any]) -> Cell:
    return Cell(_("member"), mark="ok") if row.is_member else Cell("")
