"""Lists, sign-up, confirmation, subscriptions and the record of consent."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.leases import Leased, due_index, parked_index
from app.core.orm import Base

STATES = ("pending", "confirmed", "unsubscribed", "bounced", "complained")


class Newsletter(Base):
    """A list that readers can join. An unlisted one has forms but no line on the page of lists.

    Its mails come in `sender_name`, the site's where it has none, and answers to them go to
    `reply_to`. One for members alone takes sign-ups like any other: who is no member is told so
    by mail.
    """

    __tablename__ = "newsletter"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]
    cadence: Mapped[dict[str, str]]
    language: Mapped[str] = mapped_column(String(8))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    position: Mapped[int]
    open: Mapped[bool] = mapped_column(default=True)
    listed: Mapped[bool] = mapped_column(default=True)
    welcomes: Mapped[bool] = mapped_column(default=False)
    members_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"))
    sender_name: Mapped[dict[str, str] | None]
    reply_to: Mapped[str | None] = mapped_column(String(254))


class ArticleForm(Base):
    """An article carries a form for a list, on its pages in one language."""

    __tablename__ = "article_form"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"), primary_key=True)
    position: Mapped[int]


class SectionForm(Base):
    """Articles of a section carry a form for a list, where none was chosen for the article."""

    __tablename__ = "section_form"

    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"), primary_key=True)
    position: Mapped[int]


class SignupRequest(Leased, Base):
    """What somebody typed into a form, before anything that depends on the address is done.

    `token_hash` names the waiting page of the browser that asked. `kind` is `signup`, `again`
    (send it once more), `corrected` (the address was wrong: `corrects_id` says in which request)
    or `trap` (a program filled the field that people do not see; nothing follows from it).
    `opened` tells the request that a confirmation was made for from those that joined it.
    `code_only` says that its mail is to carry no link.
    """

    __tablename__ = "signup_request"
    __table_args__ = (
        due_index("signup_request"),
        parked_index("signup_request"),
        Index("ix_signup_request_network_hash_created_at", "network_hash", "created_at"),
        Index("ix_signup_request_confirmation_id", "confirmation_id"),
        Index(
            "ix_signup_request_created_at_code_only",
            "created_at",
            postgresql_where=text("code_only"),
            sqlite_where=text("code_only"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16), default="signup")
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    lists: Mapped[list[Any]]
    language: Mapped[str] = mapped_column(String(8))
    from_path: Mapped[str | None] = mapped_column(String(300))
    form: Mapped[str] = mapped_column(String(16))
    network_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    confirmation_id: Mapped[int | None] = mapped_column(ForeignKey("confirmation.id"))
    corrects_id: Mapped[int | None]
    opened: Mapped[bool] = mapped_column(default=False)
    code_only: Mapped[bool] = mapped_column(default=False, server_default=false())


class Confirmation(Base):
    """An open question to one person: do you want these lists. One open at a time.

    The link and the code in its mails are derived from `name` and a key that is not here.
    `mailed_at` is when its first mail may leave; nothing if the caps held it back.
    """

    __tablename__ = "confirmation"
    __table_args__ = (
        Index(
            "uq_confirmation_person_id_open",
            "person_id",
            unique=True,
            postgresql_where=text("used_at IS NULL AND ended_at IS NULL"),
            sqlite_where=text("used_at IS NULL AND ended_at IS NULL"),
        ),
        Index("ix_confirmation_domain_created_at", "domain", "created_at"),
        Index("ix_confirmation_person_id", "person_id"),
        Index("ix_confirmation_mailed_at", "mailed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    domain: Mapped[str] = mapped_column(String(254))
    code_tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime]
    mailed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Subscription(Base):
    """A person's standing with one list; while it is paused nothing is sent, and it stays.

    It comes to the mailbox that the person proved last, or to that of `address_id`: of two people
    who turned out to be one, each list goes on to where it went.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("person_id", "newsletter_id"),
        Index(
            "ix_subscription_address_id",
            "address_id",
            postgresql_where=text("address_id IS NOT NULL"),
            sqlite_where=text("address_id IS NOT NULL"),
        ),
        Index("ix_subscription_newsletter_id_state", "newsletter_id", "state"),
        CheckConstraint(
            "state IN ('pending','confirmed','unsubscribed','bounced','complained')", name="state"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    state: Mapped[str] = mapped_column(String(16))
    from_path: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    address_id: Mapped[int | None] = mapped_column(
        ForeignKey("email_address.id", ondelete="SET NULL")
    )


class Consent(Base):
    """What a person agreed to or took back, once: rows are only ever added.

    Of what an import brought, `import_id` says which file and who vouched for it; `given_at` and
    `given_via` are when and by which way it was given in the system that the file is of.
    Of whoever was forgotten before they ever confirmed the fact stays, and nobody it belongs to.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_person_id", "person_id"),
        Index(
            "ix_consent_happened_at_network",
            "happened_at",
            postgresql_where=text("network_hash IS NOT NULL"),
            sqlite_where=text("network_hash IS NOT NULL"),
        ),
        Index("ix_consent_happened_at", "happened_at"),
        Index(
            "ix_consent_import_id",
            "import_id",
            postgresql_where=text("import_id IS NOT NULL"),
            sqlite_where=text("import_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    what: Mapped[str] = mapped_column(String(16))
    happened_at: Mapped[datetime]
    form: Mapped[str] = mapped_column(String(16))
    from_path: Mapped[str | None] = mapped_column(String(300))
    wording: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    network_hash: Mapped[str | None] = mapped_column(String(64))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber_import.id"))
    given_at: Mapped[datetime | None]
    given_via: Mapped[str | None] = mapped_column(String(200))
