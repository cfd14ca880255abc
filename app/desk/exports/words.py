"""What the desk says of exports, in the language of the page."""

from app.core.answering import page_language, the_settings
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.money import Money
from app.core.money_text import shown
from app.desk.exports.products import EVERYTHING, MEMBERS, PAYMENTS, SUBSCRIBERS, Wanted
from app.desk.imports.words import subscription_states
from app.desk.moments import shown_moment
from app.memberships.exporting import Sums
from app.newsletters.queries import List


def kinds() -> dict[str, str]:
    """Return what can be taken away, in words."""
    return {
        SUBSCRIBERS: _("subscribers"),
        MEMBERS: _("members"),
        PAYMENTS: _("payments and refunds"),
        EVERYTHING: _("everything of the newsletters"),
    }


def states() -> dict[str, str]:
    """Return how far a file is, in words."""
    return {
        "preparing": _("being prepared"),
        "ready": _("ready"),
        "deleted": _("deleted"),
        "stopped": _("stopped"),
        "failed": _("failed"),
    }


def sentence(wanted: Wanted, count: int) -> str:
    """Return what is about to be taken away."""
    number = f"{count:,}"
    if wanted.kind == SUBSCRIBERS:
        return _("Take away %(count)s subscriptions with their addresses, as CSV.", count=number)
    if wanted.kind == MEMBERS:
        return _("Take away %(count)s memberships that hold now, with addresses.", count=number)
    if wanted.kind == PAYMENTS:
        first, last = wanted.wishes["first"], wanted.wishes["last"]
        said = _("Take away %(count)s payments and refunds from %(first)s to %(last)s, as CSV.")
        return said % {"count": number, "first": first, "last": last}
    return _(
        "Take away all newsletters with %(count)s subscriptions, their people, consents and "
        "suppressions, as an archive.",
        count=number,
    )


def narrowing(wanted: Wanted, lists: tuple[List, ...]) -> list[str]:
    """Return what a segment is narrowed to, a sentence each."""
    if wanted.kind != SUBSCRIBERS:
        return []
    segment = wanted.segment()
    names = [one.name(page_language()) for one in lists if one.id in segment.lists]
    words = subscription_states()
    return [
        f"{title}: {said}"
        for title, said in (
            (_("Newsletters"), ", ".join(names) or _("all")),
            (_("States"), ", ".join(words[one] for one in segment.states) or _("all")),
            (_("Language"), LANGUAGES.get(segment.language or "", _("all"))),
            (_("Since"), shown_moment(segment.since) or _("the beginning")),
            (_("They came by"), segment.source or _("any way")),
        )
    ]


def summed(sums: list[Sums]) -> list[str]:
    """Return what came and went back, a sentence for each currency."""
    return [
        _(
            "%(payments)s payments of %(paid)s, %(refunds)s refunds of %(refunded)s.",
            payments=f"{one.payments:,}",
            paid=shown(Money(one.paid, one.currency), page_language()),
            refunds=f"{one.refunds:,}",
            refunded=shown(Money(one.refunded, one.currency), page_language()),
        )
        for one in sums
    ]


def zone_name() -> str:
    """Return the newsroom's zone, whose days are meant."""
    return the_settings().time_zone.key
