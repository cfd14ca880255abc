"""Addresses of pages of the desk that may not be there, and of pages at Stripe."""

from collections.abc import Collection

from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.people.models import Person

PERSON = "desk_people.person"
DASHBOARD = "https://dashboard.stripe.com"


def opened(endpoint: str) -> bool:
    """Tell whether there is such a page."""
    return endpoint in current_app.view_functions


def people_urls(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return the addresses of people's pages, by their ids; of whom there is none, nothing."""
    if not ids or not opened(PERSON):
        return {}
    asked = select(Person.id, Person.public_id).where(Person.id.in_(ids))
    return {row.id: url_for(PERSON, public_id=row.public_id) for row in session.execute(asked)}


def stripe_url(settings: Settings, path: str) -> str:
    """Return where Stripe's dashboard, or its stand-in on a laptop, shows something."""
    if settings.stripe_base:
        return f"{settings.stripe_base}/"
    account = "" if settings.stripe_is_live else "test/"
    return f"{DASHBOARD}/{account}{path}"
