"""A campaign started, taken back, ended, let go on, or removed: each asked in words first."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.local_time import zone_name
from app.core.orm import in_language
from app.core.routes import access, localized
from app.core.seen import ChangedMeanwhileError
from app.desk.campaigns.campaign_fields import campaign_mark
from app.desk.chrome import desk_page
from app.desk.clock_texts import clock_text
from app.desk.confirming import Question, confirm_page
from app.desk.notices import tell
from app.desk.recording import note
from app.desk.typing_in import Typed, filled, moment_of, refused, sent, spread_moment
from app.extensions import db
from app.goal import campaigning
from app.goal.campaign_rules import NoSuchCampaignError, NotNowError
from app.goal.models import Campaign
from app.goal.queries import current_campaign
from app.memberships.queries import current_count

bp = Blueprint("desk_campaign_acts", __name__)

ACT = "<any(start,take_back,end,remove):act>"


@localized(bp, f"/desk/campaigns/<int:campaign_id>/{ACT}/")
@access("membership")
def ask(campaign_id: int, act: str) -> ResponseReturnValue:
    """Say what would happen, and ask."""
    campaign, moment = db.session.get(Campaign, campaign_id) or abort(404), now(db.session)
    why = campaigning.why_not_start(db.session, campaign, moment) if act == "start" else ""
    if why:
        address = url_for("desk_campaigns.show", campaign_id=campaign_id)
        return tell(make_response(redirect(address, HTTPStatus.SEE_OTHER)), why)
    return confirm_page(_question(campaign, act, moment))


@localized(bp, f"/desk/campaigns/<int:campaign_id>/{ACT}/", methods=("POST",))
@access("membership")
def do(campaign_id: int, act: str) -> ResponseReturnValue:
    """Do it, if the campaign is still what was asked about."""
    moment = now(db.session)
    try:
        campaign = campaigning.campaign_to_change(db.session, campaign_id, sent().get("seen", ""))
        before = campaigning.campaign_content(campaign)
        _ACTS[act](campaign, moment)
    except NoSuchCampaignError:
        abort(404)
    except (NotNowError, ChangedMeanwhileError) as error:
        db.only_read()
        return _not_done(campaign_id, act, str(error))
    removed = act == "remove"
    after = {} if removed else campaigning.campaign_content(campaign)
    note(f"campaign.{_DEEDS[act]}", f"campaign:{campaign_id}", moment, before, after)
    db.commit()
    address = url_for("desk_campaigns.index")
    if not removed:
        address = url_for("desk_campaigns.show", campaign_id=campaign_id)
    return tell(make_response(redirect(address, HTTPStatus.SEE_OTHER)), _done(act))


@localized(bp, "/desk/campaigns/<int:campaign_id>/extend/")
@access("membership")
def extend(campaign_id: int) -> ResponseReturnValue:
    """Show the end of a campaign that has begun, to be moved."""
    campaign = db.session.get(Campaign, campaign_id) or abort(404)
    fields = spread_moment("ends_at", campaign.ends_at, the_settings().time_zone)
    return _extending(campaign, filled({**fields, "seen": campaign_mark(campaign)}))


@localized(bp, "/desk/campaigns/<int:campaign_id>/extend/", methods=("POST",))
@access("membership")
def move_end(campaign_id: int) -> ResponseReturnValue:
    """Move the end of a campaign that has begun."""
    values, moment = sent(), now(db.session)
    try:
        campaign = campaigning.campaign_to_change(db.session, campaign_id, values.get("seen", ""))
        before = campaigning.campaign_content(campaign)
        ends_at = moment_of(values, "ends_at", the_settings().time_zone)
        campaigning.move_end(db.session, campaign, ends_at, moment)
    except NoSuchCampaignError:
        abort(404)
    except FieldError as error:
        db.only_read()
        present = db.session.get(Campaign, campaign_id) or abort(404)
        form = refused(values, error)
        return _extending(present, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except (NotNowError, ChangedMeanwhileError) as error:
        db.only_read()
        present = db.session.get(Campaign, campaign_id) or abort(404)
        form = Typed({**values, "seen": campaign_mark(present)})
        return _extending(present, form, HTTPStatus.CONFLICT, str(error) or _meanwhile())
    after = campaigning.campaign_content(campaign)
    note("campaign.extended", f"campaign:{campaign_id}", moment, before, after)
    db.commit()
    address = url_for("desk_campaigns.show", campaign_id=campaign_id)
    answer = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    return tell(answer, _("The end is moved. Readers have it at once."))


_ACTS: dict[str, Callable[[Campaign, datetime], None]] = {
    "start": lambda campaign, moment: campaigning.start(db.session, campaign, moment),
    "take_back": lambda campaign, moment: campaigning.take_back(db.session, campaign, moment),
    "end": lambda campaign, moment: campaigning.end_now(db.session, campaign, moment),
    "remove": lambda campaign, _moment: campaigning.remove_draft(db.session, campaign),
}
_DEEDS = {"start": "started", "take_back": "taken_back", "end": "ended", "remove": "removed"}


def _done(act: str) -> str:
    return {
        "start": _("The campaign is started."),
        "take_back": _("The campaign is a draft again."),
        "end": _("The campaign is ended. Readers see what it says then, at once."),
        "remove": _("The draft is removed."),
    }[act]


def _question(campaign: Campaign, act: str, moment: datetime) -> Question:
    name = in_language(campaign.name, page_language())
    title, sentence, button = {
        "start": (_("Start a campaign"), _start_sentence(campaign, name, moment), _("Start it")),
        "take_back": (
            _("Take a campaign back"),
            _("Make “%(name)s” a draft again: it will not begin by itself.", name=name),
            _("Make it a draft"),
        ),
        "end": (
            _("End a campaign"),
            _("End “%(name)s” now: readers are told at once that it ended.", name=name),
            _("End it"),
        ),
        "remove": (
            _("Remove a draft"),
            _("Remove the draft “%(name)s” and all its words.", name=name),
            _("Remove it"),
        ),
    }[act]
    return Question(
        title=title,
        sentence=sentence,
        action=url_for(".do", campaign_id=campaign.id, act=act),
        button=button,
        back=url_for("desk_campaigns.show", campaign_id=campaign.id),
        more=_more(campaign, act, moment),
        fields={"seen": campaign_mark(campaign)},
        ends=act != "start",
    )


def _start_sentence(campaign: Campaign, name: str, moment: datetime) -> str:
    zone = the_settings().time_zone
    begins = max(campaign.starts_at, moment)
    if begins == moment:
        return _("Start “%(name)s” now: readers see it at once.", name=name)
    return _(
        "Start “%(name)s”: readers see it from %(moment)s (%(zone)s).",
        name=name,
        moment=clock_text(begins, zone),
        zone=zone_name(begins.astimezone(zone)),
    )


def _more(campaign: Campaign, act: str, moment: datetime) -> tuple[str, ...]:
    """Return what follows from it, besides."""
    if act == "end":
        return (_("It can be let go on later. A goal that has been met stays met."),)
    if act != "start":
        return ()
    said = []
    present, count = current_campaign(db.session, moment), current_count(db.session, moment)
    if present is not None:
        name = in_language(present.name, page_language())
        said.append(_("From then on it stands in the place of “%(name)s”.", name=name))
    if count is not None and count.members >= campaign.goal:
        said.append(
            _(
                "There are %(number)s members already: the goal is met at its beginning.",
                number=f"{count.members:,}",
            )
        )
    if campaign.joining_opens_at is None:
        said.append(_("Joining stays closed: the campaign does not say when it opens."))
    return tuple(said)


def _not_done(campaign_id: int, act: str, why: str) -> Response:
    campaign = db.session.get(Campaign, campaign_id) or abort(404)
    question = _question(campaign, act, now(db.session))
    return confirm_page(question, why or _meanwhile(), HTTPStatus.CONFLICT)


def _meanwhile() -> str:
    return _("Somebody else has changed this campaign meanwhile. This is how it stands.")


def _extending(
    campaign: Campaign, form: Typed, status: int = HTTPStatus.OK, trouble: str = ""
) -> Response:
    return desk_page(
        "desk/campaigns/campaign_end.html",
        _("Move the end of a campaign"),
        status,
        campaign=campaign,
        name=in_language(campaign.name, page_language()),
        form=form,
        trouble=trouble,
        zone=the_settings().time_zone.key,
    )
