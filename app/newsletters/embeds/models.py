"""Other sites that may carry a form of ours."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class EmbedSite(Base):
    """Another site, by the name that its sign-ups are counted under.

    `lists` are the ids of those it may offer; none stand for every list that is open.
    """

    __tablename__ = "embed_site"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    lists: Mapped[list[Any]]
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class EmbedOrigin(Base):
    """An origin of a site, as browsers send it (RFC 6454, 6.2). It belongs to one site."""

    __tablename__ = "embed_origin"
    __table_args__ = (Index("ix_embed_origin_site_id", "site_id"),)

    origin: Mapped[str] = mapped_column(String(300), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("embed_site.id"))
