"""What a campaign says, one milestone and language at a time, looked at before readers do."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.answering import page_language, the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import LANGUAGES
from app.core.languages import gettext as _
from app.core.routes import access, localized
from app.core.seen import ChangedMeanwhileError, refuse_if_changed
from app.desk.campaigns.campaign_fields import read_campaign, read_places
from app.desk.campaigns.campaign_words import MILESTONES, milestone_words
from app.desk.campaigns.saying_fields import in_the_log, read_words, said_content, words_fields
from app.desk.chrome import desk_page
from app.desk.confirming import Question, confirm_page
from app.desk.notices import tell
from app.desk.previewing import a_look, framed, framing, not_yet, the_previews
from app.desk.recording import note
from app.desk.typing_in import Typed, refused, sent, typed_in
from app.extensions import db
from app.goal import campaigning, saying
from app.goal.campaign_rules import NoSuchCampaignError, NotNowError, check_words, checked
from app.goal.models import Campaign
from app.goal.queries import ANY, CampaignRead, Words, with_words
from app.goal.staging import staged
from app.memberships.queries import current_count

bp = Blueprint("desk_sayings", __name__)

MILESTONE = f"<any({','.join(MILESTONES)}):milestone>"
SPOKEN = f"<any({','.join(LANGUAGES)}):spoken>"
OF_CAMPAIGN = "/desk/campaigns/<int:campaign_id>"
WORDS = f"{OF_CAMPAIGN}/words/{MILESTONE}/{SPOKEN}/"


@localized(bp, WORDS)
@access("staff")
def show(campaign_id: int, milestone: str, spoken: str) -> ResponseReturnValue:
    """Show the words for a milestone in a language; where there are none, what is said instead."""
    campaign = _campaign(campaign_id)
    own = saying.said_at(db.session, campaign, milestone, spoken)
    instead = own or with_words(db.session, campaign).words_at(milestone, spoken)
    return _form(campaign, (milestone, spoken), Typed(words_fields(instead, own)), own)


@localized(bp, WORDS, methods=("POST",))
@access("membership")
def say(campaign_id: int, milestone: str, spoken: str) -> ResponseReturnValue:
    """Have the campaign say these words, unless somebody else has changed them meanwhile."""
    values, moment = sent(), now(db.session)
    try:
        campaign = campaigning.campaign_to_change(db.session, campaign_id)
        before = saying.said_at(db.session, campaign, milestone, spoken)
        refuse_if_changed(values.get("seen", ""), said_content(before))
        saying.say(db.session, campaign, milestone, spoken, read_words(values))
    except NoSuchCampaignError:
        abort(404)
    except FieldError as error:
        db.only_read()
        return _again((campaign_id, milestone, spoken), refused(values, error))
    except ChangedMeanwhileError:
        db.only_read()
        return _overtaken((campaign_id, milestone, spoken), values)
    after = saying.said_at(db.session, campaign, milestone, spoken)
    about = f"campaign:{campaign_id}"
    what = {"milestone": milestone, "language": spoken}
    note("campaign.said", about, moment, in_the_log(before), {**what, **in_the_log(after)})
    db.commit()
    return _back(campaign_id, _("The words are saved."))


@localized(bp, f"{WORDS}remove/")
@access("membership")
def ask_to_unsay(campaign_id: int, milestone: str, spoken: str) -> ResponseReturnValue:
    """Ask whether words are to be taken away."""
    campaign = _campaign(campaign_id)
    if saying.said_at(db.session, campaign, milestone, spoken) is None:
        abort(404)
    where = {"campaign_id": campaign_id, "milestone": milestone, "spoken": spoken}
    question = Question(
        title=_("Take words away"),
        sentence=_(
            "Take away the words for “%(when)s” in %(language)s.",
            when=milestone_words(milestone),
            language=LANGUAGES[spoken],
        ),
        action=url_for(".unsay", campaign_id=campaign_id, milestone=milestone, spoken=spoken),
        button=_("Take them away"),
        back=url_for(".show", campaign_id=campaign_id, milestone=milestone, spoken=spoken),
        more=(_("Those for any time, or English, are said in their place."),),
        fields={name: str(one) for name, one in where.items()},
    )
    return confirm_page(question)


@localized(bp, f"{WORDS}remove/", methods=("POST",))
@access("membership")
def unsay(campaign_id: int, milestone: str, spoken: str) -> ResponseReturnValue:
    """Take words away."""
    moment = now(db.session)
    try:
        campaign = campaigning.campaign_to_change(db.session, campaign_id)
        before = saying.said_at(db.session, campaign, milestone, spoken)
        saying.unsay(db.session, campaign, milestone, spoken)
    except NoSuchCampaignError:
        abort(404)
    except NotNowError as error:
        db.only_read()
        form = Typed(words_fields(before, before))
        where = milestone, spoken
        return _form(_campaign(campaign_id), where, form, before, HTTPStatus.CONFLICT, str(error))
    what = {"milestone": milestone, "language": spoken}
    note("campaign.unsaid", f"campaign:{campaign_id}", moment, {**what, **in_the_log(before)})
    db.commit()
    return _back(campaign_id, _("The words are taken away."))


@localized(bp, f"{OF_CAMPAIGN}/preview/")
@access("staff")
def preview(campaign_id: int) -> ResponseReturnValue:
    """Show a reader's page with the campaign as it is saved, at a milestone."""
    read = with_words(db.session, _campaign(campaign_id))
    return _reader_page(read, request.args)


