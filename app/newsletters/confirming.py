"""Confirming: a link's button or a code takes the confirmation once, and opens its lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, insert, null, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.core.orm import table_of
from app.core.settings import Settings
from app.core.tokens import derived_code, derived_token, equal, token_hash
from app.mail.outbox import LISTS, Mail, queue
from app.newsletters.deciding import PURPOSE, WORDING
from app.newsletters.models import Confirmation, Consent, SignupRequest, Subscription
from app.newsletters.queries import List
from app.newsletters.telling import tell
from app.people.models import EmailAddress, Person
from app.people.survivors import stands_for

MOST_WRONG_CODES = 5
NOBODY = "0" * 32

_asked = aliased(Person, name="asked")
_ASKED = (
    select(_asked.id, stands_for(_asked).label("now"))
    .join(Confirmation, Confirmation.person_id == _asked.id)
    .where(Confirmation.token_hash == bindparam("hash"))
    .cte("asked_for")
)
_LOCK = (  # whoever was asked, and who they have become
    select(Person.id)
    .where(or_(Person.id.in_(select(_ASKED.c.id)), Person.id.in_(select(_ASKED.c.now))))
    .order_by(Person.id)
    .with_for_update(key_share=True, of=Person)
)
_TAKE = (
    update(table_of(Confirmation))
    .where(
        Confirmation.token_hash == bindparam("hash"),
        Confirmation.used_at.is_(None),
        Confirmation.ended_at.is_(None),
        Confirmation.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(
        Confirmation.id,
        Confirmation.person_id,
        select(stands_for(_asked))
        .where(_asked.id == Confirmation.person_id)
        .correlate(Confirmation)
        .scalar_subquery()
        .label("now"),
    )
)
_SAYS_YES = (
    select(EmailAddress.id)
    .where(
        EmailAddress.key.in_(
            select(SignupRequest.address_key).where(
                SignupRequest.confirmation_id == bindparam("confirmation")
            )
        )
    )
    .order_by(EmailAddress.id.desc())
    .limit(1)
    .scalar_subquery()
)
_OPEN_LISTS = (
    update(table_of(Subscription))
    .where(Subscription.person_id == bindparam("person"), Subscription.state == "pending")
    .values(
        state="confirmed",
        confirmed_at=bindparam("now"),
        ended_at=None,
        # What went to one of several mailboxes goes to the one that says yes.
        address_id=case((Subscription.address_id.is_not(None), _SAYS_YES), else_=null()),
    )
    .returning(Subscription.newsletter_id, Subscription.from_path)
)
_CONSENT = insert(table_of(Consent))
_VERIFY = (
    update(table_of(EmailAddress))
    .where(
        EmailAddress.verified_at.is_(None),
        EmailAddress.key.in_(
            select(SignupRequest.address_key).where(
                SignupRequest.confirmation_id == bindparam("confirmation")
            )
        ),
    )
    .values(verified_at=bindparam("now"))
)
_LAST_ASKED = (
    select(SignupRequest.address, SignupRequest.language)
    .where(SignupRequest.confirmation_id == bindparam("confirmation"))
    .order_by(SignupRequest.id.desc())
    .limit(1)
)
_TRY = (
    update(table_of(Confirmation))
    .where(
        Confirmation.id == bindparam("of_id"),
        Confirmation.code_tries < MOST_WRONG_CODES,
        Confirmation.mailed_at.is_not(None),
    )
    .values(code_tries=Confirmation.code_tries + 1)
    .returning(Confirmation.name, Confirmation.token_hash)
)


@dataclass(frozen=True, slots=True)
class Act:
    """What a reader did: with what, where.

    Attributes:
        form: `button` or `code`.
        language: Of the page.
        network_hash: Where it came from; None for a mail.
    """

    form: str
    language: str
    network_hash: str | None


def confirm(
    session: Session, hashed: str, lists: Sequence[List], act: Act, now: datetime
) -> list[List] | None:
    """Take a confirmation and open every list of its person, or of whom they became, that waits.

    Of several at once one takes it. A person's sign-ups, being worked on at the same time, are
    waited for.

    Args:
        session: Flushed, not committed.
        hashed: Hash of the link's token.
        lists: All there are.
        act: Kept as consent.
        now: The domain's present moment.

    Returns:
        The lists just opened, or None if the confirmation is used, expired or none.
    """
    connection = session.connection()  # past the mapping, which costs more than the database
    if connection.dialect.name != "sqlite":  # which has one writer anyway
        connection.execute(_LOCK, {"hash": hashed})
    taken = connection.execute(_TAKE, {"hash": hashed, "now": now}).one_or_none()
    if taken is None:
        return None
    values = {"person": taken.now, "now": now, "confirmation": taken.id}
    opened = {row.newsletter_id: row.from_path for row in connection.execute(_OPEN_LISTS, values)}
    if opened:
        rows = [_consent(taken.person_id, one, path, act, now) for one, path in opened.items()]
        connection.execute(_CONSENT, rows)
        tell(session)
    connection.execute(_VERIFY, {"confirmation": taken.id, "now": now})
    confirmed = [one for one in lists if one.id in opened]
    _welcome(session, taken.id, taken.now, confirmed, now)
    return confirmed


def _consent(
    person: int, newsletter: int, from_path: str | None, act: Act, now: datetime
) -> dict[str, Any]:
    return {
        "person_id": person,
        "newsletter_id": newsletter,
        "what": "confirmed",
        "happened_at": now,
        "form": act.form,
        "from_path": from_path,
        "wording": WORDING,
        "language": act.language,
        "network_hash": act.network_hash,
    }


def _welcome(
    session: Session, confirmation: int, person: int, lists: Sequence[List], now: datetime
) -> None:
    """Queue the welcome of each list that has one."""
    welcoming = [one for one in lists if one.welcomes]
    if not welcoming:
        return
    asked = session.execute(_LAST_ASKED, {"confirmation": confirmation}).one_or_none()
    if asked is not None:
        queue(
            session,
            [
                Mail(
                    "welcome",
                    asked.address,
                    asked.language,
                    person,
                    {"newsletter_id": one.id},
                    stream=LISTS,
                )
                for one in welcoming
            ],
            now,
        )


def hash_for_code(
    session: Session, settings: Settings, confirmation_id: int | None, code: str
) -> str | None:
    """Return the hash of the token that a typed code stands for, or None if it is wrong.

    The same statement and the same sums are done whether there is a confirmation or not. After
    five tries no code is right any more; the link's button still is. What was never mailed has no
    right code: each new confirmation would else be five guesses more, and the caps hold back only
    mails.
    """
    tried = session.connection().execute(_TRY, {"of_id": confirmation_id or 0}).one_or_none()
    name, stored = (tried.name, tried.token_hash) if tried is not None else (NOBODY, NOBODY)
    right = False
    for key in settings.secret_keys:
        is_key = equal(token_hash(derived_token(key, PURPOSE, name)), stored)
        right |= is_key & equal(derived_code(key, PURPOSE, name), code)
    return stored if right else None


def token_and_code(settings: Settings, name: str, stored: str) -> tuple[str, str]:
    """Return what a confirmation's mail carries, made with the key that was in force then.

    Raises:
        LookupError: None of the keys we have made this confirmation.
    """
    for key in settings.secret_keys:
        token = derived_token(key, PURPOSE, name)
        if equal(token_hash(token), stored):
            return token, derived_code(key, PURPOSE, name)
    raise LookupError("no secret key of ours made this confirmation")
