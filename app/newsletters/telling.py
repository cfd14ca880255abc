"""The bell of webhooks: rung by whatever adds to the record of consent, if any system listens.

Nobody has to ring it: the lane's fallback finds within fifteen seconds what was not told.
"""

import time
import weakref

from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from app.core.bell import ring
from app.newsletters.webhooks.models import WebhookEndpoint

LANE = "webhooks"
KEPT_SECONDS = 5.0

_LISTENS = select(exists().where(WebhookEndpoint.disabled_at.is_(None)))
_kept: weakref.WeakKeyDictionary[Engine, tuple[float, bool]] = weakref.WeakKeyDictionary()


def tell(session: Session) -> None:
    """Have webhooks delivered soon after this session's commit.

    Whether any system listens is asked of the database every few seconds at most.
    """
    engine = session.get_bind().engine
    until, listens = _kept.get(engine, (0.0, False))
    present = time.monotonic()
    if until < present:
        listens = bool(session.scalar(_LISTENS))
        _kept[engine] = (present + KEPT_SECONDS, listens)
    if listens:
        ring(session, LANE)
