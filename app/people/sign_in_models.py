"""Signing in without a password: what was mailed, and who is signed in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.leases import Leased, due_index, parked_index
from app.core.orm import Base


class SignIn(Leased, Base):
    """One wish to sign in, answered in a lane: by a mail, or by nothing if nobody is known.

    `purpose` is `account`, or what else the link is for; `ref` is that feature's own word. The
    link works in the browser that asked (`browser_hash`), the code on its page.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        due_index("sign_in"),
        parked_index("sign_in"),
        Index("ix_sign_in_address_key_created_at", "address_key", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(16))
    ref: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class PersonSession(Base):
    """A browser in which somebody is signed in; of its cookie only the hash is kept."""

    __tablename__ = "person_session"
    __table_args__ = (Index("ix_person_session_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
