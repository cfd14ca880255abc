"""What is pasted or brought in from a word processor."""

from dataclasses import replace
from http import HTTPStatus

from flask import make_response, redirect
from flask.typing import ResponseReturnValue

from app.articles import drafting, pasting
from app.articles.drafting import SAVED, HeldError, StaleDraftError
from app.core.answering import page_language
from app.core.clock import now
from app.core.languages import gettext as _
from app.core.languages import translations
from app.core.routes import access, large_body, localized
from app.desk.articles.saving import kept
from app.desk.articles.web import bp, editor_url, sent_file, the_edition
from app.desk.notices import tell
from app.extensions import db

LARGEST = 8 * 1024 * 1024
UTF_8, WINDOWS = "utf-8-sig", "windows-1251"


@localized(bp, "/desk/articles/pasted", methods=("POST",))
@access("editor")
@large_body(LARGEST)
def pasted() -> ResponseReturnValue:
    """Return what the clipboard holds as Markdown; for the script of the editor."""
    db.only_read()
    found = pasting.from_html(_html())
    return {"markdown": found.markdown, "text": _left_behind(found.pictures)}


def _html() -> str:
    """Return the document that was sent; Word saves Ukrainian the Windows way if it is left to."""
    data, _name = sent_file("document")
    if b"charset=windows-1251" in data[:2000].lower():
        return data.decode(WINDOWS, "replace")
    return data.decode(UTF_8, "replace")


def _left_behind(pictures: int) -> str:
    if not pictures:
        return ""
    said = translations(page_language()).ngettext(
        "%(num)d picture was left behind: drop it here, with words for what it shows.",
        "%(num)d pictures were left behind: drop them here, with words for what they show.",
        pictures,
    )
    return said % {"num": pictures}


@localized(bp, "/desk/articles/<int:edition_id>/document/", methods=("POST",))
@access("editor")
@large_body(LARGEST)
def bring_in(edition_id: int) -> ResponseReturnValue:
    """Put a document saved as a web page at the end of the draft, where there is no script."""
    edition, moment = the_edition(edition_id), now(db.session)
    found = pasting.from_html(_html())
    answer = make_response(redirect(editor_url(edition_id), HTTPStatus.SEE_OTHER))
    if not found.markdown:
        return tell(answer, _("There was no text in it. Save the document as a web page first."))
    words = drafting.draft_of(db.session, edition).words
    joined = f"{words.body.rstrip()}\n\n{found.markdown}".strip()
    if len(joined) > drafting.LONGEST_BODY:
        return tell(answer, _("The text would be longer than an article can be."))
    try:
        kept(edition_id, replace(words, body=joined), SAVED, moment)
    except (StaleDraftError, HeldError):
        return tell(answer, _("Somebody else has changed the draft. Look at it and try again."))
    db.commit()
    said = _("The document stands at the end of the text.")
    return tell(answer, f"{said} {_left_behind(found.pictures)}".strip())