@localized(bp, f"{OF_CAMPAIGN}/preview/", methods=("POST",))
@access("membership")
def preview_typed(campaign_id: int) -> ResponseReturnValue:
    """Show a reader's page with the campaign as it is being typed: its facts, or words of it."""
    values = sent()
    db.only_read()
    campaign = _campaign(campaign_id)
    read = with_words(db.session, campaign)
    try:
        read = _with_typed(read, values)
    except FieldError as error:
        return not_yet(error.message)
    return _reader_page(read, values)


def _with_typed(read: CampaignRead, values: Mapping[str, str]) -> CampaignRead:
    """Return a campaign with what a form says in the place of what is saved."""
    language = page_language()
    if "heading" in values:
        words = read_words(values)
        check_words(words)
        milestone = values.get("milestone", ANY)
        return replace(read, words={**read.words, (milestone, language): words})
    if "starts_at" not in values:
        values = {**values, "starts_at": read.starts_at.strftime("%Y-%m-%dT12:00")}
    zone = the_settings().time_zone
    facts = checked(read_campaign(read.key, values, zone, typed_in(values)))
    return replace(
        read,
        goal=facts.goal,
        currency=facts.currency,
        amounts=facts.amounts,
        name=facts.name,
        places=tuple(read_places(values)),
    )


def _reader_page(read: CampaignRead, asked: Mapping[str, str]) -> Response:
    moment = now(db.session)
    wanted = asked.get("milestone", ANY)
    if read.words_at(wanted if wanted in MILESTONES else ANY, page_language()) is None:
        return not_yet(_("It has no words to show yet."))
    count = current_count(db.session, moment)
    members = None if count is None else count.members
    at = staged(read, wanted if wanted in MILESTONES else ANY, members, moment)
    place, look = asked.get("place", "article"), a_look(asked.get("look", ""))
    page = the_previews().asking(at.campaign, at.members, place, look)
    if page is None:
        return not_yet(_("No article of this language asks readers to join yet."))
    return framed(page)


def _campaign(campaign_id: int) -> Campaign:
    return db.session.get(Campaign, campaign_id) or abort(404)


def _again(where: tuple[int, str, str], form: Typed) -> Response:
    campaign = _campaign(where[0])
    own = saying.said_at(db.session, campaign, *where[1:])
    return _form(campaign, where[1:], form, own, HTTPStatus.UNPROCESSABLE_ENTITY)


def _overtaken(where: tuple[int, str, str], values: Mapping[str, str]) -> Response:
    campaign = _campaign(where[0])
    own = saying.said_at(db.session, campaign, *where[1:])
    present = words_fields(own, own)
    sentence = _(
        "Somebody else has changed these words meanwhile: the heading is “%(heading)s” now. "
        "Below is what you typed. Save once more to have yours.",
        heading=present.get("heading", ""),
    )
    form = Typed({**values, "seen": present["seen"]})
    return _form(campaign, where[1:], form, own, HTTPStatus.CONFLICT, sentence)


def _form(
    campaign: Campaign,
    where: tuple[str, str],
    form: Typed,
    own: Words | None,
    status: int = HTTPStatus.OK,
    trouble: str = "",
) -> Response:
    milestone, spoken = where
    answer = desk_page(
        "desk/campaigns/words.html",
        f"{milestone_words(milestone)}: {LANGUAGES[spoken]}",
        status,
        campaign=campaign,
        milestone=milestone,
        spoken=spoken,
        form=form,
        own=own,
        trouble=trouble,
        preview_url=url_for(".preview_typed", campaign_id=campaign.id, language=spoken),
    )
    return framing(answer)


def _back(campaign_id: int, sentence: str) -> Response:
    address = url_for("desk_campaigns.show", campaign_id=campaign_id)
    return tell(make_response(redirect(address, HTTPStatus.SEE_OTHER)), sentence)
