"""The campaign and the words of its asks."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base

STRIP, ARTICLE, HOME = "strip", "article", "home"
PLACES = (STRIP, ARTICLE, HOME)
"""Where readers are asked to join: atop every page, after an article, on the front page."""


class Campaign(Base):
    """A drive toward a goal.

    `amounts` is {currency: {interval: [minor units, ...]}}, the intervals being `monthly`,
    `yearly` and `once`. Readers see nothing of a draft, whatever its dates. `places` are those of
    `PLACES` where it asks.
    """

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[dict[str, str]]
    goal: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    amounts: Mapped[dict[str, Any]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    joining_opens_at: Mapped[datetime | None]
    reached_at: Mapped[datetime | None]
    is_draft: Mapped[bool] = mapped_column(default=False, server_default=false())
    places: Mapped[list[Any]] = mapped_column(
        default=lambda: list(PLACES), server_default=text("""'["strip", "article", "home"]'""")
    )


class Ask(Base):
    """The call to join as it reads at one milestone, in one language.

    Milestones: `under_half`, `over_half`, `last_tenth`, `reached`, `ended_short`, and `any` for
    when there is no copy for the milestone or the count is not known.
    """

    __tablename__ = "ask"
    __table_args__ = (UniqueConstraint("campaign_id", "milestone", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    milestone: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    strip: Mapped[str] = mapped_column(String(300))
    heading_before: Mapped[str] = mapped_column(String(200))
    heading_highlight: Mapped[str] = mapped_column(String(200))
    heading_after: Mapped[str] = mapped_column(String(200))
    first_paragraph: Mapped[str] = mapped_column(Text)
    second_paragraph: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(String(300))
