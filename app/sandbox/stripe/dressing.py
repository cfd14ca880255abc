"""What every page of the stand-in has: its world, its policy, its refusal of strangers."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, SecurityError

from app.sandbox.stripe.errors import StripeError
from app.sandbox.stripe.world import World

ROOT = Path(__file__).parents[3]
WORLD = "stripe_world"
SITE = "stripe_site"
TITLES = {403: "This came from another page", 404: "There is nothing here"}
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action {places}"
)


def bare_app(world: World, site_url: str) -> Flask:
    """Return an application with no page yet, for this machine's eyes alone."""
    app = Flask(
        "app.sandbox.stripe.pages",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "app" / "static"),
    )
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    app.extensions[WORLD] = world
    app.extensions[SITE] = site_url
    app.context_processor(lambda: {"site_url": site_url})
    app.before_request(refuse_strangers)
    app.after_request(dress)
    app.register_error_handler(HTTPException, say_why)
    app.register_error_handler(StripeError, say_no)
    return app


def the_world() -> World:
    """Return the world that this application shows."""
    found: World = current_app.extensions[WORLD]
    return found


def may_lead_to(*addresses: str) -> None:
    """Let a form of this page end at these addresses: browsers hold redirects to the policy too."""
    g.places = {origin(address) for address in addresses if address}


def origin(address: str) -> str:
    """Return the scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def refuse_strangers() -> None:
    """Let no other site press a button here."""
    if request.method == "POST":
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if site not in {"same-origin", "none"}:
            abort(403)


def dress(response: Response) -> Response:
    """Keep the page to this machine's eyes, without script and without strangers."""
    places = {origin(current_app.extensions[SITE]), *g.get("places", set())}
    policy = POLICY.format(places=" ".join(["'self'", *sorted(places)]))
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def say_why(failure: HTTPException) -> ResponseReturnValue:
    """Say in words what went wrong; a stranger's host gets no page of ours."""
    if isinstance(failure, SecurityError):
        return failure.get_response()
    code = failure.code or 500
    return _over(TITLES.get(code, "That did not work"), failure.description or ""), code


def say_no(refused: StripeError) -> ResponseReturnValue:
    """Say why Stripe refuses, as when a checkout was paid in another window meanwhile."""
    return _over("Stripe says no", refused.message), refused.status


def _over(title: str, sentence: str) -> str:
    return render_template("stripe/over.html", title=title, sentence=sentence)
