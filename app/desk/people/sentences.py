"""What happened to a person, in words: one line for each thing, and where it leads."""

from collections.abc import Callable, Mapping

from app.core.languages import gettext as _
from app.core.orm import in_language
from app.desk.people import money_sentences as money
from app.desk.people import words
from app.desk.people.lines import Facts, Line, Speech
from app.desk.people.timeline import Happening


def line(speech: Speech, one: Happening) -> Line:
    """Return a happening in words."""
    return _LINES[one.what](speech, one.facts)


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
    "begun": money.begun,
    "bought": money.bought,
    "came_back": _came_back,
    "cancelled": money.cancelled,
    "change": money.change,
    "charge_failed": money.charge_failed,
    "consent": _consent,
    "deed": _deed,
    "dispute": money.dispute,
    "dispute_closed": money.dispute_closed,
    "ended": money.ended,
    "entitled": money.entitled,
    "erased": _erased,
    "failing": money.failing,
    "issue": _issue,
    "known": _known,
    "mail": _mail,
    "note": _note,
    "paid": money.paid,
    "refund": money.refund,
    "signed_in": _signed_in,
    "taken_up": money.taken_up,
    "unpaid": money.unpaid,
    "used": money.used,
    "voided": money.voided,
}
