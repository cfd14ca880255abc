"""Which cards were refused on our payment pages: nothing of the card, and nothing of its owner."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class Decline(Base):
    """A charge that failed on the page of a wish, once however often it is told of."""

    __tablename__ = "decline"
    __table_args__ = (Index("ix_decline_declined_at", "declined_at"),)

    charge_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    intent_id: Mapped[int] = mapped_column(ForeignKey("intent.id"))
    declined_at: Mapped[datetime]
