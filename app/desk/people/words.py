"""Words of a person's page for what other parts keep as short codes."""

from datetime import datetime, timedelta

from babel.dates import format_datetime
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.core.languages import gettext
from app.core.money import Money
from app.core.money_text import in_full
from app.memberships.account.words import Voice
from app.memberships.orders.ordering import CANCEL, END, PAUSE, RESUME, UNDO

MOMENT = "d MMM y, HH:mm"

KINDS: dict[str, LazyString] = {
    "money": _("Money"),
    "membership": _("Membership"),
    "gifts": _("Gifts"),
    "newsletters": _("Newsletters"),
    "mail": _("Mail"),
    "account": _("Account"),
    "desk": _("Staff"),
}
STATES: dict[str, LazyString] = {
    "pending": _("waits for its confirmation"),
    "confirmed": _("subscribed"),
    "unsubscribed": _("unsubscribed"),
    "bounced": _("ended: mail came back"),
    "complained": _("ended: called spam"),
}
CONSENTS: dict[str, LazyString] = {
    "asked": _("Asked for %(list)s"),
    "confirmed": _("Confirmed %(list)s"),
    "imported": _("Brought to %(list)s by an import"),
    "unsubscribed": _("Left %(list)s"),
    "paused": _("Paused %(list)s"),
    "resumed": _("Resumed %(list)s"),
    "bounced": _("%(list)s ended: mail came back"),
    "complained": _("%(list)s ended: a mail was called spam"),
}
FORMS: dict[str, LazyString] = {
    "page": _("on the page of lists"),
    "lists": _("on the page of lists"),
    "article": _("below an article"),
    "home": _("on the front page"),
    "embed": _("on another site"),
    "preferences": _("on the page of settings"),
    "address": _("by a change of address"),
    "import": _("by an import"),
    "api": _("by another system"),
    "staff": _("by staff"),
    "bounce": _("because mail came back"),
    "complaint": _("because a mail was called spam"),
    "erasing": _("when they were erased"),
    "retention": _("because it was old"),
    "button": _("by the button behind a mail's link"),
    "code": _("by the code of a mail"),
    "mailto": _("by answering a mail"),
    "one-click": _("by one press in the mail program"),
    "merge": _("when two people became one"),
}
MAILS: dict[str, LazyString] = {
    "confirm": _("the question whether they want lists"),
    "confirm_code": _("the question whether they want lists"),
    "already": _("that they get a list already"),
    "for_members": _("that a list is for members"),
    "welcome": _("the welcome to a list"),
    "settings": _("the link to their settings"),
    "new_address": _("the question whether an address is theirs"),
    "address_changed": _("that their address was changed"),
    "address_taken": _("that an address is somebody's already"),
    "sign_in": _("the link and code to sign in"),
    "way_in": _("the way to their account"),
    "receipt": _("a receipt"),
    "welcome_member": _("the welcome to their membership"),
    "renewal": _("that their membership renews"),
    "card_failed": _("that their card could not be charged"),
    "card_expires": _("that their card expires"),
    "cancelled": _("that their membership will not renew"),
    "refunded": _("that money was sent back"),
    "gift": _("a membership, to whom it was given"),
    "gift_code": _("the code of their gift"),
    "gift_begun": _("that they have taken up a membership"),
    "gift_used": _("that their gift was taken up"),
    "payment_failed": _("that a payment did not arrive"),
    "staff_invitation": _("the invitation to the desk"),
    "staff_notice": _("that something changed in how they sign in to the desk"),
    "morning": _("the morning of the desk"),
}
CAME_BACK: dict[str, LazyString] = {
    "hard": _("A mail came back: there is no such mailbox"),
    "soft": _("A mail came back: the mailbox did not take it this time"),
    "blocked": _("A mail came back: their mail provider refused it"),
    "complaint": _("They called a mail of ours spam"),
}
SOURCES: dict[str, LazyString] = {
    "membership": _("their own membership"),
    "gift": _("a membership that was given to them"),
    "given": _("a membership that somebody paid for a reader"),
    "single_gift": _("a single gift"),
    "complimentary": _("a complimentary membership, which is not counted"),
}
DISPUTES: dict[str, LazyString] = {
    "warning": _("the bank asks, no money has moved"),
    "open": _("open: the bank holds the money"),
    "won": _("won: the money is ours again"),
    "lost": _("lost: the money is gone"),
}
REFUNDS: dict[str, LazyString] = {
    "succeeded": _("arrived"),
    "pending": _("on its way"),
    "requires_action": _("waits for something to be done at Stripe"),
    "failed": _("failed: the money is ours again"),
    "canceled": _("called off"),
}
SUPPRESSED: dict[str, LazyString] = {
    "complaint": _("Nothing is sent here: they called a mail of ours spam."),
    "bounce": _("Nothing is sent here: mail to it came back."),
    "erased": _("It was erased: no import brings it back."),
}
ORDERS: dict[str, LazyString] = {
    "refused": _("Stripe refused the order"),
    "overtaken": _("the order was not carried out: it was too late for it"),
    "lapsed": _("the order was given up: Stripe was silent for a day"),
}
DEEDS: dict[str, LazyString] = {
    "refund.ordered": _("ordered a refund"),
    "refund.refused": _("Stripe refused the refund"),
    "refund.lapsed": _("the refund was given up: Stripe was silent for a day"),
    "membership.cancel": _("ordered the membership to end with what is paid"),
    "membership.end": _("ordered the membership to end at once"),
    "membership.undo": _("ordered the cancellation to be taken back"),
    "membership.pause": _("ordered the membership to pause"),
    "membership.resume": _("ordered the membership to be resumed"),
    "complimentary.given": _("gave a complimentary membership"),
    "complimentary.ended": _("ended a complimentary membership"),
    "note.added": _("added a note"),
    "note.edited": _("edited a note"),
    "note.deleted": _("deleted a note"),
    "note.restored": _("took the deletion of a note back"),
    "person.changed": _("changed name or language"),
    "story.exported": _("took this story along as a file"),
    "person.exported": _("exported everything about them"),
    "person.erased": _("erased them"),
    "person.merged": _("made two people one"),
    "person.parted": _("took the merging of two people back"),
    "suppression.lifted": _("let an address be written to again"),
    "refund.overtaken": _("the refund was not sent: money had gone back meanwhile"),
    "staff.invited": _("invited them to the desk"),
    "staff.invited_again": _("invited them to the desk again"),
    "staff.role": _("changed their role at the desk"),
    "staff.reset": _("took away all that they sign in to the desk with"),
    "staff.ended": _("let them go from the desk"),
    "staff.signed_in": _("signed in to the desk"),
    "staff.signed_out": _("signed them out of the desk"),
    "staff.proved": _("proved again who they are"),
    "staff.session.ended": _("signed a browser out of the desk"),
    "staff.sessions.ended": _("signed all other browsers out of the desk"),
    "staff.passkey.added": _("added a passkey"),
    "staff.passkey.named": _("gave a passkey another name"),
    "staff.passkey.removed": _("removed a passkey"),
    "staff.app.added": _("added a code app"),
    "staff.app.removed": _("removed the code app"),
    "staff.codes.made": _("made new recovery codes"),
    **{
        f"{order}.{outcome}": said
        for order in (CANCEL, END, UNDO, PAUSE, RESUME)
        for outcome, said in ORDERS.items()
    },
}


def word(words: dict[str, LazyString], code: str) -> str:
    """Return the words for a code, or the code itself where there are none."""
    return str(words.get(code, code))


def when(voice: Voice, at: datetime) -> str:
    """Return a moment by the newsroom's clock: `23 Nov 2026, 08:05`."""
    return str(format_datetime(at.astimezone(voice.zone), MOMENT, locale=voice.language))


def last_day(voice: Voice, ends_at: datetime) -> str:
    """Return the last day of something that ends at a moment, which may be the next midnight."""
    return voice.day(ends_at - timedelta(microseconds=1))


def money(voice: Voice, minor: int, currency: str) -> str:
    """Return an amount with its code: `25.00 EUR`."""
    return in_full(Money(minor, currency), voice.language)


def source(name: str) -> str:
    """Return by what somebody is a member; sources of imports go by their own name."""
    known = SOURCES.get(name)
    return str(known) if known else gettext("an import from %(source)s", source=name)
