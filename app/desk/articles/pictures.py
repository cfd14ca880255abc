"""Pictures: dropped or chosen, each with words for whoever cannot see it."""

from dataclasses import replace
from http import HTTPStatus

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from app.articles import arranging, facts
from app.articles.arranging import PictureFacts
from app.articles.models import Article, Edition
from app.articles.picture_intake import MOST_BYTES, one_line, take_in
from app.articles.pictures import PictureTexts
from app.core.answering import the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.routes import access, large_body, localized
from app.desk.articles.web import bp, editor_url, sent_file, the_edition, write_down
from app.desk.chrome import desk_page
from app.desk.notices import tell
from app.extensions import db

LARGEST = MOST_BYTES + 64 * 1024
HERO = "hero"
TEXTS = ("alt", "caption", "credit")


@localized(bp, "/desk/articles/<int:edition_id>/picture/", methods=("POST",))
@access("editor")
@large_body(LARGEST)
def add_picture(edition_id: int) -> ResponseReturnValue:
    """Take a picture in: for the text, or for the head of the article."""
    edition = the_edition(edition_id)
    language = edition.language
    typed = {name: one_line(request.form.get(name, "")) for name in TEXTS}
    texts = PictureTexts(*({language: text} if text else {} for text in typed.values()))
    try:
        taken = take_in(*sent_file("picture"), the_settings().media_dir, texts)
    except FieldError as error:
        return _refused(edition, typed, error)
    return _added(edition, taken)


def _refused(edition: Edition, typed: dict[str, str], error: FieldError) -> ResponseReturnValue:
    if _is_script():
        said = {"field": error.field, "text": error.message}
        return said, HTTPStatus.UNPROCESSABLE_ENTITY
    return desk_page(
        "desk/articles/picture.html",
        _("A picture"),
        HTTPStatus.UNPROCESSABLE_ENTITY,
        edition=edition,
        values={**typed, "use": request.form.get("use", "")},
        errors={error.field: error.message},
        most_megabytes=MOST_BYTES // (1024 * 1024),
    )


def _is_script() -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _added(edition: Edition, taken: PictureFacts) -> ResponseReturnValue:
    moment = now(db.session)
    arranging.save_picture(db.session, taken)
    is_hero = request.form.get("use") == HERO
    if is_hero:
        article = db.session.get_one(Article, edition.article_id)
        present = facts.facts_of(db.session, article)
        wanted = replace(present, hero=taken.key)
        facts.change(db.session, article.id, wanted, facts.mark_of(present))
    write_down("article.picture-added", edition.id, moment, {"picture": taken.key, "hero": is_hero})
    alt = taken.alt[edition.language].replace("[", "(").replace("]", ")")
    line = "" if is_hero else f"![{alt}](/media/{taken.wide_file})"
    said = (
        _("The picture stands at the head of the article.")
        if is_hero
        else _("The picture is taken in. Put this line where it belongs: %(line)s", line=line)
    )
    answer = make_response(redirect(editor_url(edition.id), HTTPStatus.SEE_OTHER))
    db.commit()
    if _is_script():
        return {"markdown": line, "text": said}
    return tell(answer, said)
