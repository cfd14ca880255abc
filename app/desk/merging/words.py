"""How the pages of merging speak: the topics of a preview, and why somebody is suggested."""

from collections.abc import Iterable, Mapping

from app.core.languages import gettext as _
from app.people.registers import Told

ORDER = ("count", "addresses", "name", "newsletters", "money", "gifts", "wall", "sessions")


def topics() -> Mapping[str, str]:
    """Return the heading of each topic of a preview."""
    return {
        "count": _("The count"),
        "addresses": _("Their addresses"),
        "name": _("The name"),
        "newsletters": _("Newsletters"),
        "money": _("Memberships and payments"),
        "gifts": _("Gift memberships"),
        "wall": _("The supporters’ wall"),
        "sessions": _("Sign-ins"),
    }


def sentences(told: Iterable[Told]) -> Mapping[str, list[str]]:
    """Return a preview's sentences by topic, in the order that a reader wants them."""
    by_topic: dict[str, list[str]] = {one: [] for one in ORDER}
    for one in told:
        by_topic.setdefault(one.topic, []).append(one.sentence)
    return {topic: found for topic, found in by_topic.items() if found}


def reasons() -> Mapping[str, str]:
    """Return why somebody is suggested, in words."""
    return {
        "found": _("found by your words"),
        "name": _("has the same name"),
        "card": _("pays with the same card"),
        "mailbox": _("has the same mailbox, spelt otherwise"),
    }
