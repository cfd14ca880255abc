"""What stands around the words: section, bylines, tags, picture, calls to join, forms, embargo."""

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.articles import beginning, catalogue, facts, publishing
from app.articles.facts import StaleFactsError
from app.articles.models import Article, Edition, Image
from app.articles.picture_intake import check_texts, one_line
from app.articles.pictures import PictureTexts
from app.articles.service import ArticleFacts, UnknownReferenceError
from app.articles.versions import bump
from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.desk.articles.moments import is_as_kept, moment_form, typed_moment
from app.desk.articles.sentences import language_name
from app.desk.articles.web import bp, the_edition, write_down
from app.desk.chrome import desk_page
from app.desk.notices import tell
from app.extensions import db
from app.newsletters import arranging as newsletters
from app.newsletters import lists

SECTION_S, CHOSEN, NONE = "section", "chosen", "none"
TEXTS = ("alt", "caption", "credit")
PICTURES = 200


@dataclass(frozen=True, slots=True)
class Around:
    """What the fields hold: as kept, or as typed."""

    facts: ArticleFacts
    how: str
    forms: list[str]
    texts: dict[str, str]


@localized(bp, "/desk/articles/<int:edition_id>/around/")
@access("editor")
def around(edition_id: int) -> ResponseReturnValue:
    """Show what stands around an article."""
    return _page(the_edition(edition_id), {})


def _page(edition: Edition, errors: dict[str, str], status: int = HTTPStatus.OK) -> Response:
    article = db.session.get_one(Article, edition.article_id)
    present = facts.facts_of(db.session, article)
    fields = _typed(article) if errors else _kept(article, present, edition.language)
    language, own = page_language(), edition.language
    return desk_page(
        "desk/articles/around.html",
        _("Around the text"),
        status,
        edition=edition,
        fields=fields,
        embargo=moment_form("embargo", article.embargo_until, errors),
        mark=facts.mark_of(present),
        errors=errors,
        language_name=language_name(own),
        sections=_named(catalogue.sections(db.session), language),
        authors=_named(catalogue.authors(db.session), language),
        tags=_named(catalogue.tags(db.session), language),
        pictures=_pictures(own),
        hero=db.session.scalar(select(Image).where(Image.key == (fields.facts.hero or ""))),
        letters=[
            (one.slug, in_language(one.name, language))
            for one in lists.all_lists(db.session)
            if one.open
        ],
        zone=str(the_settings().time_zone),
    )


def _kept(article: Article, present: ArticleFacts, language: str) -> Around:
    forms = lists.forms_chosen(db.session, article.id, language)
    hero = db.session.scalar(select(Image).where(Image.key == (present.hero or "")))
    return Around(
        facts=present,
        how=NONE if not present.letters else CHOSEN if forms else SECTION_S,
        forms=forms,
        texts={one: getattr(hero, one).get(language, "") if hero else "" for one in TEXTS},
    )


def _typed(article: Article) -> Around:
    form = request.form
    how = form.get("how", SECTION_S)
    wanted = ArticleFacts(
        key=article.key,
        section=form.get("section", ""),
        authors=_in_order("authors"),
        tags=_in_order("tags"),
        hero=form.get("hero") or None,
        asks=form.get("asks") == "yes",
        letters=how != NONE,
    )
    texts = {one: one_line(form.get(f"hero_{one}", "")) for one in TEXTS}
    return Around(wanted, how, form.getlist("letters"), texts)


def _named(found: list[catalogue.Named], language: str) -> list[tuple[str, str]]:
    return [(one.slug, in_language(one.name, language) or one.slug) for one in found]


def _pictures(language: str) -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Image.key, Image.alt).order_by(Image.id.desc()).limit(PICTURES)
    )
    return [(row.key, f"{row.key} · {in_language(row.alt, language)[:60]}") for row in rows]


