"""The lanes of links to settings and of changes of address, and the cron that forgets."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.core import leases
from app.core.batches import Batches
from app.core.bell import ring
from app.core.clock import now
from app.core.lease_sql import Model
from app.core.leases import Held
from app.core.settings import Settings
from app.core.work import Cron, Lane, Runtime
from app.newsletters.preferences import address_changes, address_changing, links
from app.newsletters.preferences.models import AddressChange, SettingsLink

LINKS, ADDRESSES = "settings-links", "address-changes"
BATCH = 50

Answer = Callable[[Session, Settings, Sequence[Held], datetime], int]


def _batches(model: Model, answer: Answer) -> Batches:
    def work(runtime: Runtime, rows: Sequence[Held]) -> None:
        with runtime.database.write() as session:
            moment = now(session)
            mails = answer(session, runtime.settings, rows, moment)
            if leases.mark_done(session, model, rows, now=moment) < len(rows):
                return  # the lease ran out, and another worker has them
            if mails:
                ring(session, "mail")
            session.commit()

    return Batches(model, work, BATCH)


_LINKS = _batches(
    SettingsLink,
    lambda session, _settings, rows, moment: links.answer(session, rows, moment),
)
_ADDRESSES = _batches(AddressChange, address_changing.answer)


def lanes() -> tuple[Lane, ...]:
    """Return both lanes."""
    return _LINKS.lane(LINKS), _ADDRESSES.lane(ADDRESSES)


def drain(runtime: Runtime) -> int:
    """Work on one batch of each; return how many rows there were."""
    return _LINKS.drain(runtime) + _ADDRESSES.drain(runtime)


def forgetting() -> Cron:
    """Return the cron that ends changes of address for good, every night."""

    def run(runtime: Runtime) -> None:
        with runtime.database.write() as session:
            address_changes.finish(session, now(session))
            session.commit()

    return Cron("newsletters.addresses", "50 3 * * *", run)
