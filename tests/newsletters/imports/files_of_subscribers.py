"""Files of subscribers as other systems write them, and their import, for tests."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.mail.models import Suppression
from app.mail.suppression import address_hash
from app.newsletters.imports import importing
from app.newsletters.imports.files import opened
from app.newsletters.imports.importing import Report
from app.newsletters.imports.looking import Wishes, look
from app.newsletters.imports.values import RowError, errors
from app.newsletters.models import Newsletter, Subscription
from app.people.models import EmailAddress

MAILCHIMP = (
    "Email Address", "First Name", "Last Name", "MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP",
    "CONFIRM_TIME", "CONFIRM_IP", "LATITUDE", "LONGITUDE", "GMTOFF", "DSTOFF", "TIMEZONE", "CC",
    "REGION", "LAST_CHANGED", "LEID", "EUID", "NOTES", "TAGS",
)  # fmt: skip
UNSUBSCRIBED = (
    *MAILCHIMP[:8], "UNSUB_TIME", "UNSUB_CAMPAIGN_TITLE", "UNSUB_CAMPAIGN_ID", "UNSUB_REASON",
    "UNSUB_REASON_OTHER", "LEID", "EUID", "NOTES", "TAGS",
)  # fmt: skip
CLEANED = (
    *MAILCHIMP[:8], "CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", "CLEAN_CAMPAIGN_ID", "LEID", "EUID",
    "NOTES", "TAGS",
)  # fmt: skip
SUBSTACK = (
    "email", "active_subscription", "expiry", "plan", "email_disabled", "created_at",
    "first_payment_at",
)  # fmt: skip
GHOST = (
    "id", "email", "name", "note", "subscribed_to_emails", "complimentary_plan",
    "stripe_customer_id", "created_at", "deleted_at", "labels", "tiers",
)  # fmt: skip
LISTMONK = ("uuid", "email", "name", "attributes", "status", "created_at", "updated_at")

DAILY = Wishes(lists=("daily",))


def table(titles: Sequence[str], *rows: dict[str, str]) -> str:
    """Return a table as CSV; what a row does not say is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, titles, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def plain(*addresses: str) -> str:
    """Return a table of addresses alone."""
    return table(["email"], *({"email": one} for one in addresses))


def archive(path: Path, **texts: str) -> Path:
    """Write an archive of CSV files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in texts.items():
            out.writestr(f"{name}.csv", text)
    return path


@dataclass
class Moving:
    """A newsroom that files are brought to."""

    database: Database
    settings: Settings
    folder: Path
    lists: dict[str, int] = field(default_factory=dict)

    def file(self, text: str, name: str = "subscribers.csv", encoding: str = "utf-8") -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        return path

    def read(self, path: Path, wishes: Wishes = DAILY) -> int:
        """Read a file without applying it; return the import's id."""
        with opened(path, wishes.encoding) as source, importing.running(self.database):
            tables = look(source, wishes)
            with self.database.write() as session:
                import_id, _again = importing.start_import(
                    session, source, tables, wishes, now(session)
                )
                session.commit()
            watch = lambda _read, _records: None  # noqa: E731 - nobody looks
            importing.read_file(self.database, self.settings, import_id, tables, wishes, watch)
        return import_id

    def foresee(self, path: Path, wishes: Wishes = DAILY) -> Report:
        """Return what a file would do."""
        return self.report(self.read(path, wishes))

    def bring(self, path: Path | str, wishes: Wishes = DAILY) -> Report:
        """Import a file, or a text as one."""
        found = self.file(path) if isinstance(path, str) else path
        import_id = self.read(found, wishes)
        self.apply(import_id)
        return self.report(import_id)

    def apply(self, import_id: int) -> None:
        """Vouch for what was read, and apply it."""
        with self.database.write() as session:
            importing.vouch(session, import_id, "Vira")
            session.commit()
        with importing.running(self.database):
            importing.apply_import(self.database, import_id)

    def report(self, import_id: int) -> Report:
        """Return what an import did, or would do."""
        with self.database.read() as session:
            return importing.report(session, import_id)

    def errors(self, path: Path, wishes: Wishes = DAILY) -> list[RowError]:
        """Return what cannot be taken of a file."""
        import_id = self.read(path, wishes)
        with self.database.read() as session:
            return list(errors(session, import_id))

    def states(self, slug: str = "daily") -> dict[str, str]:
        """Return the state of each address with a list."""
        return {key: one.state for key, one in self.subscriptions(slug).items()}

    def subscriptions(self, slug: str = "daily") -> dict[str, Subscription]:
        """Return each address's subscription of a list."""
        of_list = (
            select(EmailAddress.key, Subscription)
            .join(Subscription, Subscription.person_id == EmailAddress.person_id)
            .join(Newsletter, Newsletter.id == Subscription.newsletter_id)
            .where(Newsletter.slug == slug)
        )
        with self.database.read() as session:
            return {row.key: row.Subscription for row in session.execute(of_list)}

    def suppressed(self, *keys: str) -> dict[str, str]:
        """Return why nothing is sent to these addresses, of those that are suppressed."""
        by_hash = {address_hash(self.settings, key): key for key in keys}
        with self.database.read() as session:
            rows = session.execute(select(Suppression.address_hash, Suppression.reason))
            return {by_hash[row[0]]: row[1] for row in rows if row[0] in by_hash}

    def all_of(self, model: type[Any]) -> list[Any]:
        """Return the rows of a table."""
        with self.database.read() as session:
            return list(session.scalars(select(model)))
