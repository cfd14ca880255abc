"""What the desk says of imports, in the language of the page."""

from app.core.languages import gettext as _
from app.newsletters.imports.fates import SUBSCRIBES, Fate


def fates() -> dict[Fate, str]:
    """Return what becomes of a row, in words."""
    return {
        Fate.NEW: _("new: subscribed, and no mail is sent"),
        Fate.WAITED: _("waited here for their confirmation: subscribed"),
        Fate.ALREADY: _("subscribed here already: nothing changes"),
        Fate.STAYS_UNSUBSCRIBED: _("unsubscribed here: stays so"),
        Fate.STAYS_BOUNCED: _("mail to them came back here: stays so"),
        Fate.STAYS_COMPLAINED: _("complained here: stays so"),
        Fate.SUPPRESSED: _("suppressed here: left alone"),
        Fate.ERASED: _("erased here: left alone"),
        Fate.BROUGHT_UNSUBSCRIBED: _("unsubscribed there: kept as unsubscribed"),
        Fate.BROUGHT_BOUNCED: _("mail came back there: kept so, and suppressed"),
        Fate.BROUGHT_COMPLAINED: _("complained there: kept so, and suppressed"),
        Fate.ENDED: _("subscribed here and gone there: ended"),
        Fate.NEWER: _("gone there, but came here after that: stays subscribed"),
    }


def marks() -> dict[Fate, str]:
    """Return how a fate is set off in a list."""
    return {fate: "ok" if fate in SUBSCRIBES else "" for fate in Fate}


def states() -> dict[str, str]:
    """Return how far an import is, in words."""
    return {
        "brought": _("brought, not read yet"),
        "reading": _("being read"),
        "read": _("read, waits for you"),
        "applying": _("being brought in"),
        "applied": _("brought in"),
        "stopped": _("stopped"),
        "dropped": _("given up"),
        "failed": _("failed"),
        "undoing": _("being taken back"),
        "undone": _("taken back"),
        "checking": _("being checked"),
        "checked": _("checked, waits for you"),
    }


STATE_MARKS = {"applied": "ok", "failed": "err", "read": "pend", "checked": "pend"}


def fields() -> dict[str, str]:
    """Return what a column of subscribers may say, in words."""
    return {
        "email": _("Address"),
        "name": _("Name"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "language": _("Language"),
        "lists": _("Lists"),
        "state": _("State"),
        "given_at": _("When they agreed"),
        "confirmed_at": _("When they confirmed"),
        "unsubscribed_at": _("When they unsubscribed"),
        "bounced_at": _("When mail came back"),
        "ended_at": _("When they left, however"),
        "given_via": _("How they agreed"),
        "reason": _("Why they left"),
    }


def subscription_states() -> dict[str, str]:
    """Return the states of a subscription, in words."""
    return {
        "pending": _("waits for confirmation"),
        "confirmed": _("confirmed"),
        "unsubscribed": _("unsubscribed"),
        "bounced": _("mail came back"),
        "complained": _("complained"),
    }


def delimiters() -> dict[str, str]:
    """Return what may part the values of a table, in words."""
    return {
        ",": _("comma"),
        ";": _("semicolon"),
        "\t": _("tab"),
        "|": _("vertical bar"),
    }


def member_columns() -> dict[str, str]:
    """Return what a column of members may say, in words."""
    return {
        "email": _("Address"),
        "name": _("Name"),
        "source": _("Where the membership comes from"),
        "source_ref": _("What it is called there"),
        "starts_at": _("First day"),
        "ends_at": _("First moment after the membership"),
    }
