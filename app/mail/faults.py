"""What to say of an address that cannot be taken, to whoever typed it."""

from app.core.languages import gettext as _
from app.mail.addresses import Fault


def said_of(fault: Fault) -> str:
    """Return the sentence for a reader whose address has this fault, in their page's language."""
    match fault:
        case Fault.EMPTY:
            return _("Please type your email address.")
        case Fault.TOO_LONG:
            return _("An email address has at most 254 characters.")
        case Fault.SEVERAL:
            return _("Please type one email address only.")
        case Fault.CONTROL:
            return _("This address has characters in it that cannot be seen. Please type it anew.")
        case Fault.NOT_ASCII:
            return _("We cannot write to letters beyond a to z before the @ yet.")
        case _:
            return _("This is not a whole email address, like name@example.org.")
