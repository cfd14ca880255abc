"""What an operator does by a command is written down like what staff do at the desk."""

import getpass
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.orm import Base
from app.people.audit import Actor, Deed, record

UNKNOWN = "unknown"


def operator(who: str = "") -> Actor:
    """Return whoever runs this command: as they call themselves, else by their login here."""
    return Actor.command(who.strip() or _login())


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return UNKNOWN


def note(session: Session, deed: Deed, who: str = "") -> None:
    """Write down what a command does, in its transaction: last, just before the commit."""
    record(session, operator(who), deed, now(session))


def columns(row: Base | None, *names: str) -> dict[str, Any]:
    """Return some columns of a row as the log keeps them; nothing where there is no row."""
    return {} if row is None else {name: _kept(getattr(row, name)) for name in names}


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the log keeps them."""
    return {name: _kept(value) for name, value in values.items()}


def _kept(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value, key=str)
    return dict(value) if isinstance(value, Mapping) else value


def changed(what: str, about: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Deed:
    """Return a deed that tells of the fields that differ; of what is new, all of them."""
    differ = [name for name in after if name not in before or before[name] != after[name]]
    was = {name: before[name] for name in differ if name in before}
    return Deed(what, about, None, was, {name: after[name] for name in differ})
