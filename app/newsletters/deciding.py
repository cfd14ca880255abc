"""What follows from a sign-up: pure rules over how a person stands with us."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.core.leases import Held
from app.core.settings import Settings
from app.core.tokens import derived_token, token_hash
from app.mail.outbox import Mail

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
HOLDS_FOR = timedelta(days=7)
PURPOSE = "confirm"
WORDING = "2026-11"

# Mails to one address, over all lists: at most so many in a day and in a week.
CAPS = {"signup": (1, 3), "again": (3, 6), "corrected": (3, 6)}


@dataclass
class Asker:
    """One person's sign-ups in a batch, oldest first, and the hash of the mailbox they name."""

    person_id: int
    domain: str
    mailbox: str
    rows: list[Held]

    @property
    def kind(self) -> str:
        """Return `again` if the person pressed a button that says so, else `signup`."""
        return "again" if any(row.kind != "signup" for row in self.rows) else "signup"

    @property
    def template(self) -> str:
        """Return the confirmation mail to send: one without a link unless a sign-up earned it."""
        return "confirm_code" if all(row.code_only for row in self.rows) else "confirm"

    def asked(self) -> dict[int, Held]:
        """Return the lists asked for, each with the sign-up that asked first."""
        found: dict[int, Held] = {}
        for row in self.rows:
            for newsletter in row.lists:
                found.setdefault(newsletter, row)
        return found


@dataclass
class Standing:
    """How a person stands with us before the batch.

    Attributes:
        subscriptions: Id and state, by list.
        confirmation: Id and end of the open one.
        mailed: When we wrote to their mailbox because of a sign-up, in the last week, under any
            of its spellings: one list for all who share it.
    """

    subscriptions: dict[int, tuple[int, str]] = field(default_factory=dict)
    confirmation: tuple[int, datetime] | None = None
    mailed: list[datetime] = field(default_factory=list)

    def may_be_mailed(self, kind: str, now: datetime) -> bool:
        """Tell whether the caps leave room for another mail."""
        a_day, a_week = CAPS[kind]
        today = sum(moment > now - DAY for moment in self.mailed)
        return today < a_day and len(self.mailed) < a_week


@dataclass
class Plan:
    """What a batch is to write, gathered so that each table is written once.

    Attributes:
        links: Confirmation of each sign-up: the row's id, with a confirmation's id or, if it is
            yet to be written, its name.
        letters: Mails that carry a confirmation's link, with the same id or name.
        uses: When a mail leaves for which mailbox: what the caps are read from.
    """

    settings: Settings
    now: datetime
    new: list[dict[str, Any]] = field(default_factory=list)
    revived: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    confirmations: list[dict[str, Any]] = field(default_factory=list)
    links: list[tuple[int, int | str, bool]] = field(default_factory=list)
    letters: list[tuple[int | str, Asker, datetime | None]] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    uses: list[dict[str, Any]] = field(default_factory=list)

    def note(self, asker: Asker, standing: Standing, leaves_at: datetime) -> None:
        """Count a mail toward the caps of its mailbox."""
        standing.mailed.append(leaves_at)
        self.uses.append({"mailbox_hash": asker.mailbox, "created_at": leaves_at})


def decide(
    asker: Asker,
    standing: Standing,
    open_lists: frozenset[int],
    barred: frozenset[int],
    plan: Plan,
) -> None:
    """Add to the plan what follows from one person's sign-ups.

    Args:
        asker: Who, and what they sent.
        standing: How they stand with us.
        open_lists: What takes sign-ups.
        barred: Of these, what is for members alone and not for this person.
        plan: Is added to.
    """
    every = {one: row for one, row in asker.asked().items() if one in open_lists}
    asked = {one: row for one, row in every.items() if one not in barred}
    begun = [one for one in asked if _begins(asker, one, asked[one], standing, plan)]
    states = {state for _, state in standing.subscriptions.values()}
    if begun or "pending" in states:
        _confirm(asker, standing, plan)
    elif any(standing.subscriptions.get(one, (0, ""))[1] == "confirmed" for one in asked):
        _say("already", asker, standing, plan)
    elif len(asked) < len(every):
        _say("for_members", asker, standing, plan)


