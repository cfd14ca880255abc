"""Where a list's form stands, and what readers see of it: placements and previews."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.articles.models import Article, Author, Edition, Section
from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.guards import CONTENT_POLICY
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.list_pages import list_page
from app.desk.lists import forms as list_forms
from app.desk.lists import row_tables
from app.desk.lists.views import the_list
from app.desk.notices import tell
from app.extensions import db
from app.newsletters import letter_samples, placing
from app.newsletters.letter_samples import CONFIRM, WELCOME
from app.newsletters.models import Newsletter
from app.newsletters.pages import NewsletterForm
from app.newsletters.queries import List, read_lists
from app.people.acting import the_actor
from app.people.audit import Deed, record

bp = Blueprint("desk_list_places", __name__)

MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
FRAMES = f"{CONTENT_POLICY}; frame-src 'self'"
TEMPLATES = (CONFIRM, WELCOME)


@localized(bp, "/desk/newsletters/<slug>/sections/")
@access("staff")
def sections(slug: str) -> ResponseReturnValue:
    """Show in which sections a list's form stands."""
    one = the_list(slug)
    rows = db.session.execute(select(Section.slug, Section.name).order_by(Section.position))
    return desk_page(
        "desk/lists/sections.html",
        _("Forms in sections"),
        one=one,
        name=in_language(one.name, page_language()),
        sections=[(key, in_language(name, page_language())) for key, name in rows],
        languages=LANGUAGES,
        places=placing.section_places(db.session, one.id),
    )


@localized(bp, "/desk/newsletters/<slug>/sections/", methods=("POST",))
@access("staff")
def place_in_sections(slug: str) -> ResponseReturnValue:
    """Have a list's form stand in these sections and no others."""
    one = the_list(slug)
    before = placing.section_places(db.session, one.id)
    told = (each.partition("/") for each in request.values.getlist("place"))
    wanted = {(section, language) for section, _slash, language in told if language in LANGUAGES}
    placing.place_in_sections(db.session, one.id, wanted)
    _record(one, "newsletter.placed", _shown(before), _shown(wanted))
    places = sorted(f"{section}/{language}" for section, language in before)
    undo = url_for("desk_list_places.place_in_sections", slug=slug, place=places)
    to = url_for("desk_list_places.sections", slug=slug)
    return _back(to, _("The form stands where you ticked."), undo)


def _shown(places: set[placing.Place]) -> dict[str, object]:
    return {"sections": sorted(f"{section}/{language}" for section, language in places)}


@localized(bp, "/desk/newsletters/<slug>/articles/")
@access("staff")
def articles(slug: str) -> ResponseReturnValue:
    """List articles, and whether a list's form stands on each."""
    one = the_list(slug)
    table = row_tables.articles(one.id, slug)
    return list_page("desk/lists/rows.html", _("Forms on articles"), table, one=one)


@localized(bp, "/desk/newsletters/<slug>/articles/<key>/<edition>/")
@access("staff")
def on_article(slug: str, key: str, edition: str) -> ResponseReturnValue:
    """Ask whether the form is put on an article, or taken off it."""
    one, found = the_list(slug), _edition(key, edition)
    forms, chosen = placing.forms_of_article(db.session, found.article_id, edition)
    stands = one.id in forms
    name = in_language(one.name, page_language())
    said = {"name": name, "headline": found.headline}
    sentence = (
        _("Take the form of %(name)s off “%(headline)s”.", **said)
        if stands
        else _("Put the form of %(name)s on “%(headline)s”.", **said)
    )
    more = () if chosen else (_("Until now the article has the forms of its section."),)
    return confirm_page(
        Question(
            title=_("Forms on articles"),
            sentence=sentence,
            more=more,
            action=url_for("desk_list_places.on_article", slug=slug, key=key, edition=edition),
            button=_("Take it off") if stands else _("Put it there"),
            back=url_for("desk_list_places.articles", slug=slug),
            fields={"stands": "" if stands else "yes"},
            ends=stands,
        )
    )


@localized(bp, "/desk/newsletters/<slug>/articles/<key>/<edition>/", methods=("POST",))
@access("staff")
def place_on_article(slug: str, key: str, edition: str) -> ResponseReturnValue:
    """Put a list's form on an article, or take it off."""
    one, found = the_list(slug), _edition(key, edition)
    stands = request.values.get("stands") == "yes"
    act = placing.place_on_article if stands else placing.take_off_article
    act(db.session, one.id, found.article_id, edition)
    after: dict[str, object] = {"article": key, "language": edition, "stands": stands}
    _record(one, "newsletter.placed", {}, after)
    said = _("The form stands there now.") if stands else _("The form is gone from there.")
    undo = url_for(
        "desk_list_places.place_on_article",
        slug=slug,
        key=key,
        edition=edition,
        stands="" if stands else "yes",
    )
    return _back(url_for("desk_list_places.articles", slug=slug), said, undo)


def _edition(key: str, language: str) -> Edition:
    asked = (
        select(Edition)
        .join(Article, Article.id == Edition.article_id)
        .where(Article.key == key, Edition.language == language)
    )
    return db.session.scalar(asked) or abort(HTTPStatus.NOT_FOUND)


@localized(bp, "/desk/newsletters/<slug>/preview/")
@access("staff")
def preview(slug: str) -> ResponseReturnValue:
    """Show the form and the mails of a list as readers see them, in each language."""
    one, read = the_list(slug), _read(slug)
    mails = [
        (template, language, letter_samples.sample(the_settings(), read, template, language))
        for template in TEMPLATES
        for language in LANGUAGES
        if template == CONFIRM or one.welcomes
    ]
    answer = desk_page(
        "desk/lists/preview.html",
        _("As readers see it"),
        one=one,
        form=_form(one, page_language()),
        mails=mails,
        languages=LANGUAGES,
    )
    answer.headers["Content-Security-Policy"] = FRAMES
    return answer


@localized(bp, "/desk/newsletters/<slug>/preview/<template>/<edition>")
@access("staff")
def mail(slug: str, template: str, edition: str) -> ResponseReturnValue:
    """Give one mail of a list as its own page, locked up."""
    the_list(slug)
    if template not in TEMPLATES or edition not in LANGUAGES:
        abort(HTTPStatus.NOT_FOUND)
    found = letter_samples.sample(the_settings(), _read(slug), template, edition)
    return Response(found.html, headers={"Content-Security-Policy": MAIL_POLICY})


def _read(slug: str) -> List:
    return next(one for one in read_lists(db.session) if one.slug == slug)


def _form(one: Newsletter, language: str) -> NewsletterForm:
    author = db.session.get(Author, one.author_id) if one.author_id else None
    return NewsletterForm(
        slug=one.slug,
        name=in_language(one.name, language),
        description=in_language(one.description, language),
        cadence=in_language(one.cadence, language),
        action="",
        from_path="",
        field_id=f"email-{language}",
        author=in_language(author.name, language) if author else None,
        language_name=LANGUAGES[one.language],
        members_only=one.members_only,
        picture=list_forms.picture_of(db.session, one),
    )


def _record(
    one: Newsletter, what: str, before: dict[str, object], after: dict[str, object]
) -> None:
    deed = Deed(what, f"newsletter:{one.id}", before=before, after=after)
    record(db.session, the_actor(), deed, now(db.session))
    db.commit()


def _back(to: str, said: str, undo: str = "") -> ResponseReturnValue:
    return tell(make_response(redirect(to, HTTPStatus.SEE_OTHER)), said, undo)
