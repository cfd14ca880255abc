"""What needs somebody: the page, and what can be done from it at once."""

from datetime import datetime

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.alarms import Alarm, clear_alarm, open_again
from app.core.answering import the_settings
from app.core.clock import now
from app.core.jobs import enqueue
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.answers import then
from app.desk.chrome import desk_page
from app.desk.house.attention import attention
from app.desk.house.attention_tables import dns_table, drift_table, failing_table
from app.desk.house.attention_ways import ways_out
from app.desk.links import people_urls
from app.desk.list_pages import list_page
from app.desk.moments import shown_moment
from app.extensions import db
from app.mail import dns_watching
from app.memberships.payment_rows import DISPUTED
from app.payments import drift as drifts
from app.payments import inbox, kinds, reconciling
from app.people.acting import the_actor
from app.people.audit import Deed, record
from app.people.staff_sessions import at_the_desk

bp = Blueprint("desk_attention", __name__)

HERE = "desk_attention.needs"

LOOKED_AT = {DISPUTED: kinds.DISPUTE, "early-fraud-warning": kinds.PAYMENT}


@localized(bp, "/desk/attention/")
@access("staff")
def needs() -> ResponseReturnValue:
    """Show what needs somebody, each with its way out."""
    moment, settings, here = now(db.session), the_settings(), at_the_desk()
    found = attention(db.session, moment)
    people = people_urls(db.session, {one.person_id for one in found if one.person_id})
    return desk_page(
        "desk/house/attention.html",
        _("Needs attention"),
        needs=[(one, ways_out(one, settings, here, people)) for one in found],
        as_of=shown_moment(moment),
        shown_moment=shown_moment,
        is_past=lambda at: at <= moment,
    )


@localized(bp, "/desk/attention/clear/", methods=("POST",))
@access("membership")
def clear() -> ResponseReturnValue:
    """Clear an alarm that somebody has seen to."""
    kind, ref, moment = _named(), request.form.get("ref", ""), now(db.session)
    standing = attention(db.session, moment)
    if not any((one.kind, one.ref, one.can_clear) == (kind, ref, True) for one in standing):
        return then(HERE, _("That alarm had been cleared already."))
    clear_alarm(db.session, kind, moment, ref)
    _note("alarm.cleared", kind, ref, moment)
    db.commit()
    words = _("The alarm was cleared. It comes back if its cause does.")
    return then(HERE, words, undo_url=url_for("desk_attention.undo", kind=kind, ref=ref))


@localized(bp, "/desk/attention/undo/", methods=("POST",))
@access("membership")
def undo() -> ResponseReturnValue:
    """Have an alarm stand again that was cleared by mistake."""
    kind, ref, moment = request.args.get("kind", ""), request.args.get("ref", ""), now(db.session)
    if f"{kind}{ref}".isprintable() and open_again(db.session, kind, ref):
        _note("alarm.opened-again", kind, ref, moment)
    db.commit()
    return then(HERE, _("The alarm stands again."))


@localized(bp, "/desk/attention/look-again/", methods=("POST",))
@access("membership")
def look_again() -> ResponseReturnValue:
    """Have what an alarm is about looked at once more at Stripe."""
    kind, ref, moment = _named(), request.form.get("ref", ""), now(db.session)
    if kind not in LOOKED_AT or _standing(db.session, kind, ref) is None:
        return then(HERE, _("That alarm had been cleared already."))
    inbox.mark(db.session, LOOKED_AT[kind], ref)
    _note("alarm.looked-at", kind, ref, moment)
    db.commit()
    return then(HERE, _("Stripe is asked about it now. Open this page again in a moment."))


@localized(bp, "/desk/attention/failing/")
@access("membership")
def failing() -> ResponseReturnValue:
    """Show the memberships that cannot be charged."""
    return list_page(
        "desk/house/list.html", _("Memberships that cannot be charged"), failing_table()
    )


@localized(bp, "/desk/attention/drift/")
@access("membership")
def drift() -> ResponseReturnValue:
    """Show what stands otherwise here than at Stripe."""
    latest = drifts.latest(db.session)
    return list_page(
        "desk/house/drift.html",
        _("Where Stripe and our books differ"),
        drift_table(db.session),
        latest=shown_moment(latest.finished_at) if latest else "",
        checked=latest.checked if latest else 0,
        can_compare=bool(the_settings().stripe_key),
    )


@localized(bp, "/desk/attention/drift/compare/", methods=("POST",))
@access("membership")
def compare() -> ResponseReturnValue:
    """Compare everything with Stripe again, by the worker."""
    moment = now(db.session)
    enqueue(db.session, reconciling.JOB, {}, unique=reconciling.JOB)
    record(db.session, the_actor(), Deed("drift.compared", "drift:all"), moment)
    db.commit()
    words = _("All is compared with Stripe again. It takes minutes; this page may be left.")
    return then("desk_attention.drift", words)


@localized(bp, "/desk/attention/dns/")
@access("membership")
def dns() -> ResponseReturnValue:
    """Show what DNS says of our sender, and the records to add."""
    found = dns_watching.findings(db.session)
    return list_page(
        "desk/house/dns.html",
        _("What DNS says of our mail"),
        dns_table(),
        checked=shown_moment(found[0].checked_at) if found else "",
        domain=found[0].domain if found else "",
        is_asked=the_settings().address_dns,
    )


@localized(bp, "/desk/attention/dns/check/", methods=("POST",))
@access("membership")
def check_dns() -> ResponseReturnValue:
    """Ask DNS again, by the worker."""
    moment = now(db.session)
    enqueue(db.session, dns_watching.JOB, {}, unique=dns_watching.JOB)
    record(db.session, the_actor(), Deed("dns.checked", "dns:sender"), moment)
    db.commit()
    words = _("DNS is asked now. Open this page again in a moment.")
    return then("desk_attention.dns", words)


def _named() -> str:
    return request.form.get("kind", "")


def _standing(session: Session, kind: str, ref: str) -> Alarm | None:
    asked = select(Alarm).where(Alarm.kind == kind, Alarm.ref == ref, Alarm.cleared_at.is_(None))
    return session.scalars(asked).one_or_none()


def _note(what: str, kind: str, ref: str, moment: datetime) -> None:
    about = f"alarm:{kind}:{ref}".rstrip(":")[:120]
    record(db.session, the_actor(), Deed(what, about), moment)
