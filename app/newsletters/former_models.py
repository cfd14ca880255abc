"""Slugs that lists had: what was printed, linked or mailed with them goes on working."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class FormerListSlug(Base):
    """A slug that a list had; its addresses lead to the present one, its forms still sign up."""

    __tablename__ = "former_list_slug"
    __table_args__ = (Index("ix_former_list_slug_newsletter_id", "newsletter_id"),)

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    changed_at: Mapped[datetime]
