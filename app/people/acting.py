"""Who acts in a request of the desk, for the audit log."""

from app.core.answering import the_network
from app.people.audit import Actor
from app.people.staff_sessions import at_the_desk


def the_actor() -> Actor:
    """Return whoever is at the desk, and where from.

    Raises:
        LookupError: Nobody is; the view declares no role.
    """
    return Actor.staff(at_the_desk().staff_id, the_network())
