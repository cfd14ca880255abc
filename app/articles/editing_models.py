"""What editors have before them and readers do not: drafts, revisions, locks, notes, links."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class Written:
    """The words of an edition, as somebody wrote them: finished or not."""

    headline: Mapped[str] = mapped_column(Text)
    dek: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    related: Mapped[str] = mapped_column(String(80))


class EditionDraft(Written, Base):
    """The text that is being worked on; readers see it once it is published.

    `version` moves with every save: a save names the one it builds on, or is refused.
    """

    __tablename__ = "edition_draft"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    version: Mapped[int]
    changed_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class EditionRevision(Written, Base):
    """The text as it was at a moment. `kind` says why it was kept: see `drafting`."""

    __tablename__ = "edition_revision"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class EditionLock(Base):
    """Who has an edition open for writing.

    `held_until` goes by the database's own clock: an open page moves it, a closed one lets it pass.
    """

    __tablename__ = "edition_lock"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    taken_at: Mapped[datetime]
    held_until: Mapped[datetime]


class Correction(Base):
    """What was wrong in an article, said to its readers, and when it was put right."""

    __tablename__ = "correction"
    __table_args__ = (Index("ix_correction_edition_id", "edition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    note: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class PreviewLink(Base):
    """A way for somebody outside to read a draft for some days. `label` says for whom it is.

    Of the link's secret only the hash is kept. With `under_embargo` it opens before the embargo
    ends: whoever has it has promised to keep to it.
    """

    __tablename__ = "preview_link"
    __table_args__ = (Index("ix_preview_link_edition_id", "edition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    under_embargo: Mapped[bool] = mapped_column(default=False, server_default=false())
    made_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
