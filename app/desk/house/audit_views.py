"""The audit log: the list, and one entry with what it changed."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import Session

from app.core.answering import the_settings
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.house.audit_tables import STAFF, audit_table, who_in_words
from app.desk.links import people_urls
from app.desk.list_pages import list_page
from app.desk.moments import shown_moment
from app.extensions import db
from app.people.audit import AuditEntry, AuditNetwork, head_of
from app.people.models import Person
from app.people.staff_models import Staff

bp = Blueprint("desk_audit", __name__)

SHOWN_OF_HASH = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after; None where it was not there."""

    field: str
    before: str | None
    after: str | None


@localized(bp, "/desk/audit/")
@access("admin")
def entries() -> ResponseReturnValue:
    """Show what was done, by whom and when."""
    return list_page(
        "desk/house/audit.html",
        _("Audit log"),
        audit_table(the_settings().time_zone),
        head=head_of(db.session),
    )


@localized(bp, "/desk/audit/<int:number>/")
@access("admin")
def entry(number: int) -> ResponseReturnValue:
    """Show one entry: before and after, from where, and its place in the chain."""
    found = db.session.get(AuditEntry, number)
    if found is None:
        abort(404)
    people = people_urls(db.session, {found.person_id} if found.person_id else set())
    return desk_page(
        "desk/house/audit_entry.html",
        _("Entry %(number)s of the audit log", number=number),
        entry=found,
        when=shown_moment(found.at),
        who=who_in_words(found.who, _name(db.session, found.who)),
        changes=changes(found.before, found.after),
        network=_network(db.session, found),
        person_url=people.get(found.person_id or 0, ""),
        before_url=_beside(number - 1) if number > 1 else "",
        after_url=_beside(number + 1) if _is_there(db.session, number + 1) else "",
    )


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return what an entry changed, field by field."""
    names = dict.fromkeys([*before, *after])
    return [Change(name, _text(before, name), _text(after, name)) for name in names]


def _text(values: dict[str, Any], name: str) -> str | None:
    if name not in values:
        return None
    value = values[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _name(session: Session, who: str) -> str | None:
    asked = select(Person.name).join(Staff, Staff.person_id == Person.id)
    return session.scalar(asked.where(literal(STAFF).concat(cast(Staff.id, String)) == who))


def _network(session: Session, entry: AuditEntry) -> str:
    """Say where somebody acted from, as far as that may be known."""
    if not entry.who.startswith(STAFF):
        return _("the server’s command line")
    kept = session.get(AuditNetwork, entry.number)
    if kept is None:
        return _("forgotten, as after thirty days")
    alike = select(func.count()).where(AuditNetwork.network_hash == kept.network_hash)
    return _(
        "network %(hash)s, from where %(count)s entries of the last thirty days came",
        hash=kept.network_hash[:SHOWN_OF_HASH],
        count=session.scalar(alike),
    )


def _is_there(session: Session, number: int) -> bool:
    return session.scalar(select(AuditEntry.number).where(AuditEntry.number == number)) is not None


def _beside(number: int) -> str:
    return url_for("desk_audit.entry", number=number)
