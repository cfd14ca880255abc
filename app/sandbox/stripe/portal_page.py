"""The billing portal: the card that is on file, another one, and the invoices."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.sandbox.stripe.choices import CHOICES, CardForm, more_numbers, read_card
from app.sandbox.stripe.dressing import may_lead_to, the_world
from app.sandbox.stripe.shown import CustomerShown, customer_shown

DECLINED = "The card was declined; the one on file stays. Pick another card and try again."
BANK_REFUSED = "The bank refused; the card on file stays. Pick another card and try again."

portal = Blueprint("portal", __name__, url_prefix="/portal")


def _visit_or_404(session_id: str) -> tuple[CustomerShown, str]:
    """Return whose portal it is, and where its way back leads."""
    session = the_world().get(session_id)
    if session is None or session["object"] != "billing_portal.session":
        abort(404)
    customer = customer_shown(the_world(), session["customer"])
    if customer is None:
        abort(404)
    back = session["return_url"] or ""
    may_lead_to(back)
    return customer, back


@portal.get("/<session_id>")
def show(session_id: str) -> ResponseReturnValue:
    """Show card, memberships and invoices."""
    return _page(session_id, CardForm())


@portal.post("/<session_id>")
def change(session_id: str) -> ResponseReturnValue:
    """Try the new card; the bank's answer comes by the same way, as `three_d`."""
    customer, _back = _visit_or_404(session_id)
    form = read_card(request.form)
    if form.has_errors:
        return _page(session_id, form), 422
    answer = request.form.get("three_d")
    agreed = None if answer is None else answer == "yes"
    outcome = the_world().new_card(customer.id, form.number, three_d=agreed)
    if outcome == "three_d":
        return render_template(
            "stripe/three_d.html", about="A new card on file", action=request.path,
            kept={"picked": form.picked, "typed": form.typed},
        )  # fmt: skip
    if outcome == "declined":
        refusal = DECLINED if answer is None else BANK_REFUSED
        return _page(session_id, read_card(request.form, refusal)), 422
    return redirect(url_for("portal.show", session_id=session_id, card="taken"), 303)


def _page(session_id: str, form: CardForm) -> str:
    customer, back = _visit_or_404(session_id)
    return render_template(
        "stripe/portal.html", customer=customer, return_url=back, session_id=session_id,
        form=form, cards=CHOICES, more=more_numbers(),
        was_taken=request.args.get("card") == "taken",
    )  # fmt: skip
