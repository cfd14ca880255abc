"""A payment page while somebody tries cards: a proof of work by script, or a minute's patience.

The challenge is only ever in the answer to a post, good for one page of the form and one network,
and once. Its age is signed with it: whoever has no script waits, and a network gets one page a
minute that way.
"""

from datetime import timedelta

from flask import request

from app.core.answering import the_settings
from app.core.caps import uses
from app.core.clock import now
from app.core.proof_of_work import Proof, challenge, is_solved, made_at, spend
from app.core.tightening import is_tight
from app.extensions import db
from app.memberships.joining.declines import DOOR
from app.memberships.joining.joining import USE, Asker, has_page
from app.memberships.joining.wishes import Wish

WAIT = timedelta(minutes=1)


def owed(wish: Wish, asker: Asker) -> str:
    """Return the challenge that is to be answered first; empty if nothing is owed.

    Nothing may be open on the request's own session.
    """
    if not is_tight(db.database, DOOR):
        return ""
    settings = the_settings()
    subject = f"join\0{asker.network}\0{asker.nonce}"
    proof = Proof(request.form.get("challenge", ""), request.form.get("number", ""))
    with db.database.read() as session:
        moment = now(session)
        opened = uses(session, USE, moment - WAIT, asker.network)
        if has_page(session, wish, asker, moment):
            return ""
    made = made_at(settings.secret_keys, subject, proof.challenge, moment)
    has_waited = made is not None and moment - made >= WAIT and not opened
    if made is not None and not is_solved(proof) and not has_waited:
        return proof.challenge  # its minute goes on
    if made is not None and spend(db.database, proof, moment):
        return ""
    return challenge(settings.secret_key, subject, moment)


def has_tried() -> bool:
    """Tell whether a script sent a number, so that it is not to go round and round by itself."""
    return bool(request.form.get("number"))
