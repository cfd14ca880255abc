"""`flask webhooks`: other systems that are told what happens to subscriptions."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.cli.noting import columns, note
from app.core.clock import now
from app.core.errors import OperatorError
from app.core.outgoing import NotAllowedError
from app.core.settings import Settings
from app.extensions import db
from app.newsletters.webhooks import spreading
from app.newsletters.webhooks import webhooks as service
from app.newsletters.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.newsletters.webhooks.signing import secret_of
from app.people.audit import Deed

NAMES = sorted(spreading.EVENTS.values())
STATES = ("waiting", "delivered", "failed", "dropped")
IF_YOURS = " To go by http to a machine of yours, set UNWALLED_WEBHOOKS_PRIVATE=yes."
SAID = ("name", "url", "events", "newsletters")
SHOWN = "It is shown this once: keep it now."

webhooks = AppGroup("webhooks", help="Tell other systems what happens to subscriptions.")


@webhooks.command()
@click.argument("name")
@click.argument("url")
@click.option("--event", "events", multiple=True, type=click.Choice(NAMES), help="All unless said.")
@click.option("--list", "lists", multiple=True, help="A newsletter; all unless said. Repeat it.")
def add(name: str, url: str, events: tuple[str, ...], lists: tuple[str, ...]) -> None:
    """Tell the system called NAME, at URL, of what happens from now on; show its secret, once."""
    facts = service.EndpointFacts(name, url, events or NAMES, lists)
    with db.database.write() as session:
        try:
            made = service.add(session, _settings(), facts, now(session))
        except NotAllowedError as error:
            raise OperatorError(f"{error}{IF_YOURS if url.startswith('http:') else ''}") from error
        except service.EndpointNameTakenError as error:
            raise OperatorError(f"There is a system {name}: choose another name.") from error
        except service.NoSuchListError as error:
            raise OperatorError(f"There is no newsletter {error}: see its address.") from error
        note(session, Deed("webhook.made", _about(made), after=columns(made, *SAID)))
        session.commit()
    click.echo(secret_of(_settings(), made.secret_name))
    click.echo(f"That is the secret {name} checks signatures with. {SHOWN}", err=True)


@webhooks.command("list")
def list_() -> None:
    """Show every system: where it is, of what it is told, and how it does."""
    with db.database.read() as session:
        found = service.every(session)
    for one in found:
        click.echo(f"{one.name}  {one.url}  {','.join(one.events)}  {_state(one)}")
    if not found:
        click.echo("No system is told of anything.")


@webhooks.command()
@click.argument("name")
def remove(name: str) -> None:
    """Tell the system called NAME nothing more, and forget its deliveries."""
    with db.database.write() as session:
        endpoint = _found(session, name)
        about, before = _about(endpoint), columns(endpoint, *SAID)
        service.remove(session, endpoint)
        note(session, Deed("webhook.removed", about, before=before))
        session.commit()
    click.echo(f"{name} is told nothing more.")


@webhooks.command()
@click.argument("name")
def enable(name: str) -> None:
    """Tell the system called NAME again, after it was disabled, of what happens from now on."""
    with db.database.write() as session:
        endpoint, moment = _found(session, name), now(session)
        service.enable(session, endpoint, moment)
        note(session, Deed("webhook.turned-on", _about(endpoint)))
        session.commit()
    click.echo(f"{name} is told again. What failed: `webhooks redeliver --failed {name}`.")


@webhooks.command()
@click.argument("name")
def test(name: str) -> None:
    """Send the system called NAME an event of type `test`, by way of the worker."""
    with db.database.write() as session:
        endpoint, moment = _found(session, name), now(session)
        _refuse_disabled(endpoint)
        made = service.queue_test(session, endpoint, moment)
        note(session, Deed("webhook.tested", _about(endpoint)))
        session.commit()
    click.echo(f"Delivery {made.id} is on its way: `webhooks deliveries {name}` shows it.")


@webhooks.command()
@click.argument("name")
@click.option("--state", type=click.Choice(STATES), help="Only of this state.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
def deliveries(name: str, state: str | None, limit: int) -> None:
    """Show what the system called NAME was told, the newest first."""
    with db.database.read() as session:
        found = service.deliveries(session, _found(session, name), limit, state)
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("Nothing was to be told.")


@webhooks.command()
@click.argument("ids", metavar="[ID]...", nargs=-1, type=int)
@click.option("--failed", metavar="NAME", help="All that failed at the system of this name.")
def redeliver(ids: tuple[int, ...], failed: str | None) -> None:
    """Try deliveries anew at once, under the same ids, whatever became of them."""
    if bool(ids) is (failed is not None):
        raise OperatorError("Say which: ids as `webhooks deliveries` shows them, or --failed NAME.")
    with db.database.write() as session:
        endpoint = _found(session, failed) if failed is not None else None
        if endpoint is not None:
            _refuse_disabled(endpoint)
        which = endpoint.id if endpoint is not None else None
        count = service.redeliver(session, now(session), ids=ids, failed_of=which)
        if count:
            about = _about(endpoint) if endpoint is not None else "webhooks"
            note(session, Deed("webhook.redelivered", about, after={"deliveries": count}))
        session.commit()
    if ids and not count:
        raise OperatorError(
            "None of these can be sent anew: either there is no such delivery, or it is on its way "
            "right now, or its system is disabled."
        )
    click.echo("1 delivery is due now." if count == 1 else f"{count} deliveries are due now.")


@webhooks.command()
@click.argument("name")
def rotate(name: str) -> None:
    """Give the system called NAME a new secret; for a day both sign."""
    with db.database.write() as session:
        endpoint = _found(session, name)
        secret = service.rotate(session, _settings(), endpoint, now(session))
        note(session, Deed("webhook.secret-rotated", _about(endpoint)))
        session.commit()
    click.echo(secret)
    click.echo(f"That is the new secret of {name}; the old one signs as well for a day. {SHOWN}",
               err=True)  # fmt: skip


def _about(endpoint: WebhookEndpoint) -> str:
    return f"webhook:{endpoint.id}"


def _settings() -> Settings:
    found: Settings = current_app.extensions["unwalled_settings"]
    return found


def _found(session: Session, name: str) -> WebhookEndpoint:
    endpoint = service.find(session, name)
    if endpoint is None:
        raise OperatorError(f"There is no system {name}: `flask --app wsgi webhooks list`.")
    return endpoint


def _refuse_disabled(endpoint: WebhookEndpoint) -> None:
    if endpoint.disabled_at is not None:
        raise OperatorError(f"{endpoint.name} is disabled: `webhooks enable` it first.")


def _state(one: WebhookEndpoint) -> str:
    if one.disabled_at is not None:
        return f"disabled {_at(one.disabled_at)}: {one.disabled_why}"
    if one.failing_since is not None:
        return f"failing since {_at(one.failing_since)}"
    return "well"


def _line(one: WebhookDelivery) -> str:
    event = f"evt_{one.consent_id}" if one.consent_id is not None else "test"
    tries = "1 try" if one.attempts == 1 else f"{one.attempts} tries"
    took = "-" if one.milliseconds is None else f"{one.status or '-'} in {one.milliseconds} ms"
    parts = (str(one.id), event, _at(one.created_at), one.state, tries, took, one.answer or "")
    return "  ".join(parts).rstrip()


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
