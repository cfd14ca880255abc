"""All that is written down of money, in words without our own ids, for comparing two newsrooms."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.memberships.gifts.models import GiftMembership, WallName
from app.memberships.joining.models import Intent
from app.memberships.ledger import in_force
from app.memberships.money_models import Customer, Dispute, Membership, Payment, Refund
from app.people.models import EmailAddress

OURS = frozenset({"id", "person_id", "buyer_id", "redeemed_by_id", "intent_id", "membership_id"})
OF_THE_MOMENT = frozenset({"gone_at", "delivered_at"})
OF_AN_INTENT = ("public_id", "state", "customer_id", "checkout_id", "look_at")
TABLES = (Customer, Membership, Payment, Refund, Dispute, GiftMembership, WallName)

Shown = dict[str, list[str]]


def shown(database: Database) -> Shown:
    """Return each table's rows in words, sorted."""
    with database.read() as session:
        people = {one.person_id: one.key for one in session.scalars(select(EmailAddress))}
        payments = {one.id: one.payment_id for one in session.scalars(select(Payment))}
        found = {
            model.__tablename__: [
                _row(row, people, payments) for row in session.scalars(select(model))
            ]
            for model in TABLES
        }
        found["intent"] = [_intent(row, people) for row in session.scalars(select(Intent))]
        found["entitlement"] = _entitlements(session, people)
    return {name: sorted(rows) for name, rows in found.items()}


def _row(row: Any, people: Mapping[int, str], payments: Mapping[int, str]) -> str:  # noqa: ANN401 - any row
    values = {one.key: one.value for one in inspect(row).attrs}
    who = [people[values[key]] for key in ("person_id", "buyer_id") if key in values]
    said = {key: values[key] for key in sorted(values.keys() - OURS - OF_THE_MOMENT)}
    if isinstance(row, Refund | Dispute):
        said["payment_id"] = payments[row.payment_id]
    return f"{who} {said}"


def _intent(row: Intent, people: Mapping[int, str]) -> str:
    said = {name: getattr(row, name) for name in OF_AN_INTENT}
    settled = row.settled_at if row.state == "paid" else None
    return f"{people.get(row.person_id or 0)} {said} {settled}"


def _entitlements(session: Session, people: Mapping[int, str]) -> list[str]:
    return [
        f"{people[one.person_id]} {one.source} {one.source_ref} {one.starts_at} {one.ends_at}"
        for one in session.execute(in_force())
    ]
