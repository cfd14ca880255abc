"""What other systems were told of a person: told to them, and what was answered forgotten."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.core.orm import table_of
from app.newsletters.models import Consent
from app.newsletters.webhooks.models import DELIVERED, WebhookDelivery, WebhookEndpoint

_table = table_of(WebhookDelivery)
_TOLD = (
    select(WebhookEndpoint.name.label("to"), Consent.what, WebhookDelivery.done_at.label("told_at"))
    .select_from(WebhookDelivery)
    .join(Consent, Consent.id == WebhookDelivery.consent_id)
    .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
    .where(Consent.person_id == bindparam("person"), WebhookDelivery.state == DELIVERED)
    .order_by(WebhookDelivery.id)
)
_FORGET = (
    update(_table)
    .where(
        _table.c.consent_id.in_(
            select(table_of(Consent).c.id).where(
                table_of(Consent).c.person_id == bindparam("person")
            )
        )
    )
    .values(answer=None)
)


def export(session: Session, person_id: int) -> Mapping[str, object]:
    """Return which other systems were told of a person, of what and when."""
    return {"passed_on": session.execute(_TOLD, {"person": person_id}).mappings().all()}


def erase(session: Session, person_id: int, now: datetime) -> None:  # noqa: ARG001 - as every eraser's
    """Forget what was answered about a person; what still waits is seen to when it is due."""
    session.connection().execute(_FORGET, {"person": person_id})