def _begins(asker: Asker, newsletter: int, row: Held, standing: Standing, plan: Plan) -> bool:
    """Have a subscription wait for its confirmation, unless it does, is confirmed, or is shut."""
    subscription, state = standing.subscriptions.get(newsletter, (None, ""))
    if subscription is None:
        plan.new.append(
            {
                "person_id": asker.person_id,
                "newsletter_id": newsletter,
                "state": "pending",
                "from_path": row.from_path,
                "created_at": plan.now,
                "asked_at": plan.now,
            }
        )
    elif state == "unsubscribed":
        plan.revived.append(
            {"of_id": subscription, "from_path": row.from_path, "asked_at": plan.now}
        )
    else:
        return False
    plan.consents.append(consent(asker.person_id, newsletter, "asked", plan.now, row))
    return True


def consent(
    person_id: int, newsletter_id: int, what: str, now: datetime, row: Held
) -> dict[str, Any]:
    """Return the record of something a person did in a form."""
    return {
        "person_id": person_id,
        "newsletter_id": newsletter_id,
        "what": what,
        "happened_at": now,
        "form": row.form,
        "from_path": row.from_path,
        "wording": WORDING,
        "language": row.language,
        "network_hash": row.network_hash,
    }


def _confirm(asker: Asker, standing: Standing, plan: Plan) -> None:
    """Join the open confirmation or open one, and send its mail if the caps allow it."""
    may = standing.may_be_mailed(asker.kind, plan.now)
    held = standing.confirmation
    is_open = held is not None and held[1] > plan.now
    if held is not None and is_open and (asker.kind == "again" or not may):
        _join(asker.rows, held[0], plan)
        if may:
            _write(held[0], asker, standing, None, plan)
        return
    if held is not None:
        plan.ended.append(held[0])
    later = None if may else _next_day(asker, standing, plan)
    leaves_at = plan.now if may else later
    name = _open(asker, leaves_at, plan)
    if leaves_at is not None:
        _write(name, asker, standing, later, plan)


def _write(
    confirmation: int | str,
    asker: Asker,
    standing: Standing,
    later: datetime | None,
    plan: Plan,
) -> None:
    plan.letters.append((confirmation, asker, later))
    plan.note(asker, standing, later or plan.now)


def _next_day(asker: Asker, standing: Standing, plan: Plan) -> datetime | None:
    """Return when today's cap is over, for somebody who has asked for another list since.

    Whoever is new here and finds the mailbox written to already, under another spelling, is
    written to when they ask again.
    """
    if not standing.subscriptions or asker.kind != "signup":
        return None
    if len(standing.mailed) >= CAPS["signup"][1]:
        return None
    return max(standing.mailed) + DAY if max(standing.mailed) > plan.now - DAY else None


def _open(asker: Asker, leaves_at: datetime | None, plan: Plan) -> str:
    name = secrets.token_hex(16)
    plan.confirmations.append(
        {
            "person_id": asker.person_id,
            "name": name,
            "token_hash": token_hash(derived_token(plan.settings.secret_key, PURPOSE, name)),
            "domain": asker.domain,
            "created_at": plan.now,
            "mailed_at": leaves_at,
            "expires_at": (leaves_at or plan.now) + HOLDS_FOR,
        }
    )
    plan.links.append((asker.rows[0].id, name, True))
    _join(asker.rows[1:], name, plan)
    return name


def _join(rows: Iterable[Held], confirmation: int | str, plan: Plan) -> None:
    plan.links.extend((row.id, confirmation, False) for row in rows)


def _say(template: str, asker: Asker, standing: Standing, plan: Plan) -> None:
    if standing.may_be_mailed(asker.kind, plan.now):
        plan.mails.append(letter(template, asker, {"request_id": asker.rows[-1].id}))
        plan.note(asker, standing, plan.now)


def letter(
    template: str, asker: Asker, context: dict[str, int], not_before: datetime | None = None
) -> Mail:
    """Return a mail to where the last sign-up said, in its language."""
    row = asker.rows[-1]
    return Mail(
        template, row.address, row.language, asker.person_id, context, not_before=not_before
    )
