"""Whether DNS still says of our sending domain what it should: asked every day, kept for staff."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.alarms import Alarm, clear_alarm, raise_alarm
from app.core.clock import now
from app.core.orm import Base
from app.core.settings import Settings
from app.core.work import Cron, Job, Payload, Runtime
from app.mail.asking_dns import ADVICE, Dns, Finding, SilentError
from app.mail.dns_check import Question, ascii_domain, check
from app.mail.message import domain_of

ALARM, JOB = "dns", "mail.dns"
NO_SELECTOR = (
    "Which key signs our mail is not known: have UNWALLED_DKIM_SELECTORS set, and it is checked."
)

log = structlog.get_logger(__name__)


class DnsFinding(Base):
    """What the latest check found of one thing, in words; `record` is what DNS should have."""

    __tablename__ = "dns_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(String(253))
    topic: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8))
    sentence: Mapped[str] = mapped_column(Text)
    record: Mapped[str] = mapped_column(Text)
    checked_at: Mapped[datetime]

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done."""
        return Finding(self.topic, self.state, self.sentence).is_well


def question_of(
    settings: Settings, domain: str, selectors: Sequence[str], addresses: Sequence[str]
) -> Question:
    """Return what to ask of a domain; its own relay is asked about unless addresses are named."""
    host = settings.smtp_host.lower().rstrip(".")
    is_own = host == domain or host.endswith(f".{domain}")
    relay = host if is_own and not addresses else ""
    return Question(domain, selectors, relay, addresses, sender_of(settings))


def sender_of(settings: Settings) -> str:
    """Return the domain of our sender, as DNS has it."""
    return ascii_domain(domain_of(settings.mail_from))


def ask(settings: Settings) -> list[Finding]:
    """Return what DNS says of our sender's domain.

    Raises:
        SilentError: DNS does not answer, so nothing can be said.
    """
    question = question_of(settings, sender_of(settings), settings.dkim_selectors, ())
    found = check(Dns(settings.address_dns_server), question)
    if settings.dkim_selectors:
        return found
    return [Finding("DKIM", ADVICE, NO_SELECTOR) if one.topic == "DKIM" else one for one in found]


def keep(session: Session, domain: str, found: Sequence[Finding], now: datetime) -> None:
    """Write down what was found in place of what was; an alarm stands while something is wrong."""
    session.execute(delete(DnsFinding))
    session.add_all(
        DnsFinding(
            domain=domain,
            topic=one.topic,
            state=one.state,
            sentence=one.sentence,
            record=one.record,
            checked_at=now,
        )
        for one in found
    )
    if all(one.is_well for one in found):
        clear_alarm(session, ALARM, now, domain)
    else:
        raise_alarm(session, ALARM, now, domain)
    other = (Alarm.kind == ALARM) & (Alarm.ref != domain) & Alarm.cleared_at.is_(None)
    session.execute(update(Alarm).where(other).values(cleared_at=now))
    session.flush()


def findings(session: Session) -> Sequence[DnsFinding]:
    """Return what the latest check found."""
    return session.scalars(select(DnsFinding).order_by(DnsFinding.id)).all()


def watch(runtime: Runtime) -> None:
    """Check our sender's domain; where DNS is not to be asked, forget what it once said."""
    settings = runtime.settings
    found: Sequence[Finding] = ()
    if settings.address_dns:
        try:
            found = ask(settings)
        except SilentError as silent:
            log.warning("DNS was not checked", why=str(silent))
            return
    with runtime.database.write() as session:
        keep(session, sender_of(settings), found, now(session))
        session.commit()


def watching() -> Cron:
    """Return the cron that checks, every day."""
    return Cron(JOB, "40 4 * * *", watch)


def job() -> Job:
    """Return the job that checks at once, for whoever has just mended a record."""

    def run(runtime: Runtime, _payload: Payload) -> None:
        watch(runtime)

    return Job(JOB, run)
