"""What the views of every feature share: the application's things, and pages nobody keeps."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, current_app, g, make_response, render_template, request

from app.core.chosen import in_force
from app.core.guards import CONTENT_POLICY
from app.core.languages import prefix
from app.core.networks import network_hash
from app.core.settings import Settings

NO_REFERRER, TO_OURSELVES = "no-referrer", "same-origin"
OURS_ALONE = "form-action 'self'"


@dataclass(frozen=True, slots=True)
class PageMeta:
    """The head of a page that no search engine keeps."""

    title: str
    noindex: bool = True
    description: str = ""


def the_settings() -> Settings:
    """Return the settings of the present application, with what staff have chosen since."""
    return in_force(current_app.extensions["unwalled_database"], started_with())


def started_with() -> Settings:
    """Return the settings as the environment has them."""
    found: Settings = current_app.extensions["unwalled_settings"]
    return found


def page_language() -> str:
    """Return the language of the page."""
    found: str = g.language
    return found


def home_url() -> str:
    """Return the front page in the page's language."""
    return f"{prefix(page_language())}/"


def the_network() -> str:
    """Return the keyed hash of the network that the request comes from."""
    return network_hash(the_settings().secret_key, request.remote_addr)


def private_page(
    template: str, title: str, status: int = HTTPStatus.OK, **values: object
) -> Response:
    """Return a page whose address is a secret: kept nowhere, and told to nobody."""
    return _page(template, title, status, NO_REFERRER, values)


def personal_page(
    template: str, title: str, status: int = HTTPStatus.OK, **values: object
) -> Response:
    """Return a page for one reader: kept nowhere, and its address told to no other site."""
    return _page(template, title, status, TO_OURSELVES, values)


def _page(
    template: str, title: str, status: int, referrer: str, values: dict[str, object]
) -> Response:
    answer = make_response(render_template(template, meta=PageMeta(title), **values), status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = referrer
    return answer


def policy_leading_to(pages: str, stand_in: str = "") -> str:
    """Return the content policy of a page whose form leads on to somebody else's pages.

    A form may be sent to us alone, but browsers hold the redirect that answers it to the same
    rule (https://www.w3.org/TR/CSP3/#directive-form-action).

    Args:
        pages: Whose, as an origin.
        stand_in: An address of what stands in for them, or empty.
    """
    base = urlsplit(stand_in)
    allowed = f"{base.scheme}://{base.netloc}" if stand_in else pages
    return CONTENT_POLICY.replace(OURS_ALONE, f"{OURS_ALONE} {allowed}")
