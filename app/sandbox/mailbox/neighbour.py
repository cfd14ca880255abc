"""Another site with a newsletter form of ours, as a partner would paste it: of another origin."""

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, render_template
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.languages import DEFAULT, LANGUAGES
from app.newsletters.embeds.embeds import save_embed
from app.newsletters.embeds.markup import embed_html
from app.newsletters.queries import read_lists
from app.sandbox.ports import Ports

NAME = "another-site"
OFFERED = 2


def allow(session: Session, ports: Ports, site_url: str) -> dict[str, str]:
    """Let the mailbox's server post sign-ups; return the forms it shows, by language."""
    origins = [f"http://{host}:{ports.mailbox}" for host in ("127.0.0.1", "localhost")]
    lists = [one for one in read_lists(session) if one.open][:OFFERED]
    save_embed(session, NAME, origins, [one.slug for one in lists], now(session))
    if not lists:
        return {}
    return {one: embed_html(site_url, one, lists, together=False) for one in LANGUAGES}


def neighbour(site_url: str, forms: Mapping[str, str]) -> Blueprint:
    """Return the page with the form, under a policy as strict as a careful site has."""
    pages = Blueprint("neighbour", __name__)
    policy = (
        f"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"script-src {site_url}; connect-src {site_url}; form-action {site_url}"
    )

    @pages.get("/embed")
    def english() -> Response:
        return show(DEFAULT)

    @pages.get("/embed/<any(uk):language>")
    def other(language: str) -> Response:
        return show(language)

    def show(language: str) -> Response:
        form = Markup(forms.get(language, ""))  # noqa: S704 - escaped where it was made
        page = make_response(render_template("mailbox/embed.html", form=form, language=language))
        page.headers["Content-Security-Policy"] = policy
        return page

    return pages
