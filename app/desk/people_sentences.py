"""What happened to a person, in words: one line for each thing, and where it leads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.languages import gettext as _
from app.core.orm import in_language
from app.desk import people_words as words
from app.desk.people_timeline import Happening
from app.memberships.account_words import Voice
from app.memberships.refunding import HELD

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened.

    Attributes:
        title: What.
        detail: More of it, or empty.
        text: What somebody wrote, or empty.
        receipt: Of a payment that can go back, or empty.
        mark: `ok`, `pend` or `err` where it stands out, or empty.
    """

    title: str
    detail: str = ""
    text: str = ""
    receipt: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """How lines are said.

    Attributes:
        voice: Language and calendar.
        names: What staff are called, by how the audit log names them.
    """

    voice: Voice
    names: Mapping[str, str]

    def line(self, one: Happening) -> Line:
        """Return a happening in words."""
        return _LINES[one.what](self, one.facts)

    def money(self, facts: Facts) -> str:
        """Return the amount of something."""
        return words.money(self.voice, facts["amount_minor"], facts["currency"])

    def rhythm(self, facts: Facts) -> str:
        """Return what is given how often: `25.00 EUR a month`."""
        if facts["interval"] == "month":
            return _("%(amount)s a month", amount=self.money(facts))
        return _("%(amount)s a year", amount=self.money(facts))


def _paid(speech: Speech, facts: Facts) -> Line:
    left = facts["amount_minor"] > facts["refunded_minor"] and facts["disputed"] not in HELD
    kind = "membership" if facts["interval"] else facts["intent_kind"] or "gift"
    return Line(
        _("Paid %(amount)s", amount=speech.money(facts)),
        _(
            "%(what)s, receipt %(number)s",
            what=speech.voice.what_for(kind, facts["interval"]),
            number=facts["receipt_number"],
        ),
        receipt=facts["receipt_number"] if left else "",
        mark="ok",
    )


def _refund(speech: Speech, facts: Facts) -> Line:
    paid = {"amount_minor": facts["paid_minor"], "currency": facts["currency"]}
    detail = _(
        "Of %(paid)s, receipt %(number)s: %(state)s",
        paid=speech.money(paid),
        number=facts["receipt_number"],
        state=words.word(words.REFUNDS, facts["status"]),
    )
    return Line(_("Sent %(amount)s back", amount=speech.money(facts)), detail)


def _dispute(speech: Speech, facts: Facts) -> Line:
    detail = _(
        "Receipt %(number)s: %(state)s",
        number=facts["receipt_number"],
        state=words.word(words.DISPUTES, facts["state"]),
    )
    title = _("Their bank disputes %(amount)s", amount=speech.money(facts))
    return Line(title, detail, mark="err")


def _dispute_closed(speech: Speech, facts: Facts) -> Line:
    title = _("The dispute about %(amount)s was closed", amount=speech.money(facts))
    return Line(title, words.word(words.DISPUTES, facts["state"]))


def _charge_failed(_speech: Speech, facts: Facts) -> Line:
    name = str(facts["ref"]).partition(":")[0]
    return Line(_("A charge of their membership failed"), name, mark="err")


def _failing(speech: Speech, facts: Facts) -> Line:
    title = _("A charge of %(amount)s failed, and is open", amount=speech.money(facts))
    return Line(title, facts["subscription_id"], mark="err")


def _unpaid(speech: Speech, facts: Facts) -> Line:
    return Line(_("A payment of %(amount)s never arrived", amount=speech.money(facts)), mark="err")


def _begun(speech: Speech, facts: Facts) -> Line:
    title = _("Began a membership: %(rhythm)s", rhythm=speech.rhythm(facts))
    return Line(title, facts["subscription_id"])


def _change(speech: Speech, facts: Facts) -> Line:
    name = facts["subscription_id"]
    titles = {
        "card": _("Changed the card of their membership"),
        "paused": _("Their membership was paused"),
        "resumed": _("Their membership was resumed"),
        "cancelled": _("Their membership was cancelled"),
        "undone": _("The cancellation was taken back"),
    }
    if facts["changed"] != "amount":
        return Line(titles[facts["changed"]], name)
    before, after = (
        words.money(speech.voice, facts[one], facts["currency"])
        for one in ("before_minor", "after_minor")
    )
    title = _("Changed the amount from %(before)s to %(after)s", before=before, after=after)
    return Line(title, name)


def _cancelled(speech: Speech, facts: Facts) -> Line:
    ends = facts["ends_at"]
    detail = _("It ends on %(day)s.", day=speech.voice.day(ends)) if ends is not None else ""
    return Line(_("Their membership was cancelled"), detail)


def _ended(speech: Speech, facts: Facts) -> Line:
    title = _("Their membership of %(rhythm)s ended", rhythm=speech.rhythm(facts))
    return Line(title, facts["subscription_id"])


def _entitled(speech: Speech, facts: Facts) -> Line:
    since, until = facts["starts_at"], facts["ends_at"]
    by = words.source(facts["source"])
    if until is not None and until <= since:
        return Line(_("Counts no more by %(source)s", source=by), facts["reason"])
    values = {"source": by, "since": speech.voice.day(since)}
    if until is None:
        span = _("From %(since)s on, by %(source)s", **values)
    else:
        end = words.last_day(speech.voice, until)
        span = _("From %(since)s until %(until)s, by %(source)s", until=end, **values)
    title = _("Is a member, and counted") if facts["counts"] else _("Is a member, not counted")
    return Line(title, span)


