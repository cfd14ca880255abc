"""Which engines are alive: each says so in a row of its own, by the database's clock."""

import threading
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, Float, String, delete, exists, insert, literal, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.clock import raw_after, raw_now
from app.core.database import Database
from app.core.orm import Base

BEAT_SECONDS = 10
ALIVE_SECONDS = 60
FORGOTTEN_SECONDS = 86_400

log = structlog.get_logger(__name__)


class EngineHeartbeat(Base):
    """When an engine's process was last seen."""

    __tablename__ = "engine_heartbeat"

    executor: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


def beat(session: Session, executor: str) -> None:
    """Say that this engine is alive."""
    ours = update(EngineHeartbeat).where(EngineHeartbeat.executor == executor)
    if session.execute(ours.values(seen_at=raw_now()).returning(EngineHeartbeat.executor)).first():
        return
    values = {"executor": executor, "started_at": raw_now(), "seen_at": raw_now()}
    session.execute(insert(EngineHeartbeat).values(values))


def forget(session: Session, executor: str) -> None:
    """Take an engine that stopped off the list, and those that nobody has seen for a day."""
    gone = EngineHeartbeat.seen_at < _ago(FORGOTTEN_SECONDS)
    session.execute(delete(EngineHeartbeat).where((EngineHeartbeat.executor == executor) | gone))


def is_any_alive(session: Session) -> bool:
    """Tell whether any engine was seen within a minute."""
    seen = EngineHeartbeat.seen_at > _ago(ALIVE_SECONDS)
    return bool(session.scalar(select(exists().where(seen))))


def everyone(session: Session) -> list[EngineHeartbeat]:
    """Return the engines of the last day."""
    return list(session.scalars(select(EngineHeartbeat).order_by(EngineHeartbeat.started_at)))


def _ago(seconds: float) -> ColumnElement[datetime]:
    return raw_after(literal(-seconds, Float()))


class Pulse:
    """Beats from a thread of its own until it is stopped."""

    def __init__(self, database: Database, executor: str) -> None:
        self._database = database
        self._executor = executor
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        """Beat once, now, and then every few seconds."""
        with self._database.write() as session:
            beat(session, self._executor)
            session.commit()
        self._thread.start()

    def stop(self) -> None:
        """Beat no more, and take the engine off the list."""
        self._ended.set()
        self._thread.join()
        try:
            with self._database.write() as session:
                forget(session, self._executor)
                session.commit()
        except DBAPIError as error:
            log.warning("the last heartbeat was lost", error=str(error))

    def _run(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                with self._database.write() as session:
                    beat(session, self._executor)
                    session.commit()
            except DBAPIError as error:
                log.warning("a heartbeat was lost", error=str(error))
