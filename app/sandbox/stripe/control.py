"""The control page: the clock, the payments, and how badly events reach the site."""

import re
from collections.abc import Callable

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.money import CURRENCIES
from app.sandbox.stripe import ledger
from app.sandbox.stripe.books import DAY
from app.sandbox.stripe.deliveries import Deliveries
from app.sandbox.stripe.dressing import the_world
from app.sandbox.stripe.errors import StripeError
from app.sandbox.stripe.months import period_end
from app.sandbox.stripe.shown import minute

STEPS = {"day": "+1 day", "month": "+1 month", "year": "+1 year"}
TROUBLES = {"lose": "Lost", "repeat": "Twice", "late": "Late", "shuffle": "Out of order"}
FORMS = {"thin": "Thin: only what it is about", "snapshot": "Snapshot: with a copy of the object"}
ALL_OF_IT = 100
AMOUNT = re.compile(r"(?P<whole>\d{1,9})(?:[.,](?P<decimals>\d{1,3}))?", re.ASCII)
SAID = {
    "clock": "The clock was set forward.",
    "refunded": "The refund was made.",
    "disputed": "The bank disputes the payment.",
    "asked": "The bank asks about the payment.",
    "settled": "The dispute is closed.",
    "warned": "The card's network warned of fraud.",
    "deleted": "The customer was deleted.",
    "deliveries": "From now on events are delivered that way.",
    "lost": "What was lost is on its way.",
    "no-amount": "That is no amount that can be given back.",
    "no-percent": "Type whole numbers from 0 to 100.",
}
NO = frozenset({"no-amount", "no-percent"})

MOVE = "stripe_moves_site"
MoveSite = Callable[[int], None]

control = Blueprint("control", __name__)


def alone(_ahead: int) -> None:
    """Move no clock but the stand-in's own: nobody's site keeps time with it."""


@control.get("/")
def index() -> str:
    """Show everything that can be set and what happened."""
    said = request.args.get("said", "")
    return _page(SAID.get(said, ""), no=said in NO)


def _page(said: str, *, no: bool) -> str:
    world = the_world()
    return render_template(
        "stripe/control.html", now=minute(world.now()), steps=STEPS, forms=FORMS,
        said=said, said_no=no, troubles=TROUBLES, set=world.deliveries,
        payments=ledger.payments(world), customers=ledger.customers(world),
        checkouts=ledger.open_checkouts(world), log=ledger.deliveries(world), latest=ledger.LATEST,
    )  # fmt: skip


def _back(said: str, place: str = "") -> ResponseReturnValue:
    return redirect(url_for("control.index", said=said, _anchor=place or None), 303)


def _try(do: Callable[[], object], said: str, place: str) -> ResponseReturnValue:
    """Do it and say so, or show why Stripe refuses."""
    try:
        do()
    except StripeError as refused:
        return _page(f"Stripe says no: {refused.message}", no=True), refused.status
    return _back(said, place)


def later(now: int, step: str) -> int:
    """Return the seconds from `now` to the same time a day, month or year later.

    A day that the month does not have becomes its last.
    """
    return DAY if step == "day" else period_end(now, now, step, 1) - now


@control.post("/clock")
def advance() -> ResponseReturnValue:
    """Set the clock forward; what falls due meanwhile happens.

    The site's goes first, so that nothing it is told of is in its future.
    """
    step = request.form.get("step", "")
    if step not in STEPS:
        abort(400)
    world = the_world()
    seconds = later(world.now(), step)
    current_app.extensions[MOVE](world.ahead + seconds)
    world.advance(seconds)
    return _back("clock")


@control.post("/payments/<payment_id>/refund")
def refund(payment_id: str) -> ResponseReturnValue:
    """Give back a part, or all that is left."""
    payment = the_world().get(payment_id) or abort(404)
    typed = request.form.get("part", "").strip()
    minor = in_minor(typed, payment["currency"].upper()) if typed else None
    if typed and minor is None:
        return _back("no-amount", payment_id)
    return _try(lambda: the_world().refund(payment_id, minor), "refunded", payment_id)


def in_minor(typed: str, currency: str) -> int | None:
    """Return an amount in minor units, or nothing if it is none above zero."""
    digits = CURRENCIES[currency].digits if currency in CURRENCIES else 0
    match = AMOUNT.fullmatch(typed)
    if match is None or len(match["decimals"] or "") > digits:
        return None
    return int(match["whole"] + (match["decimals"] or "").ljust(digits, "0")) or None


@control.post("/payments/<payment_id>/dispute")
def dispute(payment_id: str) -> ResponseReturnValue:
    """Let the bank dispute a payment, or ask about it first."""
    warning = request.form.get("warning") == "yes"
    said = "asked" if warning else "disputed"
    return _try(lambda: the_world().dispute(payment_id, warning=warning), said, payment_id)


@control.post("/payments/<payment_id>/warn")
def warn(payment_id: str) -> ResponseReturnValue:
    """Let the card's network warn of fraud."""
    return _try(lambda: the_world().warn(payment_id), "warned", payment_id)


@control.post("/disputes/<dispute_id>/settle")
def settle(dispute_id: str) -> ResponseReturnValue:
    """Close a dispute, won or lost."""
    won = request.form.get("won") == "yes"
    return _try(lambda: the_world().settle_dispute(dispute_id, won=won), "settled", "payments")


@control.post("/customers/<customer_id>/delete")
def delete(customer_id: str) -> ResponseReturnValue:
    """Delete a customer."""
    return _try(lambda: the_world().delete_customer(customer_id), "deleted", "customers")


@control.post("/deliveries")
def deliver() -> ResponseReturnValue:
    """Set how badly events reach the site."""
    shares = {name: request.form.get(name, "0").strip() for name in TROUBLES}
    form = request.form.get("form", "thin")
    if not all(map(is_percent, shares.values())) or form not in FORMS:
        return _back("no-percent", "deliveries")
    numbers = {name: int(text) for name, text in shares.items()}
    the_world().deliveries = Deliveries(
        **numbers, form="snapshot" if form == "snapshot" else "thin"
    )
    return _back("deliveries", "deliveries")


def is_percent(text: str) -> bool:
    """Tell whether a text is a whole number from 0 to 100."""
    return text.isascii() and text.isdigit() and int(text) <= ALL_OF_IT


@control.post("/deliveries/lost")
def send_lost() -> ResponseReturnValue:
    """Deliver what was lost."""
    the_world().send_lost()
    return _back("lost", "log")
