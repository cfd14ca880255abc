"""Revisions: what was written before, what changed since, and bringing it back."""

from dataclasses import asdict
from http import HTTPStatus

from flask import abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from app.articles import drafting
from app.articles.comparing import compared
from app.articles.drafting import HeldError, RevisionRead, Save, StaleDraftError, Words
from app.articles.editing_models import EditionRevision
from app.articles.models import Edition
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.desk.articles.saving import FIELDS, field_names
from app.desk.articles.sentences import revision_sentence
from app.desk.articles.web import bp, editor_url, moment_text, names_of, the_edition, write_down
from app.desk.chrome import desk_page
from app.desk.list_pages import list_page
from app.desk.listing import Cell, Column, Table
from app.desk.notices import tell
from app.extensions import db
from app.people.models import Person
from app.people.staff_models import Staff
from app.people.staff_sessions import at_the_desk


@localized(bp, "/desk/articles/<int:edition_id>/revisions/")
@access("editor")
def revisions(edition_id: int) -> ResponseReturnValue:
    """Show every text that was kept."""
    edition = the_edition(edition_id)
    return list_page(
        "desk/articles/revisions.html", _("Revisions"), _table(edition), edition=edition
    )


def _table(edition: Edition) -> Table:
    rows = (
        select(
            EditionRevision.number,
            EditionRevision.kind,
            EditionRevision.made_at,
            Person.name,
            func.length(EditionRevision.body).label("signs"),
        )
        .outerjoin(Staff, Staff.id == EditionRevision.staff_id)
        .outerjoin(Person, Person.id == Staff.person_id)
        .where(EditionRevision.edition_id == edition.id)
    )
    return Table(
        name=f"revisions-{edition.id}",
        rows=rows,
        key=EditionRevision.id,
        columns=(
            Column(
                "number",
                lambda: _("Revision"),
                lambda row: Cell(
                    _("No. %(number)d", number=row.number),
                    url_for(".revision", edition_id=edition.id, number=row.number),
                ),
                EditionRevision.number,
            ),
            Column(
                "made", lambda: _("When"), lambda row: row.made_at,
                EditionRevision.made_at,
            ),
            Column("by", lambda: _("By"), lambda row: row.name or "—", Person.name),
            Column("kind", lambda: _("Why it was kept"), lambda row: revision_sentence(row.kind),
                   EditionRevision.kind),
            Column("signs", lambda: _("Signs"), lambda row: str(row.signs),
                   func.length(EditionRevision.body), numeric=True),
        ),
        order="-number",
        empty=lambda: _("Nothing was kept yet: the first save keeps the text from before, too."),
        search=lambda words: func.lower(EditionRevision.body).contains(
            words.lower(), autoescape=True
        ),
        search_title=lambda: _("Words in the text"),
    )  # fmt: skip


@localized(bp, "/desk/articles/<int:edition_id>/revisions/<int:number>/")
@access("editor")
def revision(edition_id: int, number: int) -> ResponseReturnValue:
    """Show a text as it was, and what has changed from it to another."""
    edition = the_edition(edition_id)
    every = drafting.revisions(db.session, edition_id)
    found = next((one for one in every if one.number == number), None)
    if found is None:
        abort(404)
    draft = drafting.draft_of(db.session, edition)
    other = _other(every)
    after = other.words if other is not None else draft.words
    return desk_page(
        "desk/articles/revision.html",
        _("Revision %(number)d", number=number),
        edition=edition,
        number=number,
        version=draft.version,
        when=moment_text(found.made_at),
        who=names_of(db.session, [found.staff_id]).get(found.staff_id or 0, ""),
        kind=revision_sentence(found.kind),
        against=other.number if other is not None else 0,
        numbers=[one.number for one in every if one.number != number],
        changes=_changes(found.words, after),
        words=asdict(found.words),
        names=field_names(),
        is_now=found.words == draft.words,
    )


def _other(every: list[RevisionRead]) -> RevisionRead | None:
    wanted = request.args.get("with", "")
    return next((one for one in every if str(one.number) == wanted), None)


def _changes(before: Words, after: Words) -> list[tuple[str, object]]:
    old, new = asdict(before), asdict(after)
    return [(name, compared(old[name], new[name])) for name in FIELDS if old[name] != new[name]]


@localized(bp, "/desk/articles/<int:edition_id>/revisions/<int:number>/restore", methods=("POST",))
@access("editor")
def restore(edition_id: int, number: int) -> ResponseReturnValue:
    """Make an earlier text the draft again."""
    the_edition(edition_id)
    moment = now(db.session)
    version = request.form.get("builds_on", "")
    builds_on = int(version) if version.isdecimal() and len(version) < 10 else -1  # noqa: PLR2004 - a row's count of saves
    save = Save(Words(), builds_on, at_the_desk().staff_id, moment)
    answer = make_response(redirect(editor_url(edition_id), HTTPStatus.SEE_OTHER))
    try:
        drafting.restore(db.session, edition_id, number, save)
    except LookupError:
        abort(404)
    except (HeldError, StaleDraftError):
        return tell(answer, _("Somebody else has changed the draft. Look at it and try again."))
    write_down("article.restored", edition_id, moment, {"revision": number})
    db.commit()
    return tell(answer, _("The draft is what revision %(number)d was.", number=number))
