"""`flask staff`: who works at the desk; the first administrator, and help for the locked out."""

import getpass
from datetime import datetime
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.core.bell import ring
from app.core.clock import now
from app.core.errors import OperatorError
from app.core.languages import LANGUAGES, prefix
from app.core.settings import Settings
from app.extensions import db
from app.mail.addresses import Address, AddressError, read_address
from app.people import staff_invitations, staff_listing, staff_team
from app.people.audit import Actor
from app.people.staff_credentials_models import StaffInvitation
from app.people.staff_errors import CannotInviteError, LastAdminError
from app.people.staff_invitations import Invited
from app.people.staff_models import EDITOR, ROLES, Staff
from app.people.staff_queries import staff_with

staff = AppGroup("staff", help="Invite who works at the desk, and let them go.")

SAID = {
    staff_listing.HERE: "has joined",
    staff_listing.INVITED: "invited",
    staff_listing.LATE: "invited, and the link is too old",
    staff_listing.LEFT: "has left",
}


@staff.command()
@click.argument("address")
@click.option("--role", type=click.Choice(ROLES), default=EDITOR, show_default=True)
@click.option("--name", default="", help="Shown to the rest of the team.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)
def invite(address: str, role: str, name: str, language: str) -> None:
    """Invite ADDRESS to the desk, by mail, and print the link too: it works before mail does.

    Whoever is invited already gets a new link, and the earlier one ends.
    """
    found = _address(address)
    whom = Invited(found.text, found.key, role, language, name)
    with db.database.write() as session:
        invitation = _invite(session, whom, now(session))
        _finish(session, invitation, f"{found.text} is invited as {role}", language)


def _invite(session: Session, whom: Invited, moment: datetime) -> StaffInvitation:
    """Invite somebody, or send whoever has not followed the first link another."""
    present = staff_with(session, whom.address_key)
    if present is not None and present.joined_at is None and present.role == whom.role:
        to = (present.id, whom.address)
        return staff_invitations.send_again(session, _settings(), _actor(), to, moment)
    try:
        return staff_invitations.invite(session, _settings(), _actor(), whom, moment)
    except CannotInviteError as error:
        raise OperatorError(f"{error} `flask --app wsgi staff list` shows the team.") from error


@staff.command("list")
def list_() -> None:
    """Show the team: who, what they may do, and when they were last here."""
    with db.database.read() as session:
        rows = session.execute(staff_listing.team(now(session)).order_by(Staff.id)).all()
    for row in rows:
        click.echo(_line(row))
    if not rows:
        click.echo("Nobody works here yet: `flask --app wsgi staff invite ADDRESS --role admin`.")


@staff.command()
@click.argument("address")
def end(address: str) -> None:
    """Let ADDRESS go: nothing of theirs opens the desk from now on."""
    with db.database.write() as session:
        row = _present(session, address)
        try:
            staff_team.end(session, _actor(), row.id, now(session))
        except LastAdminError as error:
            raise OperatorError(
                "They are the last administrator: invite another first, and have them join."
            ) from error
        session.commit()
    click.echo(f"{address} has left: signed out everywhere, and nothing of theirs opens the desk.")


@staff.command()
@click.argument("address")
def reset(address: str) -> None:
    """Take away all that ADDRESS signs in with, and print a link to set it up anew.

    For whoever has lost phone, passkey and recovery codes. Be sure that it is they who ask.
    """
    with db.database.write() as session:
        row = _present(session, address)
        to = (row.id, _address(address).text)
        invitation = staff_invitations.reset(session, _settings(), _actor(), to, now(session))
        _finish(session, invitation, f"{address} can set up their sign-in anew", "en")


def _finish(session: Session, invitation: StaffInvitation, said: str, language: str) -> None:
    link = staff_invitations.link_of(_settings(), invitation, prefix(language))
    until = invitation.expires_at
    ring(session, "mail")
    session.commit()
    click.echo(link)
    click.echo(f"{said}: by this link, once, until {until:%Y-%m-%d %H:%M} UTC.", err=True)


def _present(session: Session, address: str) -> Staff:
    row = staff_with(session, _address(address).key)
    if row is None:
        raise OperatorError(
            f"Nobody works here with the address {address}: "
            "`flask --app wsgi staff list` shows who does."
        )
    return row


def _line(row: Row[Any]) -> str:
    seen = f"last seen {row.last_seen:%Y-%m-%d %H:%M} UTC" if row.last_seen else "never seen"
    name = f" ({row.name})" if row.name else ""
    return f"{row.address or 'no address'}{name}  {row.role}  {SAID[row.state]}, {seen}"


def _address(typed: str) -> Address:
    settings = _settings()
    try:
        return read_address(
            typed, smtputf8=settings.smtp_utf8, testing=settings.mode != "production"
        )
    except AddressError as error:
        raise OperatorError(f"{typed} is no email address that we can write to.") from error


def _actor() -> Actor:
    try:
        return Actor.command(getpass.getuser())
    except (KeyError, OSError):  # no user has this process's number
        return Actor.command("unknown")


def _settings() -> Settings:
    found: Settings = current_app.extensions["unwalled_settings"]
    return found
