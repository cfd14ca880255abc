"""The page to pay on as an intent asks for it: the same intent always asks for the same page."""

import hashlib
from dataclasses import asdict
from urllib.parse import urlencode

from app.core.languages import prefix, translations
from app.core.money import Money
from app.core.settings import Settings
from app.core.tokens import derived_token, token_hash
from app.mail.message import site_name
from app.memberships.joining.fields import UNPAID
from app.memberships.joining.models import GIFT, GIFT_MEMBERSHIP, MEMBERSHIP, Intent
from app.memberships.joining.offers import INTERVAL_OF, MONTHLY, YEARLY
from app.payments.gateway import CheckoutWanted, Interval

FOR_WHOM = {GIFT_MEMBERSHIP: "gift", "given": "given"}


def wanted_of(settings: Settings, intent: Intent) -> CheckoutWanted:
    """Return the page that an intent asks for."""
    token = thanks_token(settings, intent)
    return CheckoutWanted(
        reference=intent.public_id,
        money=Money(intent.amount_minor, intent.currency),
        interval=interval_of(intent),
        email=None,
        customer_id=None,
        success_url=settings.site_url + thanks_path(intent.language, token),
        cancel_url=settings.site_url + way_back(intent, is_unpaid=True),
        language=intent.language,
        expires_at=intent.expires_at,
        label=label(settings, intent),
    )


def checkout_key(wanted: CheckoutWanted) -> str:
    """Return the key under which a page is asked for: the same page, the same key."""
    said = repr(sorted(asdict(wanted).items()))
    return f"{wanted.reference}:checkout:{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def thanks_token(settings: Settings, intent: Intent) -> str:
    """Return what opens an intent's page of thanks, also after the secret key was rotated."""
    tokens = [derived_token(key, "thanks", intent.public_id) for key in settings.secret_keys]
    known = (one for one in tokens if token_hash(one) == intent.thanks_hash)
    return next(known, tokens[0])


def thanks_path(language: str, token: str) -> str:
    """Return the path of a page of thanks."""
    return f"{prefix(language)}/join/thanks/{token}/"


def way_back(intent: Intent, *, is_unpaid: bool = False, language: str | None = None) -> str:
    """Return the path of the form with the same choice made; it may say that nothing was paid."""
    choice = {
        "currency": intent.currency,
        "interval": _rhythm(intent),
        "amount": str(intent.amount_minor - intent.fee_minor),
    }
    if intent.kind in FOR_WHOM:
        choice["for"] = FOR_WHOM[intent.kind]
    if intent.from_path:
        choice["from"] = intent.from_path
    if is_unpaid:
        choice[UNPAID] = "1"
    return f"{prefix(language or intent.language)}/join/?{urlencode(choice, safe='/')}"


def label(settings: Settings, intent: Intent, language: str | None = None) -> str:
    """Return what it is for, in the words of receipts and of Stripe's own pages."""
    language = language or intent.language
    gettext = translations(language).gettext
    name = site_name(settings, language)
    if intent.kind == MEMBERSHIP:
        sentence = gettext("Membership of %(name)s")
    elif intent.kind == GIFT:
        sentence = gettext("Gift to %(name)s")
    elif intent.kind == GIFT_MEMBERSHIP:
        sentence = gettext("A year of membership of %(name)s, as a present")
    else:
        sentence = gettext("A year of membership of %(name)s, for a reader who cannot pay")
    return str(sentence % {"name": name})


def interval_of(intent: Intent) -> Interval | None:
    """Return how often an intent is to be paid."""
    for one in INTERVAL_OF.values():
        if one == intent.interval:
            return one
    raise ValueError(f"There is no interval {intent.interval!r}.")


def _rhythm(intent: Intent) -> str:
    return {"month": MONTHLY, "year": YEARLY}.get(intent.interval or "", "once")
