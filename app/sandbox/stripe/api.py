"""The API on HTTP: forms in, JSON out, for programs of this machine with a test key."""

import threading
from random import Random
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from app.sandbox.stripe.deliveries import LOOPBACK
from app.sandbox.stripe.errors import StripeError
from app.sandbox.stripe.params import nested
from app.sandbox.stripe.world import World

Json = dict[str, Any]
PREFIX = "sk_test_"


class Trouble:
    """How badly the API answers.

    Args:
        errors: Per cent of calls that answer 500: half before anything was done, half after,
            so that only the same key finds out.
        seed: The same seed and the same calls fail alike.

    Attributes:
        too_many: How many of the next calls answer 429.
        down: How many of the next calls answer 500 with nothing done.
        lost: How many of the next calls are done, and answer 500.
    """

    def __init__(self, errors: int = 0, seed: int = 0) -> None:
        self.errors = errors
        self.too_many = self.down = self.lost = 0
        self._luck = Random(seed)  # noqa: S311 - a game of chance, no secret
        self._lock = threading.Lock()

    def next(self) -> str:
        """Say what happens to the next call: nothing, `too_many`, `down` or `lost`."""
        with self._lock:
            for name in ("too_many", "down", "lost"):
                if left := getattr(self, name):
                    setattr(self, name, left - 1)
                    return name
            if self._luck.randrange(100) >= self.errors:
                return ""
            return self._luck.choice(("down", "lost"))


api = Blueprint("api", __name__)


def make_server(world: World, trouble: Trouble | None = None) -> Flask:
    """Return the application that answers for Stripe under `/v1` and `/v2`."""
    app = Flask("app.sandbox.stripe.api", static_folder=None)
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    app.extensions["stripe_world"] = world
    app.extensions["stripe_trouble"] = trouble or Trouble()
    app.register_blueprint(api)
    return app


@api.before_request
def admit() -> None:
    """Let in who is of this machine and has a test key."""
    if request.remote_addr not in LOOPBACK:
        raise StripeError("The stand-in answers this machine only.", status=403)
    key = request.authorization.token if request.authorization else None
    if not (key or "").startswith(PREFIX):
        raise StripeError(_refused_key(key), status=401)


@api.route("/<path:path>", methods=["GET", "POST", "DELETE"])
def call(path: str) -> Response:
    """Answer a call."""
    world: World = current_app.extensions["stripe_world"]
    happens = current_app.extensions["stripe_trouble"].next()
    if happens == "too_many":
        message = "Too many requests hit the API too quickly."
        raise StripeError(message, status=429, code="rate_limit")
    if happens == "down":
        raise _fault()
    key, version = (request.headers.get(name) for name in ("Idempotency-Key", "Stripe-Version"))
    answer = world.ask(request.method, f"/{path}", _given(), key, version)
    if happens == "lost":
        raise _fault()
    return _told(answer.status, answer.body, replayed=answer.replayed)


@api.app_errorhandler(StripeError)
def refuse(refused: StripeError) -> Response:
    """Answer an error in Stripe's shape."""
    return _told(refused.status, refused.body)


@api.app_errorhandler(HTTPException)
def refuse_plainly(failed: HTTPException) -> Response:
    """Answer what Flask refuses in Stripe's shape."""
    error = StripeError(failed.description or failed.name, status=failed.code or 500)
    return _told(error.status, error.body)


def _refused_key(key: str | None) -> str:
    if not key:
        return "You did not provide an API key. You need to provide your API key by Bearer auth."
    return f"Invalid API Key provided: {key[:8]}****. The stand-in takes test keys only."


def _fault() -> StripeError:
    return StripeError("An unknown error occurred.", status=500, kind="api_error")


def _given() -> Json:
    source = request.args if request.method in {"GET", "DELETE"} else request.form
    pairs = list(source.items(multi=True))
    return nested(pairs)


def _told(status: int, body: Json, *, replayed: bool = False) -> Response:
    response = jsonify(body)
    response.status_code = status
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response