def _bought(speech: Speech, facts: Facts) -> Line:
    del speech
    if facts["gift_kind"] == "given":
        return Line(_("Paid a membership for a reader who cannot pay"))
    return Line(_("Bought a membership as a gift"))


def _taken_up(speech: Speech, facts: Facts) -> Line:
    ends = facts["ends_at"]
    detail = (
        _("It holds until %(day)s.", day=words.last_day(speech.voice, ends))
        if ends is not None
        else ""
    )
    if facts["gift_kind"] == "given":
        return Line(_("Took up a membership that somebody paid for a reader"), detail)
    return Line(_("Redeemed the code of a gift"), detail)


def _used(_speech: Speech, _facts: Facts) -> Line:
    return Line(_("Their gift was taken up"))


def _voided(_speech: Speech, _facts: Facts) -> Line:
    return Line(_("The money of their gift went back, so it holds no more"))


def _consent(speech: Speech, facts: Facts) -> Line:
    name = in_language(facts["list_name"], speech.voice.language)
    said = words.CONSENTS.get(facts["consented"])
    title = str(said) % {"list": name} if said else f"{name}: {facts['consented']}"
    parts = [words.word(words.FORMS, facts["form"]), facts["from_path"] or ""]
    if facts["given_at"] is not None:
        given = speech.voice.day(facts["given_at"])
        parts.append(_("given on %(day)s", day=given))
    parts += [str(facts["given_via"] or ""), _("wording %(name)s", name=facts["wording"])]
    return Line(title, ", ".join(part for part in parts if part))


def _mail(speech: Speech, facts: Facts) -> Line:
    title = _("Mail: %(what)s", what=words.word(words.MAILS, facts["template"]))
    return Line(title, " ".join(part for part in (_mail_state(speech, facts), facts["address"])))


def _mail_state(speech: Speech, facts: Facts) -> str:
    if facts["sent_at"] is not None:
        return _("sent on %(when)s to", when=words.when(speech.voice, facts["sent_at"]))
    if facts["parked_at"] is not None:
        return _("set aside, not sent to")
    return _("not sent to") if facts["done_at"] is not None else _("waits to be sent to")


def _issue(speech: Speech, facts: Facts) -> Line:
    states = {
        "waiting": _("waits to be sent"),
        "sending": _("is being sent"),
        "failed": _("could not be sent"),
        "uncertain": _("it is not known whether it was sent"),
    }
    sent = facts["sent_at"]
    state = states.get(facts["state"]) or str(facts["state"])
    if sent is not None:
        state = _("sent on %(when)s", when=words.when(speech.voice, sent))
    return Line(_("Issue: %(subject)s", subject=facts["subject"]), state)


def _came_back(_speech: Speech, facts: Facts) -> Line:
    return Line(words.word(words.CAME_BACK, facts["event"]), facts["status"] or "", mark="err")


def _known(_speech: Speech, _facts: Facts) -> Line:
    return Line(_("Became known to us"))


def _erased(_speech: Speech, _facts: Facts) -> Line:
    return Line(_("Was erased: name and addresses are gone"), mark="err")


def _signed_in(speech: Speech, facts: Facts) -> Line:
    seen = words.when(speech.voice, facts["seen_at"])
    return Line(_("Signed in to their account"), _("last seen on %(when)s", when=seen))


def _asked_in(_speech: Speech, facts: Facts) -> Line:
    used = _("used") if facts["used_at"] is not None else _("not used")
    return Line(_("Asked to sign in"), used)


def _address(speech: Speech, facts: Facts) -> Line:
    state = _("not confirmed")
    if facts["undone_at"] is not None:
        state = _("taken back on %(when)s", when=words.when(speech.voice, facts["undone_at"]))
    elif facts["used_at"] is not None:
        state = _("confirmed on %(when)s", when=words.when(speech.voice, facts["used_at"]))
    return Line(_("Wanted their mail to %(address)s", address=facts["address"]), state)


def _note(_speech: Speech, facts: Facts) -> Line:
    edited = _("edited") if facts["edited_at"] is not None else ""
    author = facts["author"] or _("staff")
    return Line(_("Note of %(author)s", author=author), edited, text=facts["text"])


def _deed(speech: Speech, facts: Facts) -> Line:
    who = speech.names.get(facts["who"], facts["who"])
    return Line(_("%(who)s: %(what)s", who=who, what=_deed_words(speech, facts)))


def _deed_words(speech: Speech, facts: Facts) -> str:
    after = facts["after"]
    if facts["deed"] == "refund.ordered" and "currency" in after:
        return _("ordered to send %(amount)s back", amount=speech.money(after))
    if facts["deed"] == "mail.resent":
        what = words.word(words.MAILS, str(after.get("template", "")))
        return _("sent again: %(what)s", what=what)
    return words.word(words.DEEDS, facts["deed"])


_LINES: Mapping[str, Callable[[Speech, Facts], Line]] = {
    "address": _address,
    "asked_in": _asked_in,
    "begun": _begun,
    "bought": _bought,
    "came_back": _came_back,
    "cancelled": _cancelled,
    "change": _change,
    "charge_failed": _charge_failed,
    "consent": _consent,
    "deed": _deed,
    "dispute": _dispute,
    "dispute_closed": _dispute_closed,
    "ended": _ended,
    "entitled": _entitled,
    "erased": _erased,
    "failing": _failing,
    "issue": _issue,
    "known": _known,
    "mail": _mail,
    "note": _note,
    "paid": _paid,
    "refund": _refund,
    "signed_in": _signed_in,
    "taken_up": _taken_up,
    "unpaid": _unpaid,
    "used": _used,
    "voided": _voided,
}
