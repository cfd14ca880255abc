"""Files that are prepared for staff to take away, and kept for seven days."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class PreparedExport(Base):
    """One file: what was asked for, how far it is, and where it lies until it is deleted.

    `kind` is `subscribers`, `everything`, `members` or `payments`; `wishes` narrows it. `total` is
    how many rows there were when it was asked for, `done` how many have been written. `stored`
    names it in the private folder, and is empty again once it is deleted.
    """

    __tablename__ = "prepared_export"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    wishes: Mapped[dict[str, Any]]
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    file_name: Mapped[str] = mapped_column(String(120))
    stored: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    ready_at: Mapped[datetime | None]
    stop_asked_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    failed: Mapped[str | None] = mapped_column(String(500))

    @property
    def state(self) -> str:
        """How far it is: `preparing`, `ready`, `deleted`, `stopped` or `failed`."""
        if self.deleted_at or self.failed:
            return "deleted" if self.deleted_at else "failed"
        if self.ready_at:
            return "ready"
        return "stopped" if self.stop_asked_at else "preparing"
