"""What happened to somebody's money, memberships and gifts, in words."""

from app.core.languages import gettext as _
from app.desk.people import words
from app.desk.people.lines import Facts, Line, Speech
from app.memberships.orders.refunding import HELD


def paid(speech: Speech, facts: Facts) -> Line:
    """Say that money came, and whether it can go back."""
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


def refund(speech: Speech, facts: Facts) -> Line:
    """Say that money went back."""
    paid = {"amount_minor": facts["paid_minor"], "currency": facts["currency"]}
    detail = _(
        "Of %(paid)s, receipt %(number)s: %(state)s",
        paid=speech.money(paid),
        number=facts["receipt_number"],
        state=words.word(words.REFUNDS, facts["status"]),
    )
    return Line(_("Sent %(amount)s back", amount=speech.money(facts)), detail)


def dispute(speech: Speech, facts: Facts) -> Line:
    """Say that a bank disputes a payment."""
    detail = _(
        "Receipt %(number)s: %(state)s",
        number=facts["receipt_number"],
        state=words.word(words.DISPUTES, facts["state"]),
    )
    title = _("Their bank disputes %(amount)s", amount=speech.money(facts))
    return Line(title, detail, mark="err")


def dispute_closed(speech: Speech, facts: Facts) -> Line:
    """Say how a dispute ended."""
    title = _("The dispute about %(amount)s was closed", amount=speech.money(facts))
    return Line(title, words.word(words.DISPUTES, facts["state"]))


def charge_failed(_speech: Speech, facts: Facts) -> Line:
    """Say that a charge failed, which they were told of."""
    name = str(facts["ref"]).partition(":")[0]
    return Line(_("A charge of their membership failed"), name, mark="err")


def failing(speech: Speech, facts: Facts) -> Line:
    """Say that a charge failed and is open."""
    title = _("A charge of %(amount)s failed, and is open", amount=speech.money(facts))
    return Line(title, facts["subscription_id"], mark="err")


def unpaid(speech: Speech, facts: Facts) -> Line:
    """Say that a payment never arrived."""
    return Line(_("A payment of %(amount)s never arrived", amount=speech.money(facts)), mark="err")


def begun(speech: Speech, facts: Facts) -> Line:
    """Say that a membership began."""
    title = _("Began a membership: %(rhythm)s", rhythm=speech.rhythm(facts))
    return Line(title, facts["subscription_id"])


def change(speech: Speech, facts: Facts) -> Line:
    """Say what changed of a membership."""
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


def cancelled(speech: Speech, facts: Facts) -> Line:
    """Say that a membership was cancelled."""
    ends = facts["ends_at"]
    detail = _("It ends on %(day)s.", day=speech.voice.day(ends)) if ends is not None else ""
    return Line(_("Their membership was cancelled"), detail)


def ended(speech: Speech, facts: Facts) -> Line:
    """Say that a membership ended."""
    title = _("Their membership of %(rhythm)s ended", rhythm=speech.rhythm(facts))
    return Line(title, facts["subscription_id"])


def entitled(speech: Speech, facts: Facts) -> Line:
    """Say by what somebody is a member, or no more."""
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
        if facts["revision"] > 1 and until <= facts["recorded_at"]:
            return Line(_("Counts no more by %(source)s", source=by), span)
    title = _("Is a member, and counted") if facts["counts"] else _("Is a member, not counted")
    return Line(title, span)


def bought(_speech: Speech, facts: Facts) -> Line:
    """Say that a gift was bought."""
    if facts["gift_kind"] == "given":
        return Line(_("Paid a membership for a reader who cannot pay"))
    return Line(_("Bought a membership as a gift"))


def taken_up(speech: Speech, facts: Facts) -> Line:
    """Say that a gift was taken up."""
    ends = facts["ends_at"]
    detail = (
        _("It holds until %(day)s.", day=words.last_day(speech.voice, ends))
        if ends is not None
        else ""
    )
    if facts["gift_kind"] == "given":
        return Line(_("Took up a membership that somebody paid for a reader"), detail)
    return Line(_("Redeemed the code of a gift"), detail)


def used(_speech: Speech, _facts: Facts) -> Line:
    """Say that a gift of theirs was taken up."""
    return Line(_("Their gift was taken up"))


def voided(_speech: Speech, _facts: Facts) -> Line:
    """Say that the money of a gift went back."""
    return Line(_("The money of their gift went back, so it holds no more"))
