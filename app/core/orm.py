"""The base of every table, and the column types that both databases keep alike."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, Table, TypeDecorator
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware and in UTC in Python, `timestamptz` or comparable text in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone, which would mean something else on each machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a moment needs a zone: {value!r}"
            raise ValueError(msg)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give every moment back aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class LocalText(TypeDecorator[dict[str, str]]):
    """The same short text in several languages: `{"en": "Economy", "uk": "Економіка"}`."""

    impl = JSON
    cache_ok = True


BigId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Every table of ours."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own name and shape
        datetime: UtcDateTime,
        dict[str, str]: LocalText,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        int: BigId,
    }


def in_language(texts: dict[str, str] | None, language: str) -> str:
    """Return the text in `language`, else in English, else empty."""
    if not texts:
        return ""
    return texts.get(language) or texts.get("en", "")


def table_of(model: type[DeclarativeBase]) -> Table:
    """Return the table of a mapped class, for statements that bypass the mapping."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - a mapped class of ours is one table
    return table


def insert_for(session: Session) -> Any:  # noqa: ANN401 - either dialect's insert
    """Return the insert of the session's database, which knows what to do on a conflict."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert if is_sqlite else postgresql.insert
