"""What becomes of a page to pay on, once it was looked at."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.memberships.customers import Payer, intent_of, known, person_of
from app.memberships.joining.models import EXPIRED, MEMBERSHIP, PAID, PROCESSING
from app.memberships.joining.settling import settle
from app.memberships.money_notices import tell_of_failure
from app.payments.gateway import CheckoutSeen


def seen(session: Session, checkout: CheckoutSeen, now: datetime, settings: Settings) -> bool:
    """Bring a wish to where its page is; tell whether the page is one of ours."""
    intent = intent_of(session, checkout.reference)
    if intent is None:
        return known(session, checkout.customer_id) is not None
    if intent.checkout_id is None:  # we died between Stripe's answer and our commit
        intent.checkout_id, intent.checkout_url = checkout.id, checkout.url
    if checkout.state == "complete":
        payer = Payer(checkout.customer_id, checkout.email, checkout.name, intent.created_at)
        person_of(session, settings, intent, payer, now)
        settle(intent, PAID if checkout.paid else PROCESSING, now)
        if intent.kind != MEMBERSHIP:  # whose own look knows whether somebody asked for its end
            tell_of_failure(session, intent, now)
    elif checkout.state == "expired" and intent.checkout_id == checkout.id:
        settle(intent, EXPIRED, min(checkout.expires_at, now))
    session.flush()
    return True
