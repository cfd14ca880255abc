"""Roles and states of the team in words."""

from app.core.languages import gettext as _
from app.people.staff_listing import HERE, INVITED, LATE, LEFT
from app.people.staff_models import ADMIN, EDITOR, MEMBERSHIP


def role_words(role: str) -> str:
    """Return a role in words."""
    return {EDITOR: _("editor"), MEMBERSHIP: _("membership"), ADMIN: _("admin")}[role]


def role_meanings() -> tuple[tuple[str, str, str], ...]:
    """Return (role, its word, what it opens), in the order in which they are offered."""
    return (
        (EDITOR, _("editor"), _("Articles, feed, picks, newsletters.")),
        (MEMBERSHIP, _("membership"), _("People, payments, campaign, imports and exports.")),
        (ADMIN, _("admin"), _("All of it, and the team.")),
    )


def state_words(state: str) -> tuple[str, str]:
    """Return a state in words, and how it is marked."""
    return {
        HERE: (_("has joined"), "ok"),
        INVITED: (_("invited"), "pend"),
        LATE: (_("the link is too old"), "err"),
        LEFT: (_("has left"), ""),
    }[state]
