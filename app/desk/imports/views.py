"""Subscribers brought in from a file: brought, understood, foreseen, done, and taken back."""

from contextlib import closing
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.errors import OperatorError
from app.core.languages import gettext as _
from app.core.private_files import TooLargeError, keep
from app.core.routes import access, large_body, localized
from app.desk.asking import is_posted, who
from app.desk.chrome import desk_page
from app.desk.imports import tables
from app.desk.imports import words as import_words
from app.desk.imports.reading import is_zone, read_wishes, understanding
from app.desk.imports.reasons import REASONS
from app.desk.list_pages import list_page
from app.desk.moments import shown_moment
from app.desk.notices import tell
from app.extensions import db
from app.newsletters.imports import bringing, importing
from app.newsletters.imports.bringing import KIND, LARGEST_FILE
from app.newsletters.imports.columns import FIELDS
from app.newsletters.imports.encodings import ENCODINGS
from app.newsletters.imports.fates import SUBSCRIBES, Fate
from app.newsletters.imports.looking import Wishes
from app.newsletters.imports.models import SubscriberImport
from app.newsletters.imports.records import DELIMITERS
from app.newsletters.imports.systems import GRAVITY, SYSTEMS
from app.newsletters.imports.values import errors_csv
from app.newsletters.queries import read_lists
from app.people.acting import the_actor
from app.people.audit import Deed, record

bp = Blueprint("desk_imports", __name__)

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
AROUND = 64 << 10
"""What a form weighs beside the file in it."""

GOING_ON = frozenset({"reading", "applying", "undoing"})


@localized(bp, "/desk/imports/")
@access("membership")
def index() -> ResponseReturnValue:
    """List the files of subscribers that were brought in."""
    return list_page("desk/imports/index.html", _("Imports"), tables.past_imports())


@localized(bp, "/desk/imports/new/")
@access("membership")
def new() -> ResponseReturnValue:
    """Ask for a file of subscribers."""
    return new_page("")


def new_page(error: str, status: int = HTTPStatus.OK) -> Response:
    """Return the page that asks for a file of subscribers."""
    return desk_page(
        "desk/imports/new.html",
        _("Bring in subscribers"),
        status,
        error=error,
        action=url_for("desk_imports.bring"),
        largest=LARGEST_FILE >> 20,
        kind=KIND,
    )


