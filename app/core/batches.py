"""A lane whose rows are worked on together; if that fails, each is tried alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from app.core import leases
from app.core.clock import now
from app.core.lease_sql import Model
from app.core.leases import Held
from app.core.work import Lane, Runtime

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Batches:
    """What working in batches takes.

    Attributes:
        model: A table with `Leased` mixed in.
        work: Does what rows ask for, in a transaction of its own, and marks them done.
        size: How many rows are claimed at most.
        lease_seconds: How long they are ours.
    """

    model: Model
    work: Callable[[Runtime, Sequence[Held]], None]
    size: int
    lease_seconds: float = leases.LEASE_SECONDS

    def lane(self, name: str) -> Lane:
        """Return the lane that works on them."""
        return Lane(name, self.drain, self.size)

    def drain(self, runtime: Runtime) -> int:
        """Work on one batch; return how many rows there were."""
        with runtime.database.write() as session:
            rows = leases.claim(
                session,
                self.model,
                now=now(session),
                limit=self.size,
                lease_seconds=self.lease_seconds,
            )
            session.commit()
        if rows:
            self._try(runtime, rows)
        return len(rows)

    def _try(self, runtime: Runtime, rows: Sequence[Held]) -> None:
        """Work on rows together, or on each alone, so that one bad row stops no other."""
        try:
            self.work(runtime, rows)
        except Exception as error:
            table = self.model.__tablename__
            if len(rows) > 1:
                log.warning(
                    "a batch failed", table=table, rows=len(rows), error=leases.shown(error)
                )
                for row in rows:
                    self._try(runtime, [row])
                return
            log.exception("a row failed", table=table, id=rows[0].id, attempt=rows[0].attempts)
            with runtime.database.write() as session:
                leases.retry(session, self.model, rows[0], error, now=now(session))
                session.commit()
