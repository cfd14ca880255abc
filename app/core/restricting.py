"""A role of PostgreSQL for web and workers that can do all they need, and not touch the audit log.

Whoever owns the tables can do anything to them, so the application must not run as their owner:
migrations do, and everything else runs as a role that was made for it.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import OperatorError

ONLY_ADDED = ("audit_entry",)
"""Tables whose rows are added and read, and nothing else."""

ENGINE_SCHEMA = "dbos"

_GRANTS = """
GRANT USAGE ON SCHEMA {schema} TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema}
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT EXECUTE ON FUNCTIONS TO {role};
"""
_TAKEN_BACK = """
REVOKE CREATE ON SCHEMA {schema} FROM {role};
REVOKE ALL ON {table} FROM PUBLIC, {role};
GRANT SELECT, INSERT ON {table} TO {role};
"""


def statements(session: Session, role: str) -> list[str]:
    """Return what is said to the database, as its owner, so that a role is restricted."""
    quote = session.get_bind().dialect.identifier_preparer.quote_identifier
    schema = quote(str(session.scalar(text("SELECT current_schema()"))))
    names = {"role": quote(role)}
    granted = [_GRANTS.format(schema=one, **names) for one in (schema, ENGINE_SCHEMA)]
    taken = [
        _TAKEN_BACK.format(schema=schema, table=f"{schema}.{quote(table)}", **names)
        for table in ONLY_ADDED
    ]
    return [one.strip() for one in "".join((*granted, *taken)).split(";") if one.strip()]


def restrict(database: Database, role: str) -> None:
    """Give a role what web and workers need, and of the audit log only to add and to read.

    Args:
        database: Opened as the tables' owner.
        role: There already, and no owner of anything.

    Raises:
        OperatorError: SQLite, or no such role, or one that the database cannot restrict.
    """
    if database.is_sqlite:
        raise OperatorError("SQLite knows no roles: whoever can write its file can change it all.")
    with database.write() as session:
        _refuse_role(session, role)
        for statement in statements(session, role):
            session.connection().exec_driver_sql(statement)
        session.commit()


_ROLE = text("""
SELECT rolsuper, rolname = current_user AS is_owner,
  pg_has_role(rolname, current_user, 'MEMBER') AS is_member
FROM pg_roles WHERE rolname = :role
""")


def _refuse_role(session: Session, role: str) -> None:
    found = session.execute(_ROLE, {"role": role}).one_or_none()
    if found is None:
        raise OperatorError(
            f"There is no role {role}: make it, CREATE ROLE {role} LOGIN PASSWORD '...', and run "
            "this again."
        )
    if found.is_owner:
        raise OperatorError(
            f"{role} is the role that this command runs as, which owns the tables: name another."
        )
    if found.rolsuper or found.is_member:
        raise OperatorError(
            f"{role} is a superuser or may become the tables' owner, so nothing can be kept from "
            "it: name a role of its own."
        )
