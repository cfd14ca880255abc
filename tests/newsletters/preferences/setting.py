"""Readers at the page of their settings, by way of a fresh mail."""

import re

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.newsletters.preferences.models import SettingsLink
from app.people.models import EmailAddress
from tests.newsletters.making import ANN, Newsroom

LINK = re.compile(r"http://localhost((?:/uk)?/newsletters/[^\s\"<]+)")
SENT = "/newsletters/preferences/sent"


def subscribed(newsroom: Newsroom, address: str = ANN, *slugs: str) -> None:
    """Have an address confirm `daily`, or these lists."""
    fields = {"email": address, "list": list(slugs) or ["daily"]}
    assert newsroom.client.post("/newsletters/subscribe", data=fields).status_code == 303
    newsroom.work()
    newsroom.confirms()
    newsroom.work()


def asks_for_link(newsroom: Newsroom, address: str = ANN, prefix: str = "") -> TestResponse:
    """Type an address into the form for the link, and have the lanes work."""
    answer = newsroom.post(f"{prefix}/newsletters/preferences/", email=address)
    newsroom.work()
    return answer


def fresh_link(newsroom: Newsroom, address: str = ANN) -> str:
    """Return the path of all settings, from a mail that has just come."""
    assert asks_for_link(newsroom, address).status_code == 303
    return last_link(newsroom, address)


def last_link(newsroom: Newsroom, address: str) -> str:
    """Return the path that the last mail to an address leads to."""
    text = newsroom.mails_to(address)[-1].part("plain").replace("=\n", "")
    found = LINK.search(text)
    assert found is not None, text
    return found[1]


def addresses(newsroom: Newsroom) -> dict[str, tuple[int, bool]]:
    """Return whose each address is, and whether another has replaced it."""
    with newsroom.database.read() as session:
        rows = session.scalars(select(EmailAddress))
        return {row.key: (row.person_id, row.replaced_at is not None) for row in rows}


def links(newsroom: Newsroom) -> list[SettingsLink]:
    """Return the wishes for a link, oldest first."""
    with newsroom.database.read() as session:
        return list(session.scalars(select(SettingsLink).order_by(SettingsLink.id)))
