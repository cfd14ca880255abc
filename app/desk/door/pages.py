"""Pages before the desk: for whoever is not in yet."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, abort, request

from app.core.answering import page_language, personal_page, private_page, the_settings
from app.core.languages import gettext as _
from app.desk.chrome import languages
from app.mail.message import site_name
from app.people import passkeys
from app.people.passkeys import Site


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether passkeys can be used here.

    Attributes:
        why_not: The reason if they cannot, else empty.
        elsewhere: Where they can, if anywhere.
    """

    why_not: str = ""
    elsewhere: str = ""


def door_page(template: str, title: str, status: int = HTTPStatus.OK, **values: object) -> Response:
    """Return a page for one browser; its address is told to no other site."""
    return personal_page(template, title, status, **_common(), **values)


def secret_page(
    template: str, title: str, status: int = HTTPStatus.OK, **values: object
) -> Response:
    """Return a page whose address is a secret."""
    return private_page(template, title, status, **_common(), **values)


def _common() -> dict[str, object]:
    return {"languages_here": languages(request.view_args or {})}


def the_site() -> Site:
    """Return the site as passkeys know it."""
    settings = the_settings()
    return passkeys.site_of(settings, site_name(settings, page_language()))


def offer() -> Offer:
    """Tell whether passkeys can be used at the address that this page was opened by."""
    settings = the_settings()
    if not passkeys.has_name(settings):
        return Offer(
            _("Passkeys need a site that has a name and https: this one has %(address)s.")
            % {"address": settings.site_url}
        )
    if request.host != urlsplit(settings.site_url).netloc:
        return Offer(
            _("Passkeys belong to %(name)s, and this page was opened as %(here)s.")
            % {"name": urlsplit(settings.site_url).netloc, "here": request.host},
            f"{settings.site_url}{request.path}",
        )
    return Offer()


def must_say_where_from() -> None:
    """Refuse a form of a browser that says neither where it comes from nor which site made it."""
    if "Sec-Fetch-Site" not in request.headers and "Origin" not in request.headers:
        abort(HTTPStatus.FORBIDDEN)
