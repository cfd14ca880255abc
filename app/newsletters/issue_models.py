"""Issues: what was written for a list, and to whom each was sent."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class Issue(Base):
    """One mailing of a newsletter, in its language.

    `state` is draft, scheduled, published or withdrawn. A scheduled issue appears in the archive
    when `published_at` comes; nothing has to run for it.
    """

    __tablename__ = "issue"
    __table_args__ = (
        UniqueConstraint("newsletter_id", "slug"),
        Index("ix_issue_newsletter_id_published_at", "newsletter_id", "published_at"),
        CheckConstraint("state IN ('draft','scheduled','published','withdrawn')", name="state"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="dated"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    slug: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(200))
    preheader: Mapped[str] = mapped_column(String(300))
    body_markdown: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]


class IssueSend(Base):
    """The send ledger: one issue to one person, once.

    `state` is waiting, sending, sent, failed or uncertain: a lease that ran out while sending
    leaves a row uncertain, and nothing is sent again before somebody says so. `message_id` names
    the mail for good, so that a repeat can be recognised.
    """

    __tablename__ = "issue_send"
    __table_args__ = (
        UniqueConstraint("issue_id", "person_id"),
        Index("ix_issue_send_issue_id_state", "issue_id", "state"),
        Index("ix_issue_send_person_id", "person_id"),
        CheckConstraint("state IN ('waiting','sending','sent','failed','uncertain')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    lease: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None]
    smtp_code: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
