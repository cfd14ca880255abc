"""Tokens by which the newsroom's other systems use the API, and how often they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class ApiToken(Base):
    """What one system is allowed. Of the token itself only the SHA-256 is here."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiUse(Base):
    """How many calls one token, or one network, made in one minute; kept for a day.

    `caller` is `token:` with an id, or `network:` with a keyed hash.
    """

    __tablename__ = "api_use"
    __table_args__ = (Index("ix_api_use_minute", "minute"),)

    caller: Mapped[str] = mapped_column(String(80), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    times: Mapped[int]
