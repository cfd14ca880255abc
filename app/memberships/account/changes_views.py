"""What a supporter does with a membership: another amount or card, a pause, an end, and back.

Each form is sent, asked of Stripe, and answered by the account; where something cannot be done
the same page says why, with all that was typed.
"""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import the_settings
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.money import OFFERED
from app.core.routes import access, localized
from app.memberships import changing
from app.memberships.account import answering
from app.memberships.account.answering import Asked
from app.memberships.account.forms import amount_as_typed, other_amount, reason
from app.memberships.account.queries import MembershipRead
from app.memberships.account.sentences import membership
from app.memberships.standing import ends_at_once

bp = Blueprint("account_changes", __name__)

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY


@localized(bp, "/account/memberships/<name>/amount/")
@access("person")
def amount(name: str) -> ResponseReturnValue:
    """Show what is given now, to be changed."""
    found = answering.mine(name)
    typed = amount_as_typed(found.money, answering.the_voice().language)
    return _page("amount", found, value=typed)


@localized(bp, "/account/memberships/<name>/amount/", methods=("POST",))
@access("person")
def set_amount(name: str) -> ResponseReturnValue:
    """Ask for another amount from the next charge on."""
    found, typed = answering.mine(name), request.form.get("amount", "")
    try:
        money = other_amount(typed, found, answering.the_voice().language)
    except FieldError as error:
        return _page("amount", found, INVALID, value=typed, error=error.message)
    asked = answering.ask(lambda till: changing.change_amount(till, found, money))
    if asked.trouble:
        return _page("amount", found, asked.status, value=typed, trouble=asked.trouble)
    return answering.done("amount", asked)


@localized(bp, "/account/memberships/<name>/cancel/")
@access("person")
def leave(name: str) -> ResponseReturnValue:
    """Show what cancelling means, and its button."""
    return _page("cancel", answering.mine(name))


@localized(bp, "/account/memberships/<name>/cancel/", methods=("POST",))
@access("person")
def cancel(name: str) -> ResponseReturnValue:
    """Let a membership end with what is paid; nobody has to say why."""
    found, typed = answering.mine(name), request.form.get("reason", "")
    try:
        why = reason(typed)
    except FieldError as error:
        return _page("cancel", found, INVALID, value=typed, error=error.message)
    asked = answering.ask(lambda till: changing.cancel(till, found, why))
    if asked.trouble:
        return _page("cancel", found, asked.status, value=typed, trouble=asked.trouble)
    return answering.done("cancelled", asked)


@localized(bp, "/account/memberships/<name>/pause/")
@access("person")
def rest(name: str) -> ResponseReturnValue:
    """Show what a pause means, and its button."""
    return _page("pause", answering.mine(name))


@localized(bp, "/account/memberships/<name>/pause/", methods=("POST",))
@access("person")
def pause(name: str) -> ResponseReturnValue:
    """Charge nothing until the supporter says so."""
    found = answering.mine(name)
    asked = answering.ask(lambda till: changing.pause(till, found))
    if asked.trouble:
        return _page("pause", found, asked.status, trouble=asked.trouble)
    return answering.done("paused", asked)


@localized(bp, "/account/memberships/<name>/resume", methods=("POST",))
@access("person")
def resume(name: str) -> ResponseReturnValue:
    """Charge again, from the next period on."""
    found = answering.mine(name)
    return _answer("resumed", answering.ask(lambda till: changing.resume(till, found)))


@localized(bp, "/account/memberships/<name>/undo", methods=("POST",))
@access("person")
def undo(name: str) -> ResponseReturnValue:
    """Take a cancellation back."""
    found = answering.mine(name)
    return _answer("undone", answering.ask(lambda till: changing.undo_cancel(till, found)))


@localized(bp, "/account/memberships/<name>/card", methods=("POST",))
@access("person")
def change_card(name: str) -> ResponseReturnValue:
    """Lead to the page of Stripe's where the card is changed."""
    found, pages = answering.mine(name), []
    back = the_settings().site_url + url_for("account_changes.card", name=name)

    def open_page(till: changing.Till) -> bool:
        pages.append(changing.card_page(till, found, back))
        return True

    asked = answering.ask(open_page)
    if asked.trouble:
        return answering.account_page(trouble=asked.trouble, status=asked.status)
    return redirect(pages[0], HTTPStatus.SEE_OTHER)


@localized(bp, "/account/memberships/<name>/card/")
@access("person")
def card(name: str) -> ResponseReturnValue:
    """Look at the membership once more for whoever comes back from Stripe's page, and lead on."""
    found = answering.mine(name)
    asked = answering.ask(lambda till: till.look(found.subscription_id))
    return answering.done("card", Asked(is_written=asked.is_written and not asked.trouble))


def _answer(what: str, asked: Asked) -> Response:
    if asked.trouble:
        return answering.account_page(trouble=asked.trouble, status=asked.status)
    return answering.done(what, asked)


def _page(act: str, found: MembershipRead, status: int = HTTPStatus.OK, **values: str) -> Response:
    """Return the page of one change; it says so if the membership cannot be changed like that."""
    voice = answering.the_voice()
    shown = membership(found, voice)
    if act not in shown.acts and status == HTTPStatus.OK:
        sentence = _("As your membership stands now, this cannot be done any more.")
        return answering.account_page(trouble=sentence, status=HTTPStatus.CONFLICT)
    titles = {
        "amount": _("Give another amount"),
        "cancel": _("Cancel your membership"),
        "pause": _("Pause your membership"),
    }
    ends = found.paid_through
    return answering.private_page(
        f"account/{act}.html",
        titles[act],
        status,
        membership=shown,
        ends=voice.day(ends) if ends is not None else "",
        at_once=ends_at_once(found),
        next_charge=voice.day(found.period_ends_at),
        currency=found.money.currency,
        other_currencies=[one for one in OFFERED if one != found.money.currency],
        **values,
    )
