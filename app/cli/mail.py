"""`flask mail`: what a relay's pipe brings, what staff decide about addresses, what DNS says."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
import structlog
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.markup import escape
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.cli.noting import note
from app.core.clock import now
from app.core.errors import OperatorError
from app.core.leases import shown
from app.core.settings import Settings
from app.extensions import db
from app.mail import events
from app.mail.addresses import AddressError, read_address
from app.mail.asking_dns import ADVICE, FOUND, MISSING, WRONG, Dns, Finding, SilentError, is_address
from app.mail.dns_check import Question, ascii_domain, check
from app.mail.dns_watching import question_of
from app.mail.parsing import LARGEST
from app.mail.reports import Seals, read_report
from app.mail.seals import delivery_in
from app.newsletters.ending import may_ask_again
from app.newsletters.leaving import left_in
from app.people.audit import Deed
from app.people.models import EmailAddress

mail = AppGroup(
    "mail", help="Take returned mail in, decide about addresses, and check what DNS says."
)
log = structlog.get_logger(__name__)

OF_RELAYS = ("ORIGINAL_RECIPIENT", "RECIPIENT")
PIECE = 1024 * 1024


@mail.command()
@click.option("--recipient", multiple=True, help="Whom the relay brings it for.")
def inbound(recipient: tuple[str, ...]) -> None:
    """Take one message from standard input: a bounce, a complaint, or a wish to be taken off.

    Ends with 0 for whatever came, so that no relay answers junk, and with 75 (EX_TEMPFAIL of
    sysexits.h) if it could not be kept, so that the relay brings it again.
    """
    settings = _settings()
    raw = _all_of_it()
    with _coming_again():
        _take(settings, raw, [*recipient, *(os.environ.get(one, "") for one in OF_RELAYS)])


def _all_of_it() -> bytes:
    """Return the beginning of a message, having read all of it: a relay waits until we have."""
    stream = sys.stdin.buffer
    raw = stream.read(LARGEST)
    while stream.read(PIECE):
        pass
    return raw


def _take(settings: Settings, raw: bytes, recipients: Sequence[str]) -> None:
    notice = read_report(raw, recipients, _seals(settings))
    if notice is None:
        log.info("a mail told nothing")
        return
    with db.database.write() as session:
        is_new = events.keep(session, events.INBOUND, [notice], now(session))
        session.commit()
    log.info("a mail was taken in", kind=notice.kind, status=notice.status, new=bool(is_new))


def _seals(settings: Settings) -> Seals:
    return Seals(
        delivery=lambda text: delivery_in(settings, text),
        leaving=lambda text: left_in(settings, text),
    )


@contextmanager
def _coming_again() -> Iterator[None]:
    """Have the relay keep a message that we could not."""
    try:
        yield
    except SQLAlchemyError as error:
        sys.stderr.write(f"The database cannot be used: {shown(error)}\n")
        raise SystemExit(os.EX_TEMPFAIL) from error


@mail.command()
@click.argument("address")
@click.option("--as", "who", required=True, help="Who decides.")
def lift(address: str, who: str) -> None:
    """Let an address be written to again after a bounce or a complaint, and its owner ask anew."""
    try:
        found = read_address(address, smtputf8=True)
    except AddressError as error:
        raise OperatorError("This is not a whole email address: nothing was changed.") from error
    with db.database.write() as session:
        if not may_ask_again(session, _settings(), found.key, now(session)):
            raise OperatorError("This address was not shut: nothing was changed.")
        owner = session.scalar(
            select(EmailAddress.person_id).where(EmailAddress.key == found.key).limit(1)
        )
        about = "suppression" if owner is None else f"person:{owner}"
        note(session, Deed("suppression.lifted", about, owner), who)
        session.commit()
    log.info("an address was opened again", by=who)
    click.echo("It may be written to again. Its lists begin again when its owner asks for them.")


MARKS = {FOUND: "ok", ADVICE: "advice", MISSING: "missing", WRONG: "wrong"}
COLOURS = {FOUND: "green", ADVICE: "yellow", MISSING: "red", WRONG: "red"}


@mail.command("dns-check")
@click.argument("domain")
@click.option("--selector", multiple=True, help="Name of a DKIM key, as the relay signs with it.")
@click.option("--ip", multiple=True, help="Address that mail leaves from.")
@click.option("--server", default="", help="host:port of the resolver to ask.")
def dns_check(domain: str, selector: tuple[str, ...], ip: tuple[str, ...], server: str) -> None:
    """Say what DNS says of a sending domain, what is missing, and the record to add.

    Ends with 0 if all is well, with 1 if there is something to do, with 2 if DNS did not answer.
    """
    try:
        question = _question(domain, selector, ip)
        findings = check(Dns(server or _settings().address_dns_server), question)
    except SilentError as silent:
        raise OperatorError(f"DNS did not answer: {silent}. Try again later.") from silent
    _show(question, findings)
    if not all(one.is_well for one in findings):
        raise SystemExit(1)


def _question(domain: str, selectors: Sequence[str], addresses: Sequence[str]) -> Question:
    settings = _settings()
    try:
        name = ascii_domain(domain)
    except ValueError as error:
        raise OperatorError(f"{domain} is no domain, like our-paper.org.") from error
    if wrong := [one for one in addresses if not is_address(one)]:
        raise OperatorError(f"{wrong[0]} is no IP address.")
    return question_of(settings, name, selectors, addresses)


def _show(question: Question, findings: Sequence[Finding]) -> None:
    """Print what was found: a word for each state, so that no colour is needed to tell them."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{question.domain}", style="bold")
    for one in findings:
        mark = f"[{COLOURS[one.state]}]{MARKS[one.state]:<8}[/]"
        console.print(f"{mark} {one.topic:<7} {escape(one.sentence)}")
        if one.record:
            click.echo(f"{'':<17}{one.record}")
    todo = sum(not one.is_well for one in findings)
    console.print("All is well." if not todo else f"To do: {todo}.")


def _settings() -> Settings:
    found: Settings = current_app.extensions["unwalled_settings"]
    return found
