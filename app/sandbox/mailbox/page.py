"""The mailbox's page: what came, each mail as its reader sees it, and as it is."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.sandbox.mailbox.box import Mailbox, Received
from app.sandbox.mailbox.neighbour import neighbour

PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'"
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)
LINKS_OPEN_OUTSIDE = '<base target="_blank">'
ROOT = Path(__file__).parents[3]
NOTHING: Mapping[str, str] = MappingProxyType({})

pages = Blueprint("pages", __name__)


def make_page(mailbox: Mailbox, site_url: str, forms: Mapping[str, str] = NOTHING) -> Flask:
    """Return the web application that shows a mailbox to its own machine.

    Args:
        mailbox: What is shown.
        site_url: Of the newsroom.
        forms: What another site pastes, by language: this one plays that site too.
    """
    app = Flask(
        "app.sandbox.mailbox.page",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "app" / "static"),
    )
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    app.extensions["mailbox"] = mailbox
    app.register_blueprint(pages)
    app.register_blueprint(neighbour(site_url, forms))
    app.context_processor(lambda: {"site_url": site_url})
    return app


def _mailbox() -> Mailbox:
    found: Mailbox = current_app.extensions["mailbox"]
    return found


def _mail_or_404(name: str) -> Received:
    mail = _mailbox().open(name)
    if mail is None:
        abort(404)
    return mail


@pages.get("/")
def index() -> str:
    """List what came, newest first."""
    return render_template("mailbox/index.html", mails=list(_mailbox().latest()))


@pages.get("/messages.json")
def messages() -> Response:
    """List what came, for programs: id, to, from, subject, received."""
    return jsonify([mail.summary for mail in _mailbox().latest()])


@pages.get("/messages/<name>.eml")
def source(name: str) -> Response:
    """Give a mail as it came."""
    content = _mailbox().raw(name)
    if content is None:
        abort(404)
    return Response(content, mimetype="message/rfc822")


@pages.get("/messages/<name>/")
def message(name: str) -> str:
    """Show a mail: who, to whom, its text, and its page in a frame."""
    return render_template("mailbox/message.html", mail=_mail_or_404(name))


@pages.get("/messages/<name>/html")
def html(name: str) -> Response:
    """Give a mail's page, locked up: no script, no picture from elsewhere."""
    head, opening, rest = _mail_or_404(name).part("html").partition("<head>")
    content = f"{head}{opening}{LINKS_OPEN_OUTSIDE}{rest}"
    return Response(content, headers={"Content-Security-Policy": MAIL_POLICY})


@pages.post("/empty")
def empty() -> ResponseReturnValue:
    """Throw every mail away."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403)
    _mailbox().empty()
    return redirect(url_for("pages.index"), 303)


@pages.after_request
def dress(response: Response) -> Response:
    """Keep the page to this machine's eyes."""
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
