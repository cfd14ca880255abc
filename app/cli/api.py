"""`flask api`: the tokens by which the newsroom's other systems use the API."""

from datetime import datetime, timedelta

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.noting import note
from app.core.clock import now
from app.core.errors import OperatorError
from app.extensions import db
from app.newsletters.api.schemas import SCOPES
from app.people import tokens
from app.people.audit import Deed
from app.people.token_models import ApiToken

LONGEST_NAME = 80

api = AppGroup("api", help="Make and revoke the tokens of the API.")
_tokens = AppGroup("tokens", help="Make and revoke the tokens of the API.")
api.add_command(_tokens)


@_tokens.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, help="Repeat it; without it, the scopes are shown."
)
@click.option(
    "--days", type=click.IntRange(1, 3650), help="How long it holds; for good unless said."
)
def create(name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a token for the system called NAME, and show it, once."""
    _check(name, scopes)
    with db.database.write() as session:
        moment = now(session)
        until = moment + timedelta(days=days) if days else None
        try:
            token = tokens.create(session, name, scopes, moment, until)
        except tokens.TokenNameTakenError as error:
            raise OperatorError(
                f"There is a token {name}, or was one: choose another name, and logs stay clear."
            ) from error
        note(session, Deed("token.made", _about(session, name), after=_allows(scopes, days)))
        session.commit()
    click.echo(token)
    click.echo(f"That is the token of {name}. It is shown this once: keep it now.", err=True)


@_tokens.command("list")
def list_() -> None:
    """Show every token, but for itself: what it is allowed, when it was used, when it ends."""
    with db.database.read() as session:
        moment, found = now(session), tokens.every(session)
    for one in found:
        state = _state(one, moment)
        scopes = ",".join(one.scopes)
        click.echo(f"{one.name}  {state}  {scopes}  made {_day(one.created_at)}, {_used(one)}")
    if not found:
        click.echo("There is no token.")


@_tokens.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End the token of the system called NAME, at once and for good."""
    with db.database.write() as session:
        if not tokens.revoke(session, name, now(session)):
            raise OperatorError(
                f"No token {name} holds: `flask --app wsgi api tokens list` shows all."
            )
        note(session, Deed("token.revoked", _about(session, name)))
        session.commit()
    click.echo(f"The token of {name} opens nothing any more.")


def _about(session: Session, name: str) -> str:
    found = session.scalar(select(ApiToken.id).where(ApiToken.name == name))
    return f"token:{found}"


def _allows(scopes: tuple[str, ...], days: int | None) -> dict[str, object]:
    return {"scopes": sorted(scopes), "days": days or 0}


def _check(name: str, scopes: tuple[str, ...]) -> None:
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise OperatorError(f"A token's name is 1 to {LONGEST_NAME} printable signs.")
    unknown = [one for one in scopes if one not in SCOPES]
    if unknown or not scopes:
        known = "; ".join(f"{one}: {meaning}" for one, meaning in SCOPES.items())
        said = f"There is no scope {unknown[0]}" if unknown else "Say what it is allowed"
        raise OperatorError(f"{said}. Give --scope one or more times. {known}.")


def _state(one: ApiToken, moment: datetime) -> str:
    if one.revoked_at is not None:
        return f"revoked {_day(one.revoked_at)}"
    if one.expires_at is None:
        return "holds"
    return f"{'expired' if one.expires_at <= moment else 'holds until'} {_day(one.expires_at)}"


def _used(one: ApiToken) -> str:
    return f"last used {one.used_at:%Y-%m-%d %H:%M} UTC" if one.used_at else "never used"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
