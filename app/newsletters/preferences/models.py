"""Links to all settings of a person, and changes of their address."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.leases import Leased, due_index, parked_index
from app.core.orm import Base


class SettingsLink(Leased, Base):
    """A wish for the link to all settings: answered in a lane, by a mail or by nothing.

    `person_id` is whose mail carried the button, or, once it is answered, whose settings the link
    opens. `address_key` is what somebody typed, or, once it is answered, where the mail goes; of
    a wish that no mail answers neither is kept. The link is derived from `name` and a key that is
    not here.
    """

    __tablename__ = "settings_link"
    __table_args__ = (
        due_index("settings_link"),
        parked_index("settings_link"),
        Index("ix_settings_link_person_id_created_at", "person_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address_key: Mapped[str | None] = mapped_column(String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AddressChange(Leased, Base):
    """Somebody wants their mail to another address: asked, confirmed there, told to the old one.

    `token_hash` belongs to the link that goes to the new address, `undo_hash` to the one that
    goes to the old one, `old_key`: that by which the person's settings were opened.
    """

    __tablename__ = "address_change"
    __table_args__ = (
        due_index("address_change"),
        parked_index("address_change"),
        Index("ix_address_change_person_id_created_at", "person_id", "created_at"),
        Index("ix_address_change_address_key_created_at", "address_key", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    undo_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    old_key: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    code_tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
