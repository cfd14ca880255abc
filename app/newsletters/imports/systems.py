"""The systems that newsrooms come from: how their tables are known, and what they call things.

- Mailchimp: three files or one archive of them, `subscribed_…`, `unsubscribed_…`, `cleaned_…`
  (older ones end in `members_export_…`, newer in `email_audience_export_…`), and
  `nonsubscribed_…` of people who only bought something. What a person is, is said by the file's
  name; the times `UNSUB_TIME` and `CLEAN_TIME` say it again.
- Substack: everybody is a reader; `active_subscription` is about money. `email_disabled` is what
  ended mail.
- Ghost: `subscribed_to_emails`; whoever has a `deleted_at` has gone.
- listmonk: `enabled`, `disabled`, and `blocklisted`, which is what its bounces and complaints
  become by default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

CONFIRMED, UNSUBSCRIBED, BOUNCED, COMPLAINED = "confirmed", "unsubscribed", "bounced", "complained"
PENDING = "pending"
NEVER = "never"
"""Known to the other system, without ever having subscribed."""

GRAVITY = (CONFIRMED, UNSUBSCRIBED, BOUNCED, COMPLAINED)
"""The states that a file can bring; of two, the later in this row counts."""

USUAL_STATES = {
    CONFIRMED: "confirmed subscribed active enabled true yes 1 так",
    UNSUBSCRIBED: "unsubscribed disabled inactive false no 0 ні opted_out",
    BOUNCED: "bounced cleaned bounce hard_bounce undeliverable",
    COMPLAINED: "complained complaint spam abuse blocklisted blacklisted blocked",
    PENDING: "pending unconfirmed",
    NEVER: "nonsubscribed non-subscribed transactional never",
}


def _words(states: Mapping[str, str]) -> dict[str, str]:
    return {word: state for state, words in states.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class System:
    """What wrote a table.

    Attributes:
        name: As it is told on the command line.
        shown: Its name.
        marks: It is this one if all the titles of one of these sets are there.
        titles: By field, the titles that differ from the usual ones; none for no such field.
        states: What each word of the column `state` means.
        files: By beginning of the file's name, what everybody in it is.
    """

    name: str
    shown: str
    marks: tuple[frozenset[str], ...]
    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=lambda: _words(USUAL_STATES))
    files: Mapping[str, str] = field(default_factory=dict)


_MAILCHIMP = System(
    "mailchimp",
    "Mailchimp",
    (frozenset({"member_rating"}), frozenset({"optin_time", "confirm_time"})),
    {
        "state": (),
        "lists": (),
        "given_at": ("optin_time",),
    },
    files={
        "subscribed": CONFIRMED,
        "unsubscribed": UNSUBSCRIBED,
        "cleaned": BOUNCED,
        "nonsubscribed": NEVER,
    },
)
_SUBSTACK = System(
    "substack",
    "Substack",
    (frozenset({"email", "active_subscription"}),),
    {"state": ("email_disabled",), "given_at": ("created_at",), "given_via": ()},
    _words({CONFIRMED: "false", UNSUBSCRIBED: "true"}),
)
_GHOST = System(
    "ghost",
    "Ghost",
    (frozenset({"email", "subscribed_to_emails"}),),
    {
        "state": ("subscribed_to_emails",),
        "lists": (),
        "given_at": ("created_at",),
        "unsubscribed_at": ("deleted_at",),
        "given_via": (),
    },
    _words({CONFIRMED: "true", UNSUBSCRIBED: "false"}),
)
_LISTMONK = System(
    "listmonk",
    "listmonk",
    (frozenset({"uuid", "email", "status"}),),
    {"state": ("status",), "given_at": ("created_at",), "given_via": ()},
    _words({CONFIRMED: "enabled", UNSUBSCRIBED: "disabled", COMPLAINED: "blocklisted"}),
)
_PLAIN = System("plain", "a plain table", (frozenset(),))

SYSTEMS = {one.name: one for one in (_MAILCHIMP, _SUBSTACK, _GHOST, _LISTMONK, _PLAIN)}
"""By name, those that are known by their titles before the one that any table is."""


def state_of_file(system: System, name: str) -> str | None:
    """Return what everybody in a file of this name is, if the system tells by the name."""
    beginning = name.casefold().partition("_")[0]
    return system.files.get(beginning)
