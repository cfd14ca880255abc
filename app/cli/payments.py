"""`flask payments`: the account at Stripe made ready, and held against what we have."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.core.errors import OperatorError
from app.core.settings import Settings
from app.extensions import db
from app.memberships.comparing import comparison
from app.memberships.handling import handlers
from app.payments.drift import Difference
from app.payments.gateway import GatewayDownError, GatewayError
from app.payments.jobs import READS
from app.payments.reconciling import look_at_all, reconcile
from app.payments.serving import gateway_of, stripe_of
from app.payments.stripe_asking import PRODUCTS
from app.payments.sync import Sync

payments = AppGroup("payments", help="Make the account at Stripe ready, and compare with it.")

NO_KEY = "No key for Stripe is set: set UNWALLED_STRIPE_KEY, and joining can open."
KEYS = "`docs/operate.md` says what the key has to be allowed."
MENDING = "`docs/operate.md` says what to do when the drift is not 0."


@payments.command()
def prepare() -> None:
    """Make the products that every payment page names, where they are missing."""
    settings = _settings()
    with _asking():
        stripe_of(settings.stripe_key, settings.stripe_base).prepare_products()
    click.echo(f"{_account(settings)} has the products {', '.join(PRODUCTS)}.")


@payments.command()
def check() -> None:
    """Compare everything with Stripe, now; fail if something stands otherwise."""
    sync = _sync()
    with _asking(), _watching("Comparing with Stripe") as watch:
        found = reconcile(sync, comparison(), lately=None, watch=watch)
    for one in found:
        click.echo(_said(one))
    if found:
        raise OperatorError(f"Drift: {len(found)}. {MENDING}")
    click.echo("No drift.")


@payments.command()
def recount() -> None:
    """Look at every object at Stripe anew, and write down what is seen."""
    sync = _sync()
    with _asking(), _watching("Looking at Stripe") as watch:
        looked = look_at_all(sync, comparison(), watch)
    click.echo("1 object was looked at." if looked == 1 else f"{looked:,} objects were looked at.")
    click.echo("`flask --app wsgi payments check` says whether all stands as it does there.")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["unwalled_settings"]
    if not settings.stripe_key:
        raise OperatorError(NO_KEY)
    return settings


def _sync() -> Sync:
    settings = _settings()
    return Sync(db.database, gateway_of(settings), handlers(settings), READS)


def _account(settings: Settings) -> str:
    return "The live account" if settings.stripe_is_live else "The test account"


def _said(one: Difference) -> str:
    return f"{one.kind} {one.id}  {one.what}" if one.id else f"{one.kind}  {one.what}"


@contextmanager
def _asking() -> Iterator[None]:
    """End in one sentence where Stripe does not answer, or refuses."""
    try:
        yield
    except GatewayDownError as error:
        host = urlsplit(_settings().stripe_base).netloc or "api.stripe.com"
        raise OperatorError(
            f"{error.sentence} Try again later, and see whether this machine reaches {host}."
        ) from error
    except GatewayError as error:
        raise OperatorError(f"{error.sentence} {KEYS}") from error


@contextmanager
def _watching(what: str) -> Iterator[Callable[[int], None]]:
    """Show how many objects are behind us, where there is a terminal."""
    console = Console(stderr=True)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}: {task.completed:,} objects"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task(what, total=None)
    with bar:
        yield lambda done: bar.update(task, completed=done)
