"""What holds for every request: its host, its origin, its id, and the headers of its answer."""

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, g, request

from app.core.settings import Settings

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LARGEST_BODY = 1024 * 1024

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
NO_STORE = ("Cache-Control", "no-store")
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


def security_headers(settings: Settings) -> dict[str, str]:
    """Return the headers that every answer carries."""
    if settings.site_url.startswith("https://"):
        return {**HEADERS, "Strict-Transport-Security": STRICT_TRANSPORT}
    return dict(HEADERS)


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Return the host names that are answered; a laptop also goes by its loopback names."""
    hosts = {settings.site_host, *settings.trusted_hosts}
    if settings.mode != "production":
        hosts |= {"localhost", "127.0.0.1", "[::1]"}
    return frozenset(hosts)


SITES = "unwalled_sites"
Sites = Callable[[str], object | None]
"""Finds the site at an origin, if the newsroom lets it post; asked of no post of our own."""


def use_sites(app: Flask, sites: Sites) -> None:
    """Let `sites` say whose posts the views take that are open to allowed sites."""
    app.extensions[SITES] = sites


def is_from_elsewhere() -> bool:
    """Tell whether another site made this request, without cookie or token.

    `Sec-Fetch-Site` decides where the browser sends it, else the host in `Origin`; a request with
    neither (an old browser, a command) is let through, for there is no cookie that it could abuse.
    """
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    if origin is None:
        return False
    return urlsplit(origin).netloc != request.host


def site_at_origin(app: Flask) -> object | None:
    """Return the allowed site that the request says it comes from, or None.

    The browser writes `Origin`, and a page cannot: it is compared sign by sign, so that neither
    another port, scheme, case, subdomain nor `null` will do.
    """
    origin, sites = request.headers.get("Origin"), app.extensions.get(SITES)
    return sites(origin) if origin is not None and sites is not None else None


def take_from(site: object | None) -> None:
    """Take a post from an allowed site, which the view finds in `g`; refuse one from elsewhere."""
    if site is None:
        abort(403)
    g.site_elsewhere = site


def guard(app: Flask, settings: Settings) -> None:
    """Put the checks before every request and the headers on every answer."""
    hosts = allowed_hosts(settings)
    headers = security_headers(settings)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    @app.before_request
    def check() -> None:
        g.request_id = secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)
        view = app.view_functions.get(request.endpoint or "")
        is_known = request.host.rpartition(":")[0] in hosts or request.host in hosts
        if not is_known and not getattr(view, "any_host", False):
            abort(421)
        g.site_elsewhere = None
        checked = request.method in UNSAFE and not getattr(view, "cross_site", False)
        if checked and is_from_elsewhere():
            take_from(site_at_origin(app) if getattr(view, "allowed_sites", False) else None)

    @app.after_request
    def dress(response: Response) -> Response:
        present = {name.lower() for name, _value in response.headers}
        ours = (*headers.items(), ("X-Request-ID", g.get("request_id", "")), NO_STORE)
        for name, value in ours:
            if name.lower() not in present:
                response.headers.add(name, value)
        return response
