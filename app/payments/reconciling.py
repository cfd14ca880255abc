"""Comparing all that Stripe has with all that we have, every night.

What differs is looked at again first, by the lane's own look: a word that was lost, or a change
under way, is no drift. Only what stands otherwise after that is counted, kept and shown.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any

import structlog

from app.core.clock import now
from app.core.jobs import enqueue
from app.core.settings import Settings
from app.core.work import Cron, Job, Payload, Runtime
from app.payments import drift, kinds, serving
from app.payments.drift import Difference
from app.payments.gateway import ForeignError, Gateway, NotFoundError
from app.payments.jobs import READS
from app.payments.looking import Asking, Handlers, PartError
from app.payments.looking_now import sync_now
from app.payments.parts import CHECKOUTS, PARTS, SUBSCRIPTIONS, Comparison, Part
from app.payments.sync import LEASE_SECONDS, Sync

JOB = "payments.reconcile"
BATCH = 100
LATELY = timedelta(days=400)
"""How far back invoices matter at night: a year's payment, its grace, and some weeks."""

EVER = datetime(2011, 1, 1, tzinfo=UTC)
"""Before there was anything at Stripe."""

PAGES_LATELY = timedelta(days=3)
log = structlog.get_logger(__name__)


def nightly() -> Cron:
    """Return the cron that begins a comparison every night; nothing while no key is set."""

    def run(runtime: Runtime) -> None:
        if not runtime.settings.stripe_key:
            return
        with runtime.database.write() as session:
            enqueue(session, JOB, {}, unique=JOB)
            session.commit()

    return Cron(JOB, "10 3 * * *", run)


def job(
    comparison: Comparison,
    handlers_of: Callable[[Settings], Handlers],
    gateway_of: Callable[[Settings], Gateway] = serving.gateway_of,
) -> Job:
    """Return the job that compares; while Stripe does not answer it is tried again."""

    def run(runtime: Runtime, _payload: Payload) -> None:
        settings = runtime.settings
        sync = Sync(runtime.database, gateway_of(settings), handlers_of(settings), READS)
        found = reconcile(sync, comparison)
        log.info("all was compared with Stripe", drift=len(found))

    return Job(JOB, run)


def reconcile(
    sync: Sync,
    comparison: Comparison,
    *,
    lately: timedelta | None = LATELY,
    watch: Callable[[int], None] = lambda _checked: None,
) -> tuple[Difference, ...]:
    """Compare everything and write down what it came to; return what differs for good.

    Args:
        sync: Our rows, Stripe, and the look that mends what is merely late.
        comparison: What our rows say.
        lately: How far back invoices, refunds and disputes are listed; None for ever.
        watch: Called with how many objects have been compared so far.

    Raises:
        GatewayError: Stripe did not tell all; nothing is said about the drift then.
    """
    with sync.database.write() as session:
        started = now(session)
        row_id = drift.begin(session, started)
        session.commit()
    round_ = _Round(sync, comparison, watch)
    round_.all_since(EVER if lately is None else started - lately)
    round_.pages_since(started - PAGES_LATELY)
    found = (*round_.found, *_count(sync, comparison))
    with sync.database.write() as session:
        drift.finish(session, row_id, round_.checked, found, now(session))
        comparison.changed(session)
        session.commit()
    return found


def look_at_all(
    sync: Sync, comparison: Comparison, watch: Callable[[int], None] = lambda _looked: None
) -> int:
    """Look at every object anew and write down what is seen; return how many there were.

    Raises:
        GatewayError: Stripe did not tell all. What was seen is written down.
    """
    with sync.database.read() as session:
        singles = comparison.singles(session)
        pages = comparison.pages(session, EVER)
    subscriptions = (one.id for one in sync.gateway.all_subscriptions())
    named = chain(
        ((kinds.SUBSCRIPTION, one) for one in subscriptions),
        ((kinds.PAYMENT, one) for one in singles),
        ((kinds.CHECKOUT, one) for one in pages),
    )
    looked = 0
    for looked, (kind, object_id) in enumerate(named, 1):
        _look(sync, kind, object_id)
        watch(looked)
    return looked


def _look(sync: Sync, kind: str, object_id: str) -> None:
    """Look at all of an object; a worker that died with it in its hands is waited out."""
    sync_now(replace(sync, anew=True), kind, object_id, LEASE_SECONDS + 5)


def _count(sync: Sync, comparison: Comparison) -> Iterable[Difference]:
    with sync.database.read() as session:
        return [Difference("count", "", what) for what in comparison.count(session)]


class _Round:
    """One comparison on its way."""

    def __init__(self, sync: Sync, comparison: Comparison, watch: Callable[[int], None]) -> None:
        self._sync = sync
        self._comparison = comparison
        self._watch = watch
        self.checked = 0
        self.found: list[Difference] = []

    def all_since(self, moment: datetime) -> None:
        """Compare what Stripe lists, and then what we have and it does not list."""
        for part in PARTS:
            ids = self._listed(part, part.listed(self._sync.gateway, moment))
            if part is SUBSCRIPTIONS:
                with self._sync.database.read() as session:
                    missing = self._comparison.unlisted(session, ids)
                self._named(SUBSCRIPTIONS, missing)

    def pages_since(self, moment: datetime) -> None:
        """Compare the checkouts of which no money is known."""
        with self._sync.database.read() as session:
            pages = self._comparison.pages(session, moment)
        self._named(CHECKOUTS, pages)

    def _listed(self, part: Part[Any, Any], listed: Iterable[Any]) -> set[str]:
        ids: set[str] = set()
        objects = iter(listed)
        while True:
            self._sync.pace.wait()
            batch = list(islice(objects, BATCH))
            if not batch:
                return ids
            ids.update(one.id for one in batch)
            for one, what in zip(batch, self._compare(part.compare, batch), strict=True):
                if what:
                    self._again(part, one.id, one)
            self._passed(len(batch))

    def _named(self, part: Part[Any, Any], ids: Iterable[str]) -> None:
        """Compare objects that we know by name."""
        for one in ids:
            self._again(part, one, None)
            self._passed(1)

    def _again(self, part: Part[Any, Any], object_id: str, seen: Any) -> None:  # noqa: ANN401 - any object
        """Look at what differs, and compare it once more: what differs still is drift."""
        if not self._differs(part, object_id, seen):
            return
        for kind, about in part.leads_to(object_id, seen):
            _look(self._sync, kind, about)
        what = self._differs(part, object_id, seen)
        if what:
            self.found.append(Difference(part.kind, object_id, what))

    def _differs(self, part: Part[Any, Any], object_id: str, seen: Any) -> str:  # noqa: ANN401 - any object
        """Fetch one object and compare it as it is now."""
        asking = Asking(self._sync.gateway, self._sync.pace.wait)
        try:
            fresh = part.anew(asking, object_id, seen)
        except NotFoundError:
            return "Stripe does not have it."
        except ForeignError:
            return "At Stripe it is none that we can have made."
        except PartError as error:
            return f"Stripe does not show all of it: {error}."
        return "" if fresh is None else self._compare(part.compare_anew, [fresh])[0]

    def _compare(self, name: str, batch: Sequence[Any]) -> Sequence[str]:
        compare = getattr(self._comparison, name)
        with self._sync.database.read() as session:
            said: Sequence[str] = compare(session, batch)
        return said

    def _passed(self, number: int) -> None:
        self.checked += number
        self._watch(self.checked)
