"""Subscribers as CSV: whom a segment holds, safe cells, one snapshot, page by page."""

import csv
import io
import threading

import pytest
from sqlalchemy import update

from app.core.clock import now
from app.core.moments import read_moment
from app.newsletters import exporting
from app.newsletters.exporting import COLUMNS, Segment, export_subscribers
from app.newsletters.imports.looking import Wishes
from app.newsletters.models import Subscription
from app.people.erasing import erase
from app.people.models import EmailAddress, Person
from app.people.registers import Registers
from tests.newsletters.imports.files_of_subscribers import Moving, plain, table

ANN, BOB, CYD = "ann@post.example", "bob@post.example", "cyd@post.example"


def exported(moving: Moving, segment: Segment | None = None) -> list[dict[str, str]]:
    text = "".join(export_subscribers(moving.database, segment or Segment()))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def emails(moving: Moving, segment: Segment) -> set[str]:
    return {row["email"] for row in exported(moving, segment)}


@pytest.fixture
def peopled(moving: Moving) -> Moving:
    """Ann and Bob get the daily list, Bob and Cyd the weekly one; Cyd has left, and reads uk."""
    moving.bring(table(["email", "name"], {"email": ANN, "name": "=1+1"}, {"email": BOB}))
    rows = [{"email": BOB}, {"email": CYD, "state": "unsubscribed", "language": "uk"}]
    text = table(["email", "state", "language"], *({"state": "confirmed"} | row for row in rows))
    moving.bring(text, Wishes(lists=("weekly",)))
    return moving


def test_every_subscription_is_a_row(peopled: Moving) -> None:
    found = exported(peopled)

    assert list(found[0]) == list(COLUMNS)
    assert [(one["email"], one["newsletter"], one["state"]) for one in found] == [
        (ANN, "daily", "confirmed"),
        (BOB, "daily", "confirmed"),
        (BOB, "weekly", "confirmed"),
        (CYD, "weekly", "unsubscribed"),
    ]
    assert found[0]["name"] == "'=1+1"
    assert found[3]["ended_at"].endswith("+00:00")


def test_a_segment_narrows_by_each_of_its_words(peopled: Moving) -> None:
    with peopled.database.write() as session:
        path = update(Subscription).where(Subscription.newsletter_id == peopled.lists["daily"])
        session.execute(path.values(from_path="/2026/11/100%_true/"))
        session.commit()
    zone = peopled.settings.time_zone

    assert emails(peopled, Segment(lists=(peopled.lists["daily"],))) == {ANN, BOB}
    assert emails(peopled, Segment(states=("unsubscribed", "bounced"))) == {CYD}
    assert emails(peopled, Segment(language="uk")) == {CYD}
    assert emails(peopled, Segment(source="/2026/11/100%")) == {ANN, BOB}
    assert emails(peopled, Segment(source="/2026/1_/")) == set()
    assert emails(peopled, Segment(source="import")) == {ANN, BOB, CYD}
    assert emails(peopled, Segment(source="article")) == set()
    assert emails(peopled, Segment(since=read_moment("2999-01-01", zone))) == set()
    assert emails(peopled, Segment(since=read_moment("2020-01-01", zone), language="en")) == {
        ANN,
        BOB,
    }


def test_it_is_read_page_by_page(peopled: Moving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE", 3)
    pieces = list(export_subscribers(peopled.database, Segment()))

    assert [piece.count("\r\n") for piece in pieces] == [1, 3, 1]


def test_a_page_of_which_nothing_is_wanted_does_not_end_it(
    peopled: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 1)

    assert emails(peopled, Segment(states=("unsubscribed",))) == {CYD}
    assert len(exported(peopled)) == 4


def test_it_shows_one_moment_and_keeps_nobody_from_writing(
    peopled: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 1)
    pieces = export_subscribers(peopled.database, Segment())
    seen = [next(pieces), next(pieces)]

    def change() -> None:
        with peopled.database.write() as session:
            session.execute(update(Subscription).values(state="bounced"))
            session.commit()

    thread = threading.Thread(target=change)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert set(peopled.states().values()) == {"bounced"}
    assert "bounced" not in "".join([*seen, *pieces])


def test_an_erased_person_is_not_in_it(peopled: Moving) -> None:
    with peopled.database.write() as session:
        assert erase(session, Registers(), 1, now(session))
        session.commit()

    assert ANN not in {row["email"] for row in exported(peopled)}


def test_of_several_addresses_it_is_the_one_that_issues_go_to(moving: Moving) -> None:
    moving.bring(plain(ANN))
    with moving.database.write() as session:
        moment = now(session)
        values = {"person_id": 1, "created_at": moment}
        session.add(
            EmailAddress(address="new@b.org", key="new@b.org", verified_at=moment, **values)
        )
        session.add(EmailAddress(address="typo@b.org", key="typo@b.org", **values))
        session.commit()

    assert emails(moving, Segment()) == {"new@b.org"}


def test_an_export_can_be_imported_where_lists_have_the_same_slugs(peopled: Moving) -> None:
    text = "".join(export_subscribers(peopled.database, Segment()))
    report = peopled.foresee(peopled.file(text, "ours.csv"), Wishes())

    assert report.effect.fates == {"already": 3, "stays_unsubscribed": 1}
    assert len(peopled.all_of(Person)) == 3