@localized(bp, "/desk/imports/new/", methods=("POST",))
@large_body(LARGEST_FILE + AROUND)
@access("membership")
def bring() -> ResponseReturnValue:
    """Keep a file of subscribers; nothing of it is read yet."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return new_page(_("Please choose the file."), UNPROCESSABLE)
    try:
        with closing(given):
            kept = keep(the_settings(), KIND, given.stream, LARGEST_FILE)
    except TooLargeError:
        return new_page(_("The file is larger than %(most)s MB.", most=100), UNPROCESSABLE)
    moment = now(db.session)
    number = bringing.bring(db.session, kept, given.filename, who(), moment)
    after = {"file_hash": kept.sha256, "bytes": kept.size}
    record(db.session, the_actor(), Deed("import.brought", _about(number), after=after), moment)
    db.commit()
    return redirect(url_for("desk_imports.show", number=number), HTTPStatus.SEE_OTHER)


@localized(bp, "/desk/imports/<int:number>/")
@access("membership")
def show(number: int) -> ResponseReturnValue:
    """Show how far an import is, and what can be done with it."""
    return _page(the_import(number))


def _page(
    one: SubscriberImport,
    wishes: Wishes | None = None,
    errors: dict[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    if one.state in GOING_ON or one.done_by or one.state == "dropped":
        found = None
    else:
        found = understanding(the_settings(), one, wishes or Wishes.from_json(one.wishes))
    lists = [(each.slug, each.name(page_language())) for each in read_lists(db.session)]
    return desk_page(
        "desk/imports/show.html",
        one.file_name,
        status,
        one=one,
        found=found,
        errors=errors or {},
        lists=lists,
        choices=_choices(),
        words=import_words,
        counts=counts(one.effect if one.done_by else one.foreseen or {}),
        foreseen=subscribing(one.foreseen or {}),
        going_on=one.state in GOING_ON,
        waiting=bringing.waiting_rows(db.session, one.id) if one.done_by else 0,
        failed=REASONS.told(one.failed or ""),
        zone=tables.zone_name(),
        at=shown_moment,
    )


def _choices() -> dict[str, Any]:
    return {
        "fields": {name: words for name, words in import_words.fields().items() if name in FIELDS},
        "systems": {name: system.shown for name, system in SYSTEMS.items()},
        "encodings": ENCODINGS,
        "delimiters": {one: import_words.delimiters()[one] for one in DELIMITERS},
        "states": {one: import_words.subscription_states()[one] for one in GRAVITY},
    }


def counts(effect: dict[str, int]) -> list[tuple[str, int]]:
    """Return how many become what, in words."""
    words = import_words.fates()
    return [(words[fate], effect[fate]) for fate in Fate if effect.get(fate)]


def subscribing(effect: dict[str, int]) -> int:
    """Return how many become subscribed."""
    return sum(effect.get(fate, 0) for fate in SUBSCRIBES)


@localized(bp, "/desk/imports/<int:number>/read/", methods=("POST",))
@access("membership")
def read(number: int) -> ResponseReturnValue:
    """Have a file read as it was told, and foreseen what it would do."""
    one = the_import(number)
    wishes, says_lists = read_wishes(the_settings(), one, request.form)
    if not says_lists:
        asked = _("Please tick the newsletter that these people get.")
        return _page(one, wishes, {"list": asked}, UNPROCESSABLE)
    if not is_zone(wishes.zone):
        unknown = _("There is no such zone. It is written like Europe/Vilnius.")
        return _page(one, wishes, {"zone": unknown}, UNPROCESSABLE)
    try:
        bringing.ask_reading(db.session, the_settings(), one, wishes, now(db.session))
    except OperatorError as error:
        return _page(one, wishes, {"file": REASONS.told(str(error))}, UNPROCESSABLE)
    return done(one, "import.read", after={"lists": list(wishes.lists)})


@localized(bp, "/desk/imports/<int:number>/rows/")
@access("membership")
def rows(number: int) -> ResponseReturnValue:
    """List who would become what."""
    one = the_import(number)
    seen_at = importing.first_seen(db.session, one.file_hash)
    table = tables.fates(number, seen_at)
    return list_page("desk/imports/rows.html", _("Who would become what"), table, one=one)


@localized(bp, "/desk/imports/<int:number>/not-taken/")
@access("membership")
def not_taken(number: int) -> ResponseReturnValue:
    """List what of a file could not be taken, and why."""
    one = the_import(number)
    table = tables.problems(number)
    return list_page("desk/imports/not_taken.html", _("Rows that are not taken"), table, one=one)


@localized(bp, "/desk/imports/<int:number>/not-taken.csv")
@access("membership", fresh=True)
def not_taken_file(number: int) -> ResponseReturnValue:
    """Give the rows that could not be taken as a file that can be put right and brought again."""
    one = the_import(number)
    _write_down("import.errors-taken", one)

    def pieces() -> Any:  # noqa: ANN401 - texts
        with db.database.read() as session:
            yield from errors_csv(session, number)

    answer = Response(stream_with_context(pieces()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="not-taken-{number}.csv"'
    return answer


def done(
    one: SubscriberImport, what: str, notice: str = "", after: dict[str, Any] | None = None
) -> ResponseReturnValue:
    """Write down what was asked for, commit, and lead back to the import."""
    record(db.session, the_actor(), Deed(what, _about(one.id), after=after or {}), now(db.session))
    db.commit()
    answer = make_response(
        redirect(url_for("desk_imports.show", number=one.id), HTTPStatus.SEE_OTHER)
    )
    return tell(answer, notice) if notice else answer


def _write_down(what: str, one: SubscriberImport) -> None:
    with db.database.write() as session:
        record(session, the_actor(), Deed(what, _about(one.id)), now(session))
        session.commit()


def refused(one: SubscriberImport, error: OperatorError) -> Response:
    """Say on the page of an import why nothing was done."""
    db.session.rollback()
    return _page(the_import(one.id), None, {"file": REASONS.told(str(error))}, HTTPStatus.CONFLICT)


def the_import(number: int) -> SubscriberImport:
    """Return an import, held while it is changed; or answer that there is none."""
    return db.session.get(SubscriberImport, number, with_for_update=is_posted()) or abort(
        HTTPStatus.NOT_FOUND
    )


def _about(number: int) -> str:
    return f"import:{number}"
