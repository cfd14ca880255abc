"""What the web shares between features: made here, bound in `create_app`."""

from collections.abc import Callable
from contextlib import suppress

import structlog
from flask import Flask, Request, current_app, g, request
from flask.sessions import NullSession, SessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from app.core.database import Database, is_deadlock
from app.core.languages import Catalogues

log = structlog.get_logger(__name__)

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestSession:
    """The database session of the present request, opened at its first use.

    A request that only reads gets a session that cannot write, on either database. One whose
    transaction PostgreSQL undid for another to go on is answered once more from its beginning, if
    nothing of it was committed or given back before.
    """

    def init_app(self, app: Flask, database: Database) -> None:
        """Bind to an application."""
        app.extensions["unwalled_database"] = database
        app.teardown_appcontext(lambda _error: self.release())
        app.dispatch_request = self._once_more(app.dispatch_request)  # type: ignore[method-assign] # what Flask calls

    @property
    def database(self) -> Database:
        """The application's database."""
        found: Database = current_app.extensions["unwalled_database"]
        return found

    @property
    def session(self) -> Session:
        """The request's session; views commit it, teardown rolls back what they did not."""
        if "session" not in g:
            reading = "committed" in g or request.method in READING_METHODS
            if not reading:  # a body that comes slowly must not find us holding the database
                with suppress(HTTPException):  # whoever reads it is told what is wrong with it
                    request.get_data(parse_form_data=True)
            g.session = self.database.new_session(reading=reading)
        session: Session = g.session
        return session

    @property
    def connection(self) -> Connection:
        """A connection of the request's own that cannot write, for pages that are read often.

        It costs a third of a session, which keeps track of what it has read.
        """
        if "connection" not in g:
            g.connection = self.database.reading_engine.connect()
        connection: Connection = g.connection
        return connection

    def commit(self) -> None:
        """Commit the request's session; what the page still reads, it reads without writing.

        On SQLite the next writer need not wait until the page is rendered.
        """
        self.session.commit()
        self.only_read()

    def only_read(self) -> None:
        """Have the request read from here on, though it posts: no writer waits for it."""
        self.release()
        g.committed = True

    def _once_more(
        self, answer: Callable[[], ResponseReturnValue]
    ) -> Callable[[], ResponseReturnValue]:
        def run() -> ResponseReturnValue:
            try:
                return answer()
            except OperationalError as error:
                if not is_deadlock(error) or "session" not in g or "released" in g:
                    raise
                log.warning("a deadlock: the request begins anew", endpoint=request.endpoint)
            self.release()
            for file in request.files.values():
                file.seek(0)
            return answer()

        return run

    def release(self) -> None:
        """Give back what the request holds of the database; what it did not commit is undone."""
        g.released = True
        for name in ("session", "connection"):
            opened = g.pop(name, None)
            if opened is not None:
                opened.close()


class OurBabel(Babel):  # type: ignore[misc] # the package is untyped
    """Flask-Babel over our own catalogues; what it says to set a domain by takes names only."""

    domain_instance = Catalogues()


class NoSessions(SessionInterface):
    """Readers have no session: no cookie is looked for, read or set."""

    def open_session(self, app: Flask, request: Request) -> NullSession:  # noqa: ARG002 - Flask's hook
        """Return a session that refuses to hold anything."""
        return NullSession()


db = RequestSession()
babel = OurBabel()
