"""One PostgreSQL database for all the tests of a process, as good as new for each.

Making a database copies some five hundred files, and dropping it deletes them: more work than most
tests are. What a test wrote is taken out instead; a database whose shape it changed is made anew.
"""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text

LARGE = 512 * 1024
"""Bytes of a table from which it is emptied as a whole, with whatever refers to it."""

_TABLES = text(
    "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
)
_SHAPE = text(
    "SELECT md5(string_agg(concat_ws(' ', c.oid, c.relname, c.relkind, c.relnatts, c.relchecks,"
    " c.relhastriggers, c.relacl), ',' ORDER BY c.oid)), "
    "(SELECT md5(string_agg(concat_ws(' ', oid, tgenabled), ',' ORDER BY oid)) FROM pg_trigger), "
    "(SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
    " WHERE d.datname = current_database()) "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
)
_SEND_AWAY = text(
    "SELECT count(pg_terminate_backend(pid, 2000)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SEQUENCES = text(
    "SELECT format('%I.%I', schemaname, sequencename), last_value, start_value FROM pg_sequences"
)
_REWIND = text("SELECT setval(CAST(:name AS regclass), :value, :used)")


class Scrubbed:
    """A database that is given out again and again."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine: Engine = create_engine(url, isolation_level="AUTOCOMMIT")
        self._open: Connection = self._engine.connect()
        self._shape = self._seen()
        self._tables = list(self._open.scalars(_TABLES))
        self._written = text(
            " UNION ALL ".join(
                f"SELECT '{name}', pg_relation_size('{name}') WHERE EXISTS (SELECT FROM {name})"  # noqa: S608 - names of its own
                for name in self._tables
            )
        )
        self._first = {name: self._rows(name) for name, _size in self._open.execute(self._written)}
        self._numbers = set(self._open.execute(_SEQUENCES).all())

    def scrub(self) -> bool:
        """Take out all that was written; False if its shape is another by now."""
        self._open.execute(_SEND_AWAY)
        if self._seen() != self._shape:
            return False
        self._open.exec_driver_sql("SET session_replication_role = replica")  # no trigger stirs
        found: dict[str, int] = {row[0]: row[1] for row in self._open.execute(self._written)}
        if any(size > LARGE for size in found.values()):
            self._open.exec_driver_sql(f"TRUNCATE {', '.join(self._tables)}")
        else:
            for name in found:
                self._open.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 - as above
        for name, rows in self._first.items():
            self._put(name, rows)
        self._rewind()
        return True

    def _rewind(self) -> None:
        """Let every number be given out as it was at first."""
        moved = {one.format for one in self._open.execute(_SEQUENCES) if one not in self._numbers}
        for name, last, start in (one for one in self._numbers if one[0] in moved):
            value = {"name": name, "value": last or start, "used": last is not None}
            self._open.execute(_REWIND, value)

    def close(self) -> None:
        """Let go of the database."""
        self._open.close()
        self._engine.dispose()

    def _seen(self) -> tuple[Any, ...]:
        return tuple(self._open.execute(_SHAPE).one())

    def _rows(self, name: str) -> str:
        asked = text(f"SELECT json_agg(t)::text FROM {name} t")  # noqa: S608 - a name of its own
        return str(self._open.scalar(asked))

    def _put(self, name: str, rows: str) -> None:
        put = f"INSERT INTO {name} SELECT * FROM json_populate_recordset(NULL::{name}, :rows)"  # noqa: S608 - a name of its own
        self._open.execute(text(put), {"rows": rows})
