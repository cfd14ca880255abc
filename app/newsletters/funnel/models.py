"""How many saw a form, asked, confirmed and left: one row a day, list, page and form."""

from datetime import date

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class FunnelDay(Base):
    """Numbers of one day of the newsroom's zone, without anything of the people behind them.

    `from_path` is the page of the form: a path of ours, `site/path` of another site, or empty.
    `seen` is added to as it happens; the rest is counted from the rows of what happened, again and
    again while the day is open, and stays once those rows may be gone (`funnel_counting`).
    """

    __tablename__ = "funnel_day"

    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    from_path: Mapped[str] = mapped_column(String(300), primary_key=True)
    form: Mapped[str] = mapped_column(String(16), primary_key=True)
    seen: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    asked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    accepted: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    confirmed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    unsubscribed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
