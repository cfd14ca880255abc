"""What the pages for joining share: their policy, and where payments may lead."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, make_response, render_template

from app.core.guards import CONTENT_POLICY
from app.core.settings import Settings

STRIPE_PAGES = "https://checkout.stripe.com"
OURS_ALONE = "form-action 'self'"


def payment_policy(settings: Settings) -> str:
    """Return the policy of a page whose form ends on Stripe's: browsers follow it there.

    A form may be sent to us alone, but browsers hold the redirect that answers it to the same
    rule (https://www.w3.org/TR/CSP3/#directive-form-action).
    """
    base = urlsplit(settings.stripe_base)
    pages = f"{base.scheme}://{base.netloc}" if settings.stripe_base else STRIPE_PAGES
    return CONTENT_POLICY.replace(OURS_ALONE, f"{OURS_ALONE} {pages}")


def paying_page(
    settings: Settings, template: str, status: int = HTTPStatus.OK, **values: object
) -> Response:
    """Return a page with a form that leads to Stripe; it is kept nowhere."""
    answer = make_response(render_template(template, **values), status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = payment_policy(settings)
    return answer
