"""A newsroom of its own for tests that click at the desk: an application in this very process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.people import staff_sessions
from tests.conftest import make_settings, prepare


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Flask, Database]]:
    """Serve a newsroom on a port of its own; yield its address, application and database."""
    url = f"sqlite:///{folder}/desk.sqlite3"
    prepare(url)
    database = Database(url)
    app = compose(make_settings(url, folder, LOG_LEVEL="error"), database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}", app, database
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        database.dispose()


def seat(database: Database, staff_id: int) -> str:
    """Sign a member of staff in; return what their browser's cookie holds."""
    with database.write() as session:
        token = staff_sessions.start(session, staff_id, "Chromium", now(session))
        session.commit()
    return token
