"""A person's story as CSV: every line that the page would show, page after page."""

from collections.abc import Iterator

from flask import Response, stream_with_context
from flask.typing import ResponseReturnValue

from app.core.clock import now
from app.core.database import Database, one_snapshot
from app.core.spreadsheets import csv_text
from app.desk.door.doors import not_fresh
from app.desk.people.kinds import Who
from app.desk.people.lines import Speech
from app.desk.people.sentences import line
from app.desk.people.timeline import timeline
from app.extensions import db
from app.people.acting import the_actor
from app.people.audit import Deed, record
from app.people.staff_sessions import at_the_desk

COLUMNS = ("at", "kind", "what", "detail", "text")


def story_file(who: Who, kinds: list[str], speech: Speech, name: str) -> ResponseReturnValue:
    """Return the story as a file to whoever proved lately who they are; that is written down."""
    if not at_the_desk().is_fresh:
        return not_fresh()
    db.release()
    with db.database.write() as session:
        deed = Deed("story.exported", f"person:{who.person_id}", who.person_id)
        record(session, the_actor(), deed, now(session))
        session.commit()
    rows = stream_with_context(_rows(db.database, who, kinds, speech))
    answer = Response(rows, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="story-{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _rows(database: Database, who: Who, kinds: list[str], speech: Speech) -> Iterator[str]:
    with database.read() as session:
        one_snapshot(session)
        yield csv_text([COLUMNS])
        page = timeline(session, who, kinds)
        while True:
            said = ((one, line(speech, one)) for one in page.happenings)
            yield csv_text(
                [one.place.at.isoformat(), one.kind, its.title, its.detail, its.text]
                for one, its in said
            )
            if page.older is None:
                return
            page = timeline(session, who, kinds, page.older)