@localized(bp, "/desk/articles/<int:edition_id>/around/", methods=("POST",))
@access("editor")
def change(edition_id: int) -> ResponseReturnValue:
    """Change what stands around an article, in every language; readers see it at once."""
    edition, moment = the_edition(edition_id), now(db.session)
    try:
        before, after = _changed(edition)
    except FieldError as error:
        return _not_done(edition_id, {error.field: error.message}, 422)
    except UnknownReferenceError as error:
        return _not_done(edition_id, {"form": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)
    except StaleFactsError:
        return _not_done(edition_id, {"form": _meanwhile(edition_id)}, HTTPStatus.CONFLICT)
    if before or after:
        write_down("article.around-changed", edition_id, moment, after, before)
    answer = make_response(redirect(url_for(".around", edition_id=edition_id), 303))
    db.commit()
    return tell(answer, _("It is kept, and readers of the article see it."))


def _meanwhile(edition_id: int) -> str:
    """Say what somebody else has made of it, beside what is still in the fields."""
    db.only_read()
    article = db.session.get_one(Article, the_edition(edition_id).article_id)
    present, typed = asdict(facts.facts_of(db.session, article)), asdict(_typed(article).facts)
    theirs = [_fact(present[name]) for name in present if present[name] != typed[name]]
    return _(
        "Somebody changed this meanwhile, to: %(theirs)s. What you chose is still in the fields:"
        " keep it, or open the page anew to have theirs.",
        theirs="; ".join(theirs) or "—",
    )


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(value) if isinstance(value, tuple) else str(value or "—")


def _not_done(edition_id: int, errors: dict[str, str], status: int) -> Response:
    db.only_read()
    return _page(the_edition(edition_id), errors, status)


def _changed(edition: Edition) -> tuple[dict[str, Any], dict[str, Any]]:
    article = db.session.get_one(Article, edition.article_id)
    typed = _typed(article)
    found = facts.change(db.session, article.id, typed.facts, request.form.get("mark", ""))
    before, after = dict(found.before), dict(found.after)
    _set_forms(article, edition.language, typed.forms if typed.how == CHOSEN else [], after)
    _set_hero_texts(typed, edition.language, after)
    _set_embargo(article, before, after)
    return before, after


def _in_order(name: str) -> tuple[str, ...]:
    """Return what was ticked, in the order of the numbers beside it."""
    ticked = request.form.getlist(name)
    place = {slug: request.form.get(f"{name}-{slug}", "") for slug in ticked}
    return tuple(sorted(ticked, key=lambda slug: (_number(place[slug]), ticked.index(slug))))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 999  # noqa: PLR2004 - a place in a byline


def _set_forms(article: Article, language: str, slugs: list[str], after: dict[str, Any]) -> None:
    if slugs != lists.forms_chosen(db.session, article.id, language):
        newsletters.set_forms(db.session, article.key, language, slugs)
        after["forms"] = slugs


def _set_hero_texts(typed: Around, language: str, after: dict[str, Any]) -> None:
    """Write what stands with the picture at the head, if it is the one that was shown."""
    key = typed.facts.hero
    if key is None or request.form.get("hero_shown") != key:
        return
    image = db.session.scalars(select(Image).where(Image.key == key).with_for_update()).one()
    if all(getattr(image, name).get(language, "") == typed.texts[name] for name in TEXTS):
        return
    check_texts(PictureTexts(*({language: typed.texts[name]} for name in TEXTS)))
    for name in TEXTS:
        setattr(image, name, {**getattr(image, name), language: typed.texts[name]})
    db.session.flush()
    bump(db.session)
    after["picture_texts"] = image.key


def _set_embargo(article: Article, before: dict[str, Any], after: dict[str, Any]) -> None:
    was = article.embargo_until
    if is_as_kept("embargo", was):
        return
    until = typed_moment("embargo") if request.form.get("embargo", "").strip() else None
    publishing.set_embargo(db.session, article, until, now(db.session))
    before["embargo"] = was.isoformat() if was is not None else None
    after["embargo"] = until.isoformat() if until is not None else None


@localized(bp, "/desk/articles/<int:edition_id>/translate", methods=("POST",))
@access("editor")
def translate(edition_id: int) -> ResponseReturnValue:
    """Begin the article in another language, with this one's words beside it."""
    source, moment = the_edition(edition_id), now(db.session)
    try:
        edition = beginning.translate(db.session, source, request.form.get("in", ""), moment)
    except FieldError as error:
        answer = make_response(redirect(url_for(".edit", edition_id=edition_id), 303))
        return tell(answer, error.message)
    write_down("article.translated", edition.id, moment, {"from": source.id})
    there = url_for(".edit", edition_id=edition.id, beside=source.language)
    db.commit()
    return redirect(there, 303)
