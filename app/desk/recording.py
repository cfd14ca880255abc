"""Changes of what readers see, written down in the audit log: the fields that differ, both ways."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.extensions import db
from app.people.acting import the_actor
from app.people.audit import Deed, record


def note(
    what: str,
    about: str,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write down what whoever is at the desk did; just before the commit.

    Args:
        what: The feature's own word, such as `feed.changed`.
        about: The thing, such as `feed:12`.
        now: The present moment.
        before: Its fields as they were: nothing that names a person.
        after: Its fields as they are.
    """
    was, becomes = before or {}, after or {}
    differ = [name for name in {**was, **becomes} if was.get(name) != becomes.get(name)]
    deed = Deed(
        what,
        about,
        before=plain({name: was[name] for name in differ if name in was}),
        after=plain({name: becomes[name] for name in differ if name in becomes}),
    )
    record(db.session, the_actor(), deed, now)


def plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Return values as JSON has them: moments are texts, and names too."""
    return {str(name): _plain(one) for name, one in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return plain(value)
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
