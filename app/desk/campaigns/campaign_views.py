"""A campaign at the desk: its goal, dates, amounts and places."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.orm import in_language
from app.core.routes import access, localized
from app.core.seen import ChangedMeanwhileError
from app.desk.campaigns.campaign_fields import (
    campaign_fields,
    campaign_mark,
    empty_fields,
    read_campaign,
    read_places,
)
from app.desk.campaigns.campaign_table import campaigns_table
from app.desk.campaigns.campaign_words import MILESTONES, milestone_words, place_words, state_words
from app.desk.campaigns.tier_fields import currencies_for
from app.desk.chrome import desk_page
from app.desk.clock_texts import clock_text
from app.desk.list_pages import list_page
from app.desk.notices import tell
from app.desk.previewing import framing
from app.desk.recording import note
from app.desk.typing_in import Typed, filled, refused, sent
from app.extensions import db
from app.goal import campaigning
from app.goal.campaign_rules import NoSuchCampaignError
from app.goal.headings import MARK, write_heading
from app.goal.models import PLACES, Campaign
from app.goal.queries import INTERVALS, current_campaign, with_words
from app.memberships.joining.offers import MOST_PRESETS

bp = Blueprint("desk_campaigns", __name__)


@localized(bp, "/desk/campaigns/")
@access("staff")
def index() -> ResponseReturnValue:
    """List the campaigns."""
    table = campaigns_table(page_language(), now(db.session))
    return list_page("desk/campaigns/index.html", _("Campaigns"), table)


@localized(bp, "/desk/campaigns/new/")
@access("membership")
def new() -> ResponseReturnValue:
    """Show an empty form."""
    return _form(Typed(empty_fields()))


@localized(bp, "/desk/campaigns/new/", methods=("POST",))
@access("membership")
def make() -> ResponseReturnValue:
    """Make a draft."""
    values, zone = sent(), the_settings().time_zone
    try:
        facts = read_campaign(values.get("key", ""), values, zone, page_language())
        campaign = campaigning.make_draft(db.session, facts, read_places(values))
    except FieldError as error:
        db.only_read()
        return _form(refused(values, error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    content = campaigning.campaign_content(campaign)
    note("campaign.drafted", f"campaign:{campaign.id}", now(db.session), after=content)
    answer = _to(url_for(".show", campaign_id=campaign.id))
    db.commit()
    return tell(answer, _("The draft is made. Nobody sees it; now write its words."))


@localized(bp, "/desk/campaigns/<int:campaign_id>/")
@access("staff")
def show(campaign_id: int) -> ResponseReturnValue:
    """Show a campaign: where it stands, what it says, what can be done with it."""
    campaign = db.session.get(Campaign, campaign_id) or abort(404)
    moment, language = now(db.session), page_language()
    read, state = with_words(db.session, campaign), campaigning.state_of(campaign, moment)
    present = current_campaign(db.session, moment)
    shown_now = present is not None and present.id == campaign.id
    answer = desk_page(
        "desk/campaigns/campaign.html",
        in_language(campaign.name, language),
        campaign=campaign,
        read=read,
        state=state,
        state_text=state_words(state),
        ended=campaign.ends_at is not None and campaign.ends_at <= moment,
        begun=state not in {campaigning.DRAFT, campaigning.WAITING},
        shown_now=shown_now,
        why_not=campaigning.why_not_start(db.session, campaign, moment),
        headings={key: write_heading(words).replace(MARK, "") for key, words in read.words.items()},
        milestones=[(one, milestone_words(one)) for one in MILESTONES],
        places=[place_words(one) for one in read.places],
        in_languages=LANGUAGES,
        zone=the_settings().time_zone,
        clock_text=clock_text,
        previews=[
            (LANGUAGES[one], url_for("desk_sayings.preview", campaign_id=campaign_id, language=one))
            for one in LANGUAGES
        ],
    )
    return framing(answer)


@localized(bp, "/desk/campaigns/<int:campaign_id>/change/")
@access("membership")
def edit(campaign_id: int) -> ResponseReturnValue:
    """Show a campaign to be changed."""
    campaign = db.session.get(Campaign, campaign_id) or abort(404)
    zone = the_settings().time_zone
    return _form(filled(campaign_fields(campaign, zone, page_language())), campaign)


@localized(bp, "/desk/campaigns/<int:campaign_id>/change/", methods=("POST",))
@access("membership")
def change(campaign_id: int) -> ResponseReturnValue:
    """Change a campaign, unless somebody else has meanwhile."""
    values, zone = sent(), the_settings().time_zone
    try:
        moment = now(db.session)
        seen = values.get("seen", "")
        campaign = campaigning.campaign_to_change(db.session, campaign_id, seen)
        before = campaigning.campaign_content(campaign)
        values = _with_fixed(values, campaign)
        facts = read_campaign(campaign.key, values, zone, page_language())
        places = read_places(values)
        campaigning.change_campaign(db.session, campaign, facts, places, moment)
    except NoSuchCampaignError:
        abort(404)
    except FieldError as error:
        db.only_read()
        form = refused(values, error)
        return _form(form, _anew(campaign_id), HTTPStatus.UNPROCESSABLE_ENTITY)
    except ChangedMeanwhileError:
        db.only_read()
        return _overtaken(campaign_id, values)
    after = campaigning.campaign_content(campaign)
    note("campaign.changed", f"campaign:{campaign_id}", moment, before, after)
    db.commit()
    answer = _to(url_for(".show", campaign_id=campaign_id))
    return tell(answer, _("The campaign is changed."))


def _with_fixed(values: dict[str, str], campaign: Campaign) -> dict[str, str]:
    """Return the form with the dates that it did not offer, for a campaign that has begun."""
    if "starts_at" in values:
        return values
    present = campaign_fields(campaign, the_settings().time_zone, page_language())
    fixed = {name: one for name, one in present.items() if name.startswith(("starts", "ends"))}
    return {**values, **fixed}


def _form(
    form: Typed,
    campaign: Campaign | None = None,
    status: int = HTTPStatus.OK,
    trouble: str = "",
) -> Response:
    begun = False
    if campaign is not None:
        state = campaigning.state_of(campaign, now(db.session))
        begun = state not in {campaigning.DRAFT, campaigning.WAITING}
    answer = desk_page(
        "desk/campaigns/campaign_form.html",
        _("New campaign") if campaign is None else _("Change a campaign"),
        status,
        form=form,
        campaign=campaign,
        begun=begun,
        trouble=trouble,
        in_languages=LANGUAGES,
        zone=the_settings().time_zone.key,
        currencies=currencies_for(campaign.amounts if campaign else {}),
        intervals=[
            (INTERVALS[0], _("Monthly")),
            (INTERVALS[1], _("Yearly")),
            (INTERVALS[2], _("Once")),
        ],
        presets=range(1, MOST_PRESETS + 1),
        places=[(one, place_words(one)) for one in PLACES],
        previews=[] if campaign is None else _previews(campaign.id),
    )
    return framing(answer)


def _previews(campaign_id: int) -> list[tuple[str, str]]:
    return [
        (
            LANGUAGES[one],
            url_for("desk_sayings.preview_typed", campaign_id=campaign_id, language=one),
        )
        for one in LANGUAGES
    ]


def _overtaken(campaign_id: int, values: dict[str, str]) -> Response:
    campaign = _anew(campaign_id)
    sentence = _(
        "Somebody else has changed this campaign meanwhile: look at it in another window. "
        "Below is what you typed. Save once more to have yours."
    )
    form = Typed({**values, "seen": campaign_mark(campaign)})
    return _form(form, campaign, HTTPStatus.CONFLICT, sentence)


def _anew(campaign_id: int) -> Campaign:
    return db.session.get(Campaign, campaign_id) or abort(404)


def _to(address: str) -> Response:
    return make_response(redirect(address, HTTPStatus.SEE_OTHER))
