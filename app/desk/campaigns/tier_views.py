"""Tiers at the desk: what an amount is called, from which amount on, and what comes with it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.core.seen import ChangedMeanwhileError
from app.desk.campaigns.tier_fields import currencies_for, read_as, read_tier, tier_fields
from app.desk.campaigns.tier_table import tiers_table
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.limits import limit_lines
from app.desk.list_pages import list_page
from app.desk.notices import tell
from app.desk.previewing import a_look, framed, framing, not_yet, the_previews
from app.desk.recording import note
from app.desk.typing_in import Typed, refused, sent, typed_in
from app.extensions import db
from app.goal.queries import current_campaign
from app.memberships import tiering
from app.memberships.joining.offers import Offer
from app.memberships.tiering import NoSuchTierError, TierFacts

bp = Blueprint("desk_tiers", __name__)


@localized(bp, "/desk/tiers/")
@access("staff")
def index() -> ResponseReturnValue:
    """List the tiers, and say within which limits one may pay."""
    language = page_language()
    page = list_page(
        "desk/campaigns/tiers.html",
        _("Plans and tiers"),
        tiers_table(language),
        limits=limit_lines(language),
        preview_url=url_for(".preview"),
    )
    return framing(page) if isinstance(page, Response) else page


@localized(bp, "/desk/tiers/new/")
@access("membership")
def new() -> ResponseReturnValue:
    """Show an empty form."""
    return _form(Typed({}))


@localized(bp, "/desk/tiers/new/", methods=("POST",))
@access("membership")
def make() -> ResponseReturnValue:
    """Add a tier after the others."""
    values = sent()
    try:
        facts = read_tier(values.get("key", ""), values, page_language())
        tiering.make_tier(db.session, facts)
    except FieldError as error:
        db.only_read()
        return _form(refused(values, error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    _note("tier.made", facts.key, None)
    db.commit()
    return _back(_("The tier is on the page for joining."))


@localized(bp, "/desk/tiers/<key>/")
@access("staff")
def show(key: str) -> ResponseReturnValue:
    """Show a tier; to be changed by whoever may."""
    facts = _found(key)
    return _form(Typed(tier_fields(facts, page_language())), facts)


@localized(bp, "/desk/tiers/<key>/", methods=("POST",))
@access("membership")
def change(key: str) -> ResponseReturnValue:
    """Change a tier, unless somebody else has meanwhile."""
    values, before = sent(), _found(key)
    try:
        facts = read_tier(key, values, page_language())
        tiering.change_tier(db.session, facts, values.get("seen", ""))
    except FieldError as error:
        db.only_read()
        return _form(refused(values, error), before, HTTPStatus.UNPROCESSABLE_ENTITY)
    except ChangedMeanwhileError:
        db.only_read()
        return _overtaken(key, values)
    _note("tier.changed", key, before)
    db.commit()
    return _back(_("The tier is changed."))


@localized(bp, "/desk/tiers/<key>/remove/")
@access("membership")
def ask_to_remove(key: str) -> ResponseReturnValue:
    """Ask whether a tier is to go."""
    name = in_language(_found(key).name, page_language())
    question = Question(
        title=_("Remove a tier"),
        sentence=_("Remove the tier “%(name)s” from the page for joining.", name=name),
        action=url_for(".remove", key=key),
        button=_("Remove it"),
        back=url_for(".show", key=key),
        more=(_("Nobody’s membership changes. What was promised to members stays promised."),),
    )
    return confirm_page(question)


@localized(bp, "/desk/tiers/<key>/remove/", methods=("POST",))
@access("membership")
def remove(key: str) -> ResponseReturnValue:
    """Offer a tier no more."""
    try:
        facts = tiering.remove_tier(db.session, key)
    except NoSuchTierError:
        abort(404)
    note("tier.removed", f"tier:{key}", now(db.session), before=_in_the_log(facts))
    db.commit()
    return _back(_("The tier is removed."))


@localized(bp, "/desk/tiers/preview/", methods=("GET", "POST"))
@access("staff")
def preview() -> ResponseReturnValue:
    """Show the page for joining with the tiers as they are, or with one as it is being typed."""
    values, language = {**request.args, **sent()}, page_language()
    db.only_read()
    campaign = current_campaign(db.session, now(db.session))
    offer = Offer(campaign.currency, campaign.amounts) if campaign else None
    if offer is None or not offer.currencies:
        return not_yet(_("There is no campaign yet, and the amounts are a campaign’s."))
    kept = tiering.kept_tiers(db.session)
    if request.method == "POST":
        try:
            facts = read_tier(values.get("key", ""), values, typed_in(values))
            typed = tiering.checked(facts)
        except FieldError as error:
            return not_yet(error.message)
        kept = _with(kept, typed)
    read = [read_as(one, language) for one in kept]
    return framed(the_previews().joining(offer, read, a_look(values.get("look", ""))))


def _with(kept: Sequence[TierFacts], typed: TierFacts) -> list[TierFacts]:
    """Return the tiers with one in its place, or after the others if it is new."""
    order = {one.key: one for one in kept}
    order[typed.key] = typed
    return list(order.values())


def _form(
    form: Typed, facts: TierFacts | None = None, status: int = HTTPStatus.OK, trouble: str = ""
) -> Response:
    language = page_language()
    answer = desk_page(
        "desk/campaigns/tier.html",
        _("New tier") if facts is None else _("A tier"),
        status,
        form=form,
        tier=facts,
        trouble=trouble,
        in_languages=LANGUAGES,
        currencies=currencies_for(facts.least if facts else {}),
        previews=[(LANGUAGES[one], url_for(".preview", language=one)) for one in LANGUAGES],
        page_language=language,
    )
    return framing(answer)


def _overtaken(key: str, values: Mapping[str, str]) -> Response:
    facts = _found(key)
    form = Typed({**values, "seen": tiering.tier_mark(facts)})
    sentence = _(
        "Somebody else has changed this tier meanwhile. Below is what you typed. "
        "Save once more to have yours."
    )
    return _form(form, facts, HTTPStatus.CONFLICT, sentence)


def _found(key: str) -> TierFacts:
    try:
        return tiering.find_tier(db.session, key)
    except NoSuchTierError:
        abort(404)


def _note(what: str, key: str, before: TierFacts | None) -> None:
    after = _in_the_log(tiering.find_tier(db.session, key))
    was = _in_the_log(before) if before else None
    note(what, f"tier:{key}", now(db.session), was, after)


def _in_the_log(facts: TierFacts) -> dict[str, object]:
    return {"name": facts.name, "benefits": facts.benefits, "least": facts.least}


def _back(sentence: str) -> Response:
    return tell(make_response(redirect(url_for(".index"), HTTPStatus.SEE_OTHER)), sentence)
