"""`flask people`: two people who are one, merged and parted."""

from collections.abc import Callable
from typing import TypeVar

import click
from flask.cli import AppGroup
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import OperatorError
from app.extensions import db
from app.mail.addresses import address_key
from app.people import merging
from app.people.audit import Actor, record
from app.people.merge_models import Merge
from app.people.models import EmailAddress, Person
from app.people.registers import Pair, the_registers

Made = TypeVar("Made")

people = AppGroup("people", help="See to the people whom we know.")

BY = click.option("--by", default="operator", help="Who does this, for the audit log.")
YES = click.option("--yes", is_flag=True, help="Do it without asking.")


@people.command()
@click.argument("gone")
@click.argument("stays")
@YES
@BY
def merge(gone: str, stays: str, by: str, *, yes: bool) -> None:
    """Merge the person GONE into the person STAYS, after showing all that would follow.

    Each is an address, or the id in the address of a person's page at the desk.
    """
    with db.database.read() as session:
        pair = Pair(_person(session, gone), _person(session, stays), now(session))
        told = _spoken(lambda: merging.preview(session, the_registers(), pair))
    for one in told:
        click.echo(one.sentence)
    if not yes:
        click.confirm("Merge them?", abort=True)
    with db.database.write() as session:
        pair = Pair(pair.from_id, pair.into_id, now(session))
        actor = Actor.command(by)
        merged = _spoken(lambda: merging.merge(session, the_registers(), pair, actor.who))
        if merged.is_new:
            record(session, actor, merging.merged(merged.id, pair), pair.now)
        session.commit()
    click.echo(f"They are one person now. To undo it: flask people part {merged.id}")


@people.command()
@click.argument("number", type=int)
@YES
@BY
def part(number: int, by: str, *, yes: bool) -> None:
    """Undo the merge NUMBER: they are two people again."""
    with db.database.read() as session:
        moment = now(session)
        stays = _spoken(lambda: merging.undoing(session, the_registers(), number, moment))
    for one in stays:
        click.echo(one)
    if not yes:
        click.confirm("Make two people of them again?", abort=True)
    with db.database.write() as session:
        moment, actor = now(session), Actor.command(by)
        _spoken(lambda: merging.undo(session, the_registers(), number, actor.who, moment))
        row = session.get_one(Merge, number)
        deed = merging.parted(number, Pair(row.from_id, row.into_id, moment))
        record(session, actor, deed, moment)
        session.commit()
    click.echo("They are two people again.")


def _person(session: Session, named: str) -> int:
    """Return the id of a person, by an address of theirs or by their public id.

    Raises:
        OperatorError: There is none.
    """
    of_address = select(EmailAddress.person_id).where(EmailAddress.key == address_key(named))
    is_it = or_(Person.public_id == named, Person.id.in_(of_address))
    found = session.scalars(select(Person.id).where(is_it)).first()
    if found is None:
        raise OperatorError(f"Nobody here is {named}: name an address, or the id of a person.")
    return found


def _spoken(do: Callable[[], Made]) -> Made:
    """Do something; what cannot be merged or undone is an operator's mistake."""
    try:
        return do()
    except merging.NotMergedError as error:
        raise OperatorError(str(error)) from error
