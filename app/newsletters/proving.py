"""Signing up while too few confirm: a proof of work by script, or a mail that carries no link.

Neither depends on what is known of the address. The challenge is only ever in the answer to a
post, so that pages stay the same for everybody.
"""

from dataclasses import replace
from http import HTTPStatus

from flask import Response, jsonify, request

from app.core.answering import the_settings
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.proof_of_work import Proof, challenge, holds, spend
from app.extensions import db
from app.newsletters.answering import wants_json
from app.newsletters.service import Signup


def proved(signup: Signup) -> Signup | None:
    """Return the sign-up as it may be taken, or None if its script owes a proof of work."""
    if not wants_json():
        return replace(signup, code_only=True)
    proof = Proof(request.form.get("challenge", ""), request.form.get("number", ""))
    moment = now(db.session)
    db.release()  # a row is written on a connection of its own, which must not wait for ours
    keys = the_settings().secret_keys
    if not holds(keys, _subject(signup), proof, moment) or not spend(db.database, proof, moment):
        return None
    return signup


def ask(signup: Signup) -> Response:
    """Return the answer that asks a script for a proof of work; it sends it with the same form."""
    asked = challenge(the_settings().secret_key, _subject(signup), now(db.session))
    sentence = _("Your browser has to show that it is no robot. Please send the form once more.")
    answer = jsonify({"challenge": asked, "errors": {"email": sentence}})
    answer.status_code = HTTPStatus.PRECONDITION_REQUIRED
    return answer


def _subject(signup: Signup) -> str:
    """Return what a proof is good for: one address, from one network."""
    return f"sign-up\0{signup.network_hash}\0{signup.address_key}"
