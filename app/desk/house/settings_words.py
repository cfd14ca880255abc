"""What the settings are called that staff may change, and what they mean."""

from collections.abc import Callable, Mapping

from app.core.chosen import NotChosenError
from app.core.languages import gettext as _

Words = Callable[[], tuple[str, str]]
"""A title and what it means, in the language of the page."""

GROUPS: tuple[tuple[Callable[[], str], tuple[str, ...]], ...] = (
    (lambda: _("The newsroom"), ("site_tagline", "site_tagline_uk", "publisher", "morning_hour")),
    (
        lambda: _("Sign-ups to newsletters"),
        (
            "signups_per_network",
            "signups_per_domain",
            "signups_without_script",
            "confirm_rate_floor",
            "confirm_rate_least",
            "refuse_disposable",
            "refuse_roles",
            "blocked_domains",
        ),
    ),
    (
        lambda: _("Joining"),
        ("joins_per_network", "joins_in_all", "join_paid_floor", "join_paid_least"),
    ),
)

WORDS: Mapping[str, Words] = {
    "site_tagline": lambda: (
        _("Line under the name"),
        _("Stands under the newsroom’s name on every page. Empty for none."),
    ),
    "site_tagline_uk": lambda: (
        _("The same in Ukrainian"),
        _("On Ukrainian pages. Empty for the same as in English."),
    ),
    "publisher": lambda: (
        _("Publisher on receipts"),
        _(
            "Legal name, address and registration number as they stand on receipts. Part lines by "
            "a vertical bar: The Post NGO | 1 Main St, Odesa | No. 12345678."
        ),
    ),
    "morning_hour": lambda: (
        _("Hour of the morning mail"),
        _("From 0 to 20, in the newsroom’s zone. It is tried for four hours, and not after that."),
    ),
    "signups_per_network": lambda: (
        _("Sign-ups from one network in an hour"),
        _("More are turned away until the hour is over."),
    ),
    "signups_per_domain": lambda: (
        _("Addresses of one mail domain in an hour"),
        _("More are written to later. The large mailbox providers are not counted."),
    ),
    "signups_without_script": lambda: (
        _("Sign-ups without script in an hour, while a code is needed"),
        _("From everybody together, and only while too few confirm."),
    ),
    "confirm_rate_floor": lambda: (
        _("Per cent of mails that must be confirmed"),
        _("Below it sign-ups need a proof of work, for somebody signs others up. 0 for never."),
    ),
    "confirm_rate_least": lambda: (
        _("Mails in an hour that say something"),
        _("With fewer the rate is not looked at."),
    ),
    "refuse_disposable": lambda: (
        _("Refuse throw-away mailboxes"),
        _("Addresses of providers whose mailboxes last for minutes."),
    ),
    "refuse_roles": lambda: (
        _("Refuse addresses of offices"),
        _("Like postmaster@ or sales@, which several people read."),
    ),
    "blocked_domains": lambda: (
        _("Mail domains refused at sign-up"),
        _("With commas between: example.org, example.net."),
    ),
    "joins_per_network": lambda: (
        _("Payment pages for one network in an hour"),
        _("Stolen cards are tried out on pages like ours. An ordinary supporter opens one or two."),
    ),
    "joins_in_all": lambda: (
        _("Payment pages for everybody in an hour"),
        _("Raise it before a day on which thousands will join at once."),
    ),
    "join_paid_floor": lambda: (
        _("Per cent of cards that must be good"),
        _("Below it payment pages need a proof of work, for somebody tries cards. 0 for never."),
    ),
    "join_paid_least": lambda: (
        _("Cards in an hour that say something"),
        _("With fewer the rate is not looked at. Of one page, three declines count at most."),
    ),
}

YES_OR_NO = frozenset({"refuse_disposable", "refuse_roles"})


def value_in_words(name: str, value: str) -> str:
    """Return a value as people say it."""
    if name in YES_OR_NO:
        return _("yes") if value == "yes" else _("no")
    return value or _("empty")


def refusal(error: NotChosenError) -> str:
    """Return why a text cannot be taken, in a sentence for its field."""
    if error.allowed:
        return _("Write a whole number %(allowed)s.", allowed=_allowed(error.allowed))
    if error.why:
        return _("This is too low for a public site: without a limit it could be abused.")
    return _("This cannot be taken. Write it on one line, in at most 2000 characters.")


def _allowed(bounds: str) -> str:
    """Return `from 0 to 100` or `of 1 or more`, in the language of the page."""
    words = bounds.split()
    if words[0] == "from":
        return _("from %(least)s to %(most)s", least=words[1], most=words[3])
    return _("of %(least)s or more", least=words[1])
