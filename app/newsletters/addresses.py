"""Which addresses a sign-up takes, and what to say of those it does not."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from disposable_email_domains import blocklist

from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.settings import Settings
from app.mail.addresses import LONGEST_TYPED, Address, AddressError, read_address
from app.mail.equivalence import plain_lookalike
from app.mail.faults import said_of
from app.newsletters.mailboxes import Mailboxes
from app.newsletters.typos import SLIPS, suggested_domain

INVISIBLE = "Cf"
FULL_WIDTH_AT = "\N{FULLWIDTH COMMERCIAL AT}"
IN_BRACKETS = re.compile(r"<([^<>@]+@[^<>@]+)>\s*\Z")
ROLES = frozenset(
    """
    abuse admin administrator all billing compliance contact devnull dns everyone ftp help
    hostmaster info inoc ispfeedback ispsupport list list-request mailer-daemon marketing media
    news no-reply noc nobody noreply null office phish phishing postmaster press privacy registrar
    root sales security spam support sysadmin team tech undisclosed-recipients unsubscribe usenet
    uucp webmaster www
    """.split()  # noqa: SIM905 - fifty quoted words would be no easier to read
)


def accepted_address(
    typed: str, settings: Settings, mailboxes: Mailboxes | None, *, as_typed: bool = False
) -> Address:
    """Return the address that was typed into a form.

    Args:
        typed: What stood in the field.
        settings: What the operator refuses.
        mailboxes: What asks DNS about the domain; None for nobody.
        as_typed: The reader was asked about a likely slip and keeps it.

    Raises:
        FieldError: With one sentence for the reader, and what they may have meant.
    """
    try:
        address = read_address(
            typed, smtputf8=settings.smtp_utf8, testing=settings.mode != "production"
        )
    except AddressError as error:
        raise FieldError("email", said_of(error.fault), mended(typed, settings)) from error
    meant = suggested_domain(address.domain) or plain_lookalike(address.text.rpartition("@")[2])
    if meant and not as_typed:
        sentence = _("Please look at the part after the @ once more.")
        raise FieldError("email", sentence, f"{address.local}@{meant}")
    _refuse_by_settings(address, settings)
    # Lists of throw-away domains hold many slips; whoever insists on one has been asked.
    if settings.refuse_disposable and not meant and _is_disposable(address):
        raise FieldError("email", _("This is a throw-away address; please type one that you keep."))
    if mailboxes is not None and not mailboxes.accept(address.domain):
        raise FieldError("email", _("This address's domain takes no mail. Is it spelt right?"))
    return address


def mended(typed: str, settings: Settings) -> str:
    """Return the address that was probably meant by something that is none, or an empty text.

    What often comes with one, copied out of a mail or off a page, is left away: a name, a word of
    a link, a mark at the end, signs that cannot be seen.
    """
    if len(typed) > LONGEST_TYPED or typed.count("@") > 1:
        return ""
    seen = "".join(sign for sign in typed if unicodedata.category(sign) != INVISIBLE)
    named = IN_BRACKETS.search(seen)
    bare = (named[1] if named else seen).strip().removeprefix("mailto:").rstrip(".,;:")
    local, _at, domain = bare.replace(FULL_WIDTH_AT, "@").rpartition("@")
    try:
        found = read_address(
            f"{local}@{SLIPS.get(domain.lower(), domain)}", smtputf8=settings.smtp_utf8
        )
    except AddressError:
        return ""
    return found.text


def _refuse_by_settings(address: Address, settings: Settings) -> None:
    if settings.refuse_roles and is_office(address):
        raise FieldError("email", _("This is the address of an office; please type your own."))
    if is_blocked(address, settings):
        raise FieldError("email", _("We do not take addresses of this domain."))


def is_office(address: Address) -> bool:
    """Tell whether an address is that of an office, like postmaster@."""
    return address.local.lower().split("+")[0] in ROLES


def is_blocked(address: Address, settings: Settings) -> bool:
    """Tell whether the operator refuses an address's domain, or one above it."""
    blocked = _blocked(settings.blocked_domains)
    return bool(blocked) and not blocked.isdisjoint(_with_parents(address.domain))


def _is_disposable(address: Address) -> bool:
    return not blocklist.isdisjoint(_with_parents(address.domain))


@cache
def _blocked(domains: tuple[str, ...]) -> frozenset[str]:
    return frozenset(domain.lower().lstrip("@.") for domain in domains)


def _with_parents(domain: str) -> Iterable[str]:
    """Yield a domain and those above it, the top-level one left out."""
    labels = domain.split(".")
    return (".".join(labels[start:]) for start in range(max(len(labels) - 1, 1)))
