"""What to say of an address that cannot be taken: to whoever typed it, and of a line of a file."""

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


_IN_A_FILE = {
    Fault.EMPTY: "{} is empty",
    Fault.TOO_LONG: "{} is longer than 254 characters",
    Fault.SEVERAL: "{} holds more than one address",
    Fault.NOT_ASCII: "{} has letters before the @ that the mail relay cannot take",
}


def said_in_a_file(fault: Fault, text: str, column: str) -> str:
    """Return why the value of a column cannot be taken, which the file calls so."""
    said = _IN_A_FILE.get(fault)
    return said.format(column) if said else f"{column} is not an address: {text[:80]}"
