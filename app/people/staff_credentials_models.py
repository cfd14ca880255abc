"""What staff prove by who they are, and what is under way while they do.

Of what need not be read again only hashes are here; what an app on a telephone shares with us is
sealed by a key that is not in the database.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class StaffInvitation(Base):
    """A link by which somebody sets up how they sign in: at first, or after they lost it all.

    The link is derived from `name` and a key that is not here. It is used once what they sign in
    with is set up; a newer one ends it.
    """

    __tablename__ = "staff_invitation"
    __table_args__ = (Index("ix_staff_invitation_staff_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class StaffPasskey(Base):
    """A passkey of somebody's; `is_synced` is whether they have it on several devices."""

    __tablename__ = "staff_passkey"
    __table_args__ = (Index("ix_staff_passkey_staff_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    is_synced: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffCodeApp(Base):
    """What an app on somebody's telephone makes its codes by, sealed.

    It holds once a code of it has been typed (`confirmed_at`). `last_step` is the newest step of
    thirty seconds of which a code was taken: none of it or before it is taken again.
    """

    __tablename__ = "staff_code_app"
    __table_args__ = (Index("ix_staff_code_app_staff_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    sealed_secret: Mapped[str] = mapped_column(Text)
    last_step: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class StaffRecoveryCode(Base):
    """One of the codes on paper, for when telephone and passkey are lost; used once."""

    __tablename__ = "staff_recovery_code"
    __table_args__ = (UniqueConstraint("staff_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffChallenge(Base):
    """What one passkey was asked to sign, once: to come in, to prove anew, or to be added."""

    __tablename__ = "staff_challenge"
    __table_args__ = (Index("ix_staff_challenge_expires_at", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(16))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffEntry(Base):
    """A browser on its way in: one proof was given there, and another is wanted.

    It came by a mail (`mail`), by an invitation (`invitation`), or on a laptop by the link that a
    rehearsal prints (`rehearsal`). `wanted` is the page that was asked for first.
    """

    __tablename__ = "staff_entry"
    __table_args__ = (Index("ix_staff_entry_staff_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(16))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("staff_invitation.id"))
    wanted: Mapped[str | None] = mapped_column(String(500))
    wrong_codes: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StaffDevice(Base):
    """A browser in which somebody has been at the desk: none of theirs is told of twice."""

    __tablename__ = "staff_device"
    __table_args__ = (UniqueConstraint("staff_id", "token_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
