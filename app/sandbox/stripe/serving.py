"""The stand-in on a port of the loopback: the API under `/v1` and `/v2`, its pages elsewhere."""

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app.sandbox.stripe import api
from app.sandbox.stripe.control import MOVE, MoveSite, alone, control
from app.sandbox.stripe.deliveries import Webhook
from app.sandbox.stripe.dressing import bare_app
from app.sandbox.stripe.pages import checkout
from app.sandbox.stripe.portal_page import portal
from app.sandbox.stripe.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WEBHOOK_PATH = "/webhooks/stripe"
API = ("/v1/", "/v2/")


def make_pages(world: World, site_url: str, move_site: MoveSite = alone) -> Flask:
    """Return the application of the pages that people see."""
    app = bare_app(world, site_url)
    app.extensions[MOVE] = move_site
    for blueprint in (checkout, portal, control):
        app.register_blueprint(blueprint)
    return app


class Doors:
    """One address for both: programs to the API, people to the pages."""

    def __init__(self, world: World, site_url: str, move_site: MoveSite) -> None:
        self._api = api.make_server(world)
        self._pages = make_pages(world, site_url, move_site)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        app = self._api if environ["PATH_INFO"].startswith(API) else self._pages
        return app(environ, start)


class StandIn:
    """A stand-in that answers.

    Attributes:
        address: Of its pages and its API.
    """

    def __init__(self, world: World, server: BaseWSGIServer, address: str) -> None:
        self.world = world
        self.address = address
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, daemon=True)
        self._thread.start()

    def shutdown(self) -> None:
        """Stop answering and close the file."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.world.close()


def serve(
    folder: Path, port: int, site_url: str, webhook_secret: str, move_site: MoveSite = alone
) -> StandIn:
    """Start the stand-in on a thread of its own.

    Args:
        folder: Where its state is kept.
        port: Of the loopback, and free.
        site_url: Whose readers come and go, and where events are sent.
        webhook_secret: Signs the events.
        move_site: Sets the site's clock so many seconds ahead of the real time.
    """
    webhook = Webhook(site_url.rstrip("/") + WEBHOOK_PATH, webhook_secret)
    address = f"http://127.0.0.1:{port}"
    world = World(folder, webhook_secret, webhook, address=address)
    server = make_server(
        "127.0.0.1", port, Doors(world, site_url, move_site), threaded=True, request_handler=_Quiet
    )
    return StandIn(world, server, address)


class _Quiet(WSGIRequestHandler):
    """The stand-in writes no line per request."""

    def log(self, *_args: object) -> None:
        """Say nothing."""
