"""The API's door: who shows a token that allows what is asked for, and not too often (RFC 6750)."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Flask, g, request

from app.core.answering import the_network
from app.core.clock import now
from app.core.operations import TOKEN
from app.core.problems import refuse
from app.core.settings import Settings
from app.extensions import db
from app.people import tokens
from app.people.tokens import TokenHeld

SCHEME = "bearer"
LONGEST = 200
REALM = 'Bearer realm="api"'


@dataclass(frozen=True, slots=True)
class _Call:
    held: TokenHeld | None
    over: bool
    at: datetime


def guard(app: Flask, settings: Settings) -> None:
    """Let nobody into the views that declare `@access("token:<scope>")` without such a token."""

    @app.before_request
    def check() -> None:
        view = app.view_functions.get(request.endpoint or "")
        who: str = getattr(view, "access", "")
        if who.startswith(TOKEN):
            _admit(settings, who.removeprefix(TOKEN))


def the_token() -> TokenHeld:
    """Return the token of the present call."""
    held: TokenHeld = g.api_token
    return held


def _admit(settings: Settings, scope: str) -> None:
    call = _call(settings)
    if call.over:
        wait = 60 - call.at.second
        refuse(
            HTTPStatus.TOO_MANY_REQUESTS,
            "That was too much for one minute.",
            headers={"Retry-After": str(wait)},
        )
    if call.held is None:
        challenge = f'{REALM}, error="invalid_token"' if _shown() else REALM
        refuse(
            HTTPStatus.UNAUTHORIZED,
            "Send a token that holds: `Authorization: Bearer unw_...`.",
            headers={"WWW-Authenticate": challenge},
        )
    if scope not in call.held.scopes:
        refuse(
            HTTPStatus.FORBIDDEN,
            f"The token is not allowed {scope}.",
            headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scope}"'},
        )
    g.api_token = call.held


def _call(settings: Settings) -> _Call:
    """Find the token, count the call, and say what came of it: one short transaction."""
    network, shown = f"network:{the_network()}", _shown()
    with db.database.write() as session:
        moment = now(session)
        held = tokens.find(session, shown, moment) if shown else None
        counted = tokens.count(session, [network, *([held.caller] if held else [])], moment)
        if held is not None:
            tokens.note_use(session, held, moment)
        session.commit()
    over = counted[network] > settings.api_per_network or (
        held is not None and counted[held.caller] > settings.api_per_token
    )
    return _Call(held, over, moment)


def _shown() -> str:
    """Return what stands behind `Bearer`, or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == SCHEME and len(token) <= LONGEST else ""
