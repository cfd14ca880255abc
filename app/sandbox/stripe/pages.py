"""The hosted checkout: what is to be paid, a card, the bank's question, and the way back."""

from urllib.parse import quote

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.sandbox.stripe.choices import CHOICES, PayForm, more_numbers, read_payment
from app.sandbox.stripe.dressing import may_lead_to, the_world
from app.sandbox.stripe.shown import CheckoutShown, checkout_shown

DECLINED = "The card was declined and nothing was paid. Pick another card and try again."
BANK_REFUSED = "The bank refused and nothing was paid. Pick another card and try again."
PLACE_OF_ID = "{CHECKOUT_SESSION_ID}"

checkout = Blueprint("checkout", __name__, url_prefix="/pay")


def _checkout_or_404(session_id: str) -> CheckoutShown:
    shown = checkout_shown(the_world(), session_id)
    if shown is None:
        abort(404)
    may_lead_to(shown.success_url, shown.cancel_url)
    return shown


def way_on(shown: CheckoutShown) -> str:
    """Return where a reader who paid goes; Stripe fills in the session's id."""
    return shown.success_url.replace(PLACE_OF_ID, quote(shown.id, safe=""))


@checkout.get("/<session_id>")
def show(session_id: str) -> ResponseReturnValue:
    """Show what is to be paid, or that it is over."""
    shown = _checkout_or_404(session_id)
    if shown.state != "open":
        return _over(shown)
    return _page(shown, PayForm(email=shown.email))


@checkout.post("/<session_id>")
def pay(session_id: str) -> ResponseReturnValue:
    """Try the card; the bank's answer comes by the same way, as `three_d`."""
    shown = _checkout_or_404(session_id)
    if shown.state != "open":
        return _over(shown), 409
    form = read_payment(request.form, shown.email)
    if form.has_errors:
        return _page(shown, form), 422
    answer = request.form.get("three_d")
    outcome = the_world().pay(
        shown.id, form.number, email=form.email, name=form.name,
        three_d=None if answer is None else answer == "yes",
    )  # fmt: skip
    if outcome == "three_d":
        return _ask_the_bank(shown, form)
    if outcome == "declined":
        refusal = DECLINED if answer is None else BANK_REFUSED
        return _page(shown, read_payment(request.form, shown.email, refusal)), 422
    return redirect(way_on(shown), 303)


@checkout.post("/<session_id>/leave")
def leave(session_id: str) -> ResponseReturnValue:
    """Go back without paying."""
    shown = _checkout_or_404(session_id)
    the_world().leave(shown.id)
    return redirect(shown.cancel_url or url_for("control.index"), 303)


def _page(shown: CheckoutShown, form: PayForm) -> str:
    return render_template(
        "stripe/checkout.html", checkout=shown, form=form, cards=CHOICES, more=more_numbers()
    )


def _ask_the_bank(shown: CheckoutShown, form: PayForm) -> str:
    kept = {"email": form.email, "name": form.name, "picked": form.picked, "typed": form.typed}
    return render_template(
        "stripe/three_d.html", kept=kept, about=shown.button,
        action=url_for("checkout.pay", session_id=shown.id),
    )  # fmt: skip


def _over(shown: CheckoutShown) -> str:
    if shown.state == "complete":
        return render_template(
            "stripe/over.html", title="This is paid already",
            sentence=f"{shown.label}: {shown.price} {shown.rhythm}. It is not charged twice.",
            link=way_on(shown), link_text="On to the newsroom",
        )  # fmt: skip
    return render_template(
        "stripe/over.html", title="This page has expired",
        sentence="Nothing was paid. A checkout is not open for long: go back and start anew.",
        link=shown.cancel_url, link_text="Back to the newsroom",
    )  # fmt: skip
