"""A lane of payments over a scripted gateway, whose handlers write down what they saw last."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import MetaData, String, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.core import logs
from app.core.database import Database
from app.core.pace import Pace
from app.core.settings import Settings
from app.core.work import Runtime
from app.payments.gateway import CheckoutSeen, DeclineSeen, PaymentSeen, SubscriptionSeen
from app.payments.inbox import mark
from app.payments.jobs import drain
from app.payments.looking import Handlers, Invoices
from app.payments.models import DirtyKey, StripeEvent
from tests.payments.fakes import ScriptedGateway

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
AT_ONCE = Pace(1_000_000)


class SightBase(DeclarativeBase):
    metadata = MetaData()


class Sight(SightBase):
    """What the handlers saw last of an object, in words; rolled back as all they do."""

    __tablename__ = "sight"

    object_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    what: Mapped[str]
    times: Mapped[int]


def words(*seen: Any) -> str:  # noqa: ANN401 - anything a gateway shows
    """Return all that was seen, as a text to compare."""
    return repr(seen)


@dataclass
class Till:
    """The lane and all around it.

    Attributes:
        ours: What the handlers answer.
        trouble: Raised by the handlers after they wrote, if anything.
    """

    database: Database
    settings: Settings
    gateway: ScriptedGateway = field(default_factory=ScriptedGateway)
    ours: bool = True
    trouble: BaseException | None = None
    gone: list[str] = field(default_factory=list)

    def drain(self) -> int:
        """Work on one batch."""
        return drain(
            Runtime(self.database, self.settings),
            lambda _settings: self.gateway.as_gateway(),
            self.handlers(),
            AT_ONCE,
        )

    def drain_all(self) -> None:
        """Work until nothing is due."""
        while self.drain():
            pass

    def handlers(self) -> Handlers:
        def checkout(session: Session, seen: CheckoutSeen, _now: datetime) -> bool:
            return self.write(session, seen.id, words(seen))

        def subscription(
            session: Session, seen: SubscriptionSeen, invoices: Invoices, _now: datetime
        ) -> bool:
            return self.write(session, seen.id, words(seen, invoices))

        def payment(session: Session, seen: PaymentSeen, _now: datetime) -> bool:
            return self.write(session, seen.id, words(seen))

        def customer_gone(session: Session, customer_id: str, _now: datetime) -> bool:
            return self.write(session, customer_id, "gone")

        def declined(session: Session, seen: DeclineSeen, _now: datetime) -> bool:
            return self.write(session, seen.id, words(seen))

        return Handlers(checkout, subscription, payment, customer_gone, declined=declined)

    def write(self, session: Session, object_id: str, what: str) -> bool:
        """Write down what was seen; fail if the test says so; say whose it is."""
        sight = session.get(Sight, object_id) or Sight(object_id=object_id, times=0)
        sight.what, sight.times = what, sight.times + 1
        session.add(sight)
        session.flush()
        if self.trouble is not None:
            raise self.trouble
        return self.ours

    def mark(self, *sessions: str) -> None:
        """Have checkouts looked at."""
        with self.database.write() as session:
            for one in sessions or ("cs_1",):
                mark(session, "checkout", one)
            session.commit()

    def answer_with(self, error: BaseException) -> None:
        """Let every question fail."""

        def fail(_question: str, _object_id: str) -> None:
            raise error

        self.gateway.meanwhile = fail

    def answer(self) -> None:
        """Let every question be answered."""
        self.gateway.meanwhile = lambda _question, _object_id: None

    def seen(self) -> dict[str, str]:
        """Return what was kept of each object."""
        with self.database.read() as session:
            return {one.object_id: one.what for one in session.scalars(select(Sight))}

    def times(self, object_id: str) -> int:
        """Return how often an object was seen for good."""
        with self.database.read() as session:
            found = session.get(Sight, object_id)
            return found.times if found else 0

    def key(self, object_id: str = "cs_1") -> DirtyKey:
        """Return an object's key."""
        with self.database.read() as session:
            return session.scalars(select(DirtyKey).where(DirtyKey.object_id == object_id)).one()

    def keys(self) -> set[tuple[str, str]]:
        """Return the kind and id of every key."""
        with self.database.read() as session:
            return {(one.kind, one.object_id) for one in session.scalars(select(DirtyKey))}

    def states(self) -> dict[str, str]:
        """Return the state of every event."""
        with self.database.read() as session:
            return {one.event_id: one.state for one in session.scalars(select(StripeEvent))}

    def change(self, **values: object) -> None:
        """Change every key by hand."""
        with self.database.write() as session:
            session.execute(update(DirtyKey).values(values))
            session.commit()

    def lose_leases(self) -> None:
        """Let every lease run out, as if its process had died or was too slow."""
        with self.database.write() as session:
            held = update(DirtyKey).where(DirtyKey.lease.is_not(None))
            session.execute(held.values(leased_until=LONG_AGO))
            session.commit()


def make_till(database: Database, settings: Settings) -> Till:
    logs.configure(settings)
    SightBase.metadata.create_all(database.engine)
    return Till(database, settings)
