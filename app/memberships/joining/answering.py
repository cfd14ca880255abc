"""Pages from which somebody goes on to pay."""

from http import HTTPStatus

from flask import Response, make_response, render_template

from app.core.answering import policy_leading_to
from app.core.settings import Settings

STRIPE_PAGES = "https://checkout.stripe.com"


def paying_page(
    settings: Settings, template: str, status: int = HTTPStatus.OK, **values: object
) -> Response:
    """Return a page with a form that leads to Stripe; it is kept nowhere."""
    answer = make_response(render_template(template, **values), status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = policy_leading_to(
        STRIPE_PAGES, settings.stripe_base
    )
    return answer
