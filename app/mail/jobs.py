"""The lanes of mail: one for each stream, so that a confirmation never waits behind a list.

A mail leaves at least once: what a dying process had handed over and not marked goes again, with
the same Message-ID.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from app.core import leases
from app.core.clock import now
from app.core.leases import Held
from app.core.settings import Settings
from app.core.work import Lane, Runtime
from app.mail import events, outbox, statuses, suppression
from app.mail.addresses import address_key
from app.mail.message import Envelope, Words, compose
from app.mail.models import OutgoingMail
from app.mail.smtp import DeferredError, RefusedError, Relay, RelayDownError, RelayError

# A batch stops handing mails over after SENDING_SECONDS; the last one may then take as long as
# the relay's time limits together (35 s) before the lease runs out and others take it for lost.
LEASE_SECONDS = 45.0
SENDING_SECONDS = 8.0
BATCH = 200
LONGEST_TRY = timedelta(days=3)

Speak = Callable[[Session, Settings, Sequence[Held]], Mapping[int, Words]]

log = structlog.get_logger(__name__)


@dataclass
class _Outcome:
    """What became of the rows of one batch."""

    taken: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))
    needless: list[Held] = field(default_factory=list)
    closed: list[Held] = field(default_factory=list)
    refused: list[tuple[Held, RefusedError]] = field(default_factory=list)
    failed: list[tuple[Held, Exception]] = field(default_factory=list)
    left: list[Held] = field(default_factory=list)
    down: RelayDownError | None = None


def lanes(speakers: Mapping[str, Speak]) -> tuple[Lane, ...]:
    """Return a lane for each stream.

    Args:
        speakers: By the name of a template, what gives its mails their words: by the row's id; a
            row without words is no longer needed and closed unsent.
    """
    return (_lane("mail", outbox.CONFIRM, speakers), _lane("mail-lists", outbox.LISTS, speakers))


def _lane(name: str, stream: str, speakers: Mapping[str, Speak]) -> Lane:
    return Lane(name, lambda runtime: drain(runtime, stream, speakers), BATCH)


def drain(runtime: Runtime, stream: str, speakers: Mapping[str, Speak]) -> int:
    """Send one batch of a stream; return its size, or 0 if the relay takes nothing just now."""
    with runtime.database.write() as session:
        rows = leases.claim(
            session,
            OutgoingMail,
            now=now(session),
            limit=BATCH,
            lease_seconds=LEASE_SECONDS,
            part=("stream", stream),
        )
        session.commit()
    if not rows:
        return 0
    outcome = _Outcome()
    _send(runtime.settings, list(_composed(runtime, rows, speakers, outcome)), outcome)
    with runtime.database.write() as session:
        _mark(session, outcome)
        session.commit()
    _report(stream, outcome)
    return 0 if outcome.down else len(rows)


def _composed(
    runtime: Runtime, rows: Sequence[Held], speakers: Mapping[str, Speak], outcome: _Outcome
) -> Iterable[tuple[Held, Envelope]]:
    """Yield the mails that are to go; put every other row where it belongs."""
    with runtime.database.read() as session:
        keys = {row.id: address_key(row.address) for row in rows}
        shut = suppression.closed(session, runtime.settings, set(keys.values()))
        outcome.closed = [row for row in rows if keys[row.id] in shut]
        words = _words(session, runtime.settings, _by_template(rows), speakers, outcome)
    failed = {row.id for row, _ in outcome.failed}
    for row in rows:
        if keys[row.id] in shut or row.id in failed:
            continue
        if row.id not in words:
            outcome.needless.append(row)
            continue
        try:
            yield row, compose(runtime.settings, row, words[row.id])
        except Exception as error:  # noqa: BLE001 - one mail that cannot be made stops no other
            outcome.failed.append((row, error))


def _by_template(rows: Iterable[Held]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = defaultdict(list)
    for row in rows:
        found[row.template].append(row)
    return found


def _words(
    session: Session,
    settings: Settings,
    by_template: Mapping[str, Sequence[Held]],
    speakers: Mapping[str, Speak],
    outcome: _Outcome,
) -> dict[int, Words]:
    words: dict[int, Words] = {}
    for template, rows in by_template.items():
        try:
            words.update(speakers[template](session, settings, rows))
        except Exception as error:  # noqa: BLE001 - one kind of mail that fails stops no other
            outcome.failed.extend((row, error) for row in rows)
    return words


def _send(settings: Settings, mails: Sequence[tuple[Held, Envelope]], outcome: _Outcome) -> None:
    """Hand mails over until all are through, time is up, or the relay takes nothing more."""
    waiting = [row for row, _ in reversed(mails)]
    until = time.monotonic() + SENDING_SECONDS
    try:
        if mails:
            with Relay(settings) as relay:
                for row, envelope in mails:
                    if time.monotonic() > until:
                        break
                    _hand_over(relay, row, envelope, outcome)
                    waiting.pop()
    except RelayDownError as error:
        outcome.down = error
    outcome.left = waiting


def _hand_over(relay: Relay, row: Held, envelope: Envelope, outcome: _Outcome) -> None:
    try:
        outcome.taken[relay.send(envelope)].append(row)
    except RefusedError as error:
        outcome.refused.append((row, error))
    except (DeferredError, ValueError) as error:
        outcome.failed.append((row, error))


def _mark(session: Session, outcome: _Outcome) -> None:
    moment = now(session)
    for code, rows in outcome.taken.items():
        outbox.close(session, rows, moment, code=code)
    outbox.close(session, outcome.needless, moment, code=None, error="no longer needed")
    outbox.close(session, outcome.closed, moment, code=None, error="suppressed")
    for row, refused in outcome.refused:
        outbox.close(session, [row], moment, code=refused.code, error=leases.shown(refused))
    events.keep(session, events.SMTP, _refusals(outcome), moment)
    for row, error in outcome.failed:
        if isinstance(error, RelayError):
            outbox.note_code(session, row, error.code)
        leases.retry(session, OutgoingMail, row, error, now=moment, give_up_after=LONGEST_TRY)
    _put_off(session, outcome)


def _refusals(outcome: _Outcome) -> Iterable[events.Notice]:
    """Yield what the relay's refusals say of mailboxes."""
    for row, refused in outcome.refused:
        kind = statuses.of_recipient(str(refused)) if refused.of_recipient else ""
        if kind:
            yield events.Notice(kind, row.message_id, statuses.status_in(str(refused)))


def _put_off(session: Session, outcome: _Outcome) -> None:
    """Leave what was not handed over for later; whose connection was lost has had its try."""
    moment = now(session)
    reason = leases.shown(outcome.down) if outcome.down else "no time left"
    for place, row in enumerate(reversed(outcome.left)):
        age = moment - row.created_at
        lost_alone = place == 0 and outcome.down is not None and outcome.down.in_hand
        if outcome.down and (lost_alone or age > LONGEST_TRY):
            leases.retry(session, OutgoingMail, row, reason, now=moment, give_up_after=LONGEST_TRY)
        elif outcome.down:
            outbox.put_off(session, [row], moment + outbox.patience(age), reason)
    if not outcome.down:
        leases.release(session, OutgoingMail, outcome.left)


def _report(stream: str, outcome: _Outcome) -> None:
    if outcome.down:
        log.warning("the relay takes nothing", stream=stream, error=str(outcome.down))
    for _, error in outcome.failed:
        if not isinstance(error, DeferredError):
            log.error("a mail could not be made", stream=stream, error=leases.shown(error))
