"""Nothing that is answered, and nothing that is done for the answer, tells who is known here."""

import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.mail.suppression import BOUNCE, COMPLAINT, suppress
from app.newsletters.models import Subscription
from app.people.erasing import erase
from app.people.models import Person
from app.wiring import registers
from tests.newsletters.making import ANN, Newsroom, link_in, moment
from tests.newsletters.test_views import statements

BOB = "bob@post.example"
KNOWN = (
    "pending",
    "confirmed",
    "unsubscribed",
    "bounced",
    "complaint",
    "bounce",
    "erased",
    "member of another list",
)
EVERY_SECOND = re.compile(r"FROM (newsletter|tightening|embed_\w+)\b")
WAYS = ("page", "script", "again", "corrected")


def acquaint(newsroom: Newsroom, known: str) -> None:
    """Let us know Ann in this way."""
    if known in {COMPLAINT, BOUNCE}:
        with newsroom.database.write() as session:
            suppress(session, newsroom.settings, ANN, known, moment(newsroom.database))
            session.commit()
        return
    newsroom.asks(ANN, "weekly" if known.startswith("member") else "daily")
    if known != "pending":
        newsroom.post(link_in(newsroom.mails_to(ANN)[0]))
    if known in {"unsubscribed", "bounced"}:
        newsroom.change(Subscription, state=known)
    if known == "erased":
        with newsroom.database.write() as session:
            person = session.scalars(select(Person.id)).one()
            erase(session, registers(newsroom.settings), person, moment(newsroom.database))
            session.commit()


def by(newsroom: Newsroom, way: str, address: str, waiting: str) -> TestResponse:
    """Ask for a list in one of the ways there are; `waiting` is a waiting page of ours."""
    if way == "again":
        return newsroom.post(f"{waiting}/again")
    if way == "corrected":
        return newsroom.post(f"{waiting}/address", email=address)
    headers = {"Accept": "application/json"} if way == "script" else {}
    return newsroom.sign_up(address, headers=headers)


def shown(answer: TestResponse) -> tuple[int, str, dict[str, str]]:
    """Return all of an answer but what is chance in it."""
    headers = {name: value for name, value in answer.headers if name != "X-Request-ID"}
    return (
        answer.status_code,
        without_tokens(answer.text),
        {name: without_tokens(value) for name, value in headers.items()},
    )


def without_tokens(text: str) -> str:
    return re.sub(r"[A-Za-z0-9_-]{43}", "TOKEN", text)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("known", KNOWN)
def test_known_and_unknown_addresses_are_answered_and_worked_on_alike(
    newsroom: Newsroom, known: str, way: str
) -> None:
    acquaint(newsroom, known)
    pages = {one: newsroom.sign_up(one).location for one in (ANN, BOB)}
    newsroom.client.get(pages[BOB])  # so that what is read once a second has been read

    with statements(newsroom) as ours:
        mine = by(newsroom, way, ANN, pages[ANN])
    with statements(newsroom) as theirs:
        other = by(newsroom, way, BOB, pages[BOB])

    assert shown(mine) == shown(other)
    assert told_apart(ours) == told_apart(theirs)
    assert any("INSERT INTO signup_request" in one for one in ours)


def told_apart(ran: list[str]) -> list[str]:
    """Return the statements but those that each process runs once a second for everybody."""
    return [one for one in ran if not EVERY_SECOND.search(one)]
