"""`flask goal`: where the drive stands, and the campaign from a file."""

import json
from dataclasses import fields
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.campaign_file import read_campaign
from app.cli.noting import changed, columns, note
from app.core.clock import now
from app.core.errors import FieldError, OperatorError
from app.core.settings import Settings
from app.extensions import db
from app.goal import service, showing
from app.goal.campaigning import keep_reached, refuse_other_goal
from app.goal.models import Campaign
from app.goal.service import CampaignFacts
from app.goal.standing import standing
from app.memberships.tiering import save_tiers

SAID = tuple(one.name for one in fields(CampaignFacts))

goal = AppGroup("goal", help="Show where the drive stands, and save its campaign.")


@goal.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(*, as_json: bool) -> None:
    """Show the count, the goal, and who came and left of late."""
    settings: Settings = current_app.extensions["unwalled_settings"]
    with db.database.read() as session:
        found = standing(session, now(session), settings.time_zone, with_sources=True)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    showing.draw(Console(highlight=False), found)


@goal.command()
@click.argument("file", type=click.Path(path_type=Path))
def save(file: Path) -> None:
    """Make the campaign of FILE, or bring it up to what FILE says.

    FILE is TOML: docs/campaign.example.toml is one. A campaign is known by its key. Its words and
    all tiers are replaced by those of FILE.
    """
    found = read_campaign(file)
    settings: Settings = current_app.extensions["unwalled_settings"]
    with db.database.write() as session:
        known = session.scalar(select(Campaign).where(Campaign.key == found.facts.key))
        before = columns(known, *SAID)
        if known is not None:
            _keep_what_was_met(session, known, found.facts)
        campaign = service.save_campaign(session, found.facts)
        service.save_words(session, campaign, found.words)
        save_tiers(session, found.tiers)
        is_draft = campaign.is_draft
        what = "campaign.made" if known is None else "campaign.changed"
        about = f"campaign:{campaign.id}"
        note(session, changed(what, about, before, columns(campaign, *SAID)))
        session.commit()
    click.echo(f"Campaign {found.facts.key} was {'made' if known is None else 'changed'}.")
    click.echo(DRAFT if is_draft else _opening(found.facts, settings))


def _keep_what_was_met(session: Session, known: Campaign, facts: CampaignFacts) -> None:
    keep_reached(session, known, now(session))
    try:
        refuse_other_goal(known, facts.goal)
    except FieldError as error:
        sentence = f"{error.message} Campaign {facts.key} was not saved: nothing was changed."
        raise OperatorError(sentence) from error


DRAFT = "It is a draft: readers see nothing of it until it is started at /desk/campaigns/."


def _opening(facts: CampaignFacts, settings: Settings) -> str:
    """Say when joining opens, or what is missing for it."""
    if facts.joining_opens_at is None:
        return "Joining stays closed: joining_opens_at is not set."
    if not settings.stripe_key:
        return "Joining stays closed: UNWALLED_STRIPE_KEY is not set."
    opens_at = max(facts.starts_at, facts.joining_opens_at).astimezone(settings.time_zone)
    return f"Joining is open from {opens_at:%Y-%m-%d %H:%M %Z}."
