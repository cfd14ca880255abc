"""Work that happens later: rows are the truth, DBOS is the clock, the bell and the runner.

The only module that knows DBOS. Features declare `Lane`, `Job` and `Cron`; `ring` has a lane
drained after a commit, `enqueue` adds a job within the caller's transaction. What runs them is
`app/core/engine.py`, in the embedded web process or in each `flask worker`.
"""

import json
import logging
import secrets
import time
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy
from sqlalchemy.orm import Session

from app.core import bell, job_rows
from app.core.bell import PAUSE_SECONDS, Bell, ring
from app.core.database import Database
from app.core.work import Cron, Job, Lane, Payload, Runtime, Work

if TYPE_CHECKING:
    from dbos import DBOSClient, DBOSConfig, EnqueueOptions

__all__ = ["Cron", "Job", "Lane", "Payload", "Runtime", "Work", "enqueue", "ring"]

APPLICATION = "unwalled"
# What workflows are given (a lane's name, a row's id) has not changed since this version.
VERSION = "1"
LANES, JOBS = "unwalled-lanes", "unwalled-jobs"
DRAIN, RUN, TICK = "unwalled-drain", "unwalled-run", "unwalled-tick"
JOBS_AT_ONCE = 4
FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
FINISHED_KEPT = timedelta(hours=6)
LOST_KEPT = timedelta(days=2)
PRUNED_AT_ONCE = 500


class Handler(Protocol):
    """What the workflows call: the engine of this process."""

    executor: str
    embedded: bool

    def drain(self, lane: str) -> None:
        """Drain a lane."""

    def run(self, row_id: int) -> None:
        """Run a job's row."""

    def tick(self, name: str) -> None:
        """Run a cron."""


_handler: Handler | None = None


def enqueue(
    session: Session,
    job_name: str,
    payload: Payload,
    *,
    unique: str | None = None,
    delay: timedelta = timedelta(0),
) -> int:
    """Add a job to the caller's transaction; committed, it runs, else there was nothing.

    Args:
        session: Writing; the caller commits.
        job_name: A job of `app/wiring.py`.
        payload: Ids and words, no addresses.
        unique: While a job of this key is neither done nor parked, no other is added.
        delay: Not before so long from now.

    Returns:
        The id of the row in table `job`: the new one, or the open one of the same key.
    """
    row_id, is_new = job_rows.add(session, job_name, payload, unique, delay)
    if is_new:
        run_later(session, row_id, delay)
    return row_id


def run_later(session: Session, row_id: int, delay: timedelta = timedelta(0)) -> None:
    """Have DBOS run a job's row, told in the same transaction."""
    options: EnqueueOptions = {
        "workflow_name": RUN,
        "queue_name": JOBS,
        "app_version": VERSION,
        "workflow_id": f"job-{row_id}-{secrets.token_hex(8)}",
    }
    if delay > timedelta(0):
        options["delay_seconds"] = delay.total_seconds()
    _client(_engine_of(session)).enqueue_in_transaction(session, options, row_id)


def ring_from_afar(database: Database) -> None:
    """Let this process's sessions ring the lanes of workers elsewhere; it starts nothing yet."""
    bell.attach(database.engine, Bell(sender(database)))


def is_running() -> bool:
    """Tell whether an engine runs in this process."""
    return _handler is not None


def prepare_tables(database: Database) -> None:
    """Make or migrate DBOS's own tables, beside ours in the same database."""
    from dbos import DBOS  # noqa: PLC0415 - it takes a second to import

    _quieten(logging.ERROR)
    DBOS.migrate(database.engine.url.render_as_string(hide_password=False))


def launch(handler: Handler, database: Database, crons: Iterable[Cron]) -> None:
    """Start DBOS in this process, on tables that are there; `handler` gets all the work."""
    from dbos import DBOS  # noqa: PLC0415 - it takes a second to import

    global _handler  # noqa: PLW0603 - DBOS is one per process
    if _handler is not None:
        msg = "an engine runs in this process already"
        raise RuntimeError(msg)
    _handler = handler
    try:
        _quieten(logging.WARNING)
        _workflows()
        DBOS(config=_config(handler, database))
        DBOS.listen_queues([JOBS] if handler.embedded else [LANES, JOBS])
        DBOS.launch()
        _register_queues(embedded=handler.embedded)
        _apply_schedules({cron.name: cron for cron in crons})
    except BaseException:
        shut_down()
        raise


def shut_down() -> None:
    """End DBOS in this process."""
    from dbos import DBOS  # noqa: PLC0415 - it takes a second to import

    global _handler  # noqa: PLW0603 - DBOS is one per process
    DBOS.destroy()
    _handler = None


def start_drain(lane: str) -> None:
    """Start draining a lane in this very process, which takes no queue."""
    from dbos import DBOS  # noqa: PLC0415 - it takes a second to import

    DBOS.start_workflow(_workflows()[DRAIN], lane)


def waiting(database: Database, row_ids: Collection[int]) -> set[int]:
    """Return which of these jobs stand in the queue."""
    queued = _client(database.engine).list_workflows(
        queue_name=JOBS,
        status="ENQUEUED",
        workflow_id_prefix=[f"job-{row_id}-" for row_id in row_ids],
        load_input=False,
    )
    return {int(one.workflow_id.split("-")[1]) for one in queued}


