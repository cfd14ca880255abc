"""Alembic's environment: migrations run on the database that the settings name."""

import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, text

from app.core.database import make_engine
from app.core.orm import LocalText, UtcDateTime
from app.core.settings import Settings, kept
from app.tables import metadata

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "60s"


SEARCHED_BY = "_search"
"""How indexes end that only PostgreSQL has, over expressions: models know nothing of them."""


def _ours(name: str | None, kind: str, _parents: Any) -> bool:  # noqa: ANN401 - Alembic's own
    """Tell whether a table is ours: the job engine keeps its own beside them."""
    if kind == "index":
        return not str(name).endswith(SEARCHED_BY)
    return kind != "table" or name in metadata.tables


def _plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write column types of ours as the plain ones: a migration must outlive the code."""
    plain = {UtcDateTime: "sa.DateTime(timezone=True)", LocalText: "sa.JSON()"}
    return plain.get(type(item), False) if kind == "type" else False


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        include_name=_ours,
        render_item=_plain_type,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Run on a connection handed over in the config, else on the settings' database."""
    handed = context.config.attributes.get("connection")
    if handed is not None:
        _run(handed)
        return
    settings = Settings.from_environment({**kept(), **os.environ})
    with make_engine(settings.database_url).connect() as connection:
        _run(connection)


main()
