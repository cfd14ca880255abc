"""What was written to a person lately, so that nobody is written to without an end."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.mail.models import OutgoingMail


def written_since(session: Session, person_id: int, template: str, since: datetime) -> int:
    """Return how many mails of a kind concerned a person since a moment, sent or still to go."""
    asked = select(func.count()).where(
        OutgoingMail.person_id == person_id,
        OutgoingMail.created_at > since,
        OutgoingMail.template == template,
    )
    return session.scalar(asked) or 0