def prune(database: Database) -> None:
    """Delete the workflows that ended, and those that a dead process left behind."""
    client = _client(database.engine)
    for status, kept in ((FINISHED, FINISHED_KEPT), (["PENDING"], LOST_KEPT)):
        before = (datetime.now(UTC) - kept).isoformat()
        while old := client.list_workflows(
            status=status,
            end_time=before,
            limit=PRUNED_AT_ONCE,
            load_input=False,
            load_output=False,
        ):
            client.delete_workflows([one.workflow_id for one in old])


def _config(handler: Handler, database: Database) -> "DBOSConfig":
    return {
        "name": APPLICATION,
        "system_database_url": database.engine.url.render_as_string(hide_password=False),
        "sys_db_pool_size": 8,
        "application_version": VERSION,
        "executor_id": handler.executor,
        "enable_otlp": False,
        "run_migrations": False,
        "serializer": _json_serializer(),
        # We send no message from workflow to workflow: no connection need wait for one.
        "use_listen_notify": False,
        "notification_listener_polling_interval_sec": 0.5,
        "scheduler_polling_interval_sec": 10.0,
        "log_level": "WARNING",
    }


def _register_queues(*, embedded: bool) -> None:
    """Say how often the queues are looked at; an embedded engine starts its drains by itself."""
    from dbos import DBOS  # noqa: PLC0415 - it takes a second to import

    slow, fast = (1.0, 1.0) if embedded else (0.5, 0.2)
    DBOS.register_queue(
        JOBS,
        worker_concurrency=JOBS_AT_ONCE,
        polling_interval_sec=slow,
        on_conflict="always_update",
    )
    DBOS.register_queue(LANES, polling_interval_sec=fast, on_conflict="always_update")


def _apply_schedules(crons: dict[str, Cron]) -> None:
    """Keep the schedules of these crons, and no other."""
    from dbos import DBOS  # noqa: PLC0415 - it takes a second to import

    for old in DBOS.list_schedules():
        if old["schedule_name"] not in crons:
            DBOS.delete_schedule(old["schedule_name"])
    tick = _workflows()[TICK]
    DBOS.apply_schedules(
        [
            {
                "schedule_name": cron.name,
                "workflow_fn": tick,
                "schedule": cron.schedule,
                "context": cron.name,
            }
            for cron in crons.values()
        ]
    )


@cache
def _workflows() -> dict[str, Callable[..., None]]:
    """Return what DBOS can run, registered once; each finds the engine of the day."""
    from dbos import DBOS  # noqa: PLC0415 - it takes a second to import

    @DBOS.workflow(name=DRAIN)
    def drain(lane: str) -> None:
        if _handler is not None:
            _handler.drain(lane)

    @DBOS.workflow(name=RUN)
    def run(row_id: int) -> None:
        if _handler is not None:
            _handler.run(row_id)

    @DBOS.workflow(name=TICK)
    def tick(_scheduled_at: str, name: str) -> None:
        if _handler is not None:
            _handler.tick(name)

    return {DRAIN: drain, RUN: run, TICK: tick}


def sender(database: Database) -> Callable[[str], bool]:
    """Return what enqueues a drain for whichever worker takes it first."""

    def send(lane: str) -> bool:
        from dbos import error  # noqa: PLC0415 - it takes a second to import

        # The id varies by time: one held by a drain whose process died must not block the lane.
        slot = int(time.time() / PAUSE_SECONDS)
        options: EnqueueOptions = {
            "workflow_name": DRAIN,
            "queue_name": LANES,
            "app_version": VERSION,
            "deduplication_id": f"{lane}:{slot}",
        }
        try:
            _client(database.engine).enqueue(options, lane)
        except error.DBOSQueueDeduplicatedError:
            return False  # that drain may have begun before our commit
        return True

    return send


@lru_cache(maxsize=8)
def _client(engine: sqlalchemy.Engine) -> "DBOSClient":
    from dbos import DBOSClient  # noqa: PLC0415 - it takes a second to import

    _quieten(logging.WARNING)
    return DBOSClient(
        system_database_engine=engine,
        application_name=APPLICATION,
        serializer=_json_serializer(),
        retry_connection_errors=False,
        lazy=True,
    )


def _engine_of(session: Session) -> sqlalchemy.Engine:
    return session.get_bind().engine


@cache
def _json_serializer() -> Any:  # noqa: ANN401 - a class of DBOS's, which is imported late
    """Return what writes a workflow's arguments as JSON: nothing is unpickled from a database."""
    from dbos import Serializer  # noqa: PLC0415 - it takes a second to import

    class Json(Serializer):
        def serialize(self, data: object) -> str:
            return json.dumps(data, default=str)

        def deserialize(self, serialized_data: str) -> object:
            return json.loads(serialized_data)

        def name(self) -> str:
            return "json"

    return Json()


def _quieten(level: int) -> None:
    """Send DBOS's log lines through ours: with a handler there, it adds none of its own."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(level)
