"""Lists of articles, page by page; picks and the feed."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.articles import arranging, catalogue, listings, service
from app.articles.arranging import FeedFacts
from app.articles.listings import Before, CardRead, Scope
from app.core.clock import now
from tests.articles.making import make_article, make_draft, make_edition, make_newsroom

ENGLISH = Scope("en")


@pytest.fixture(autouse=True)
def newsroom(session: Session) -> None:
    make_newsroom(session)


def keys(reads: list[CardRead]) -> list[str]:
    return [read.key for read in reads]


def make_several(session: Session, number: int) -> None:
    for one in range(number):
        make_edition(session, f"piece-{one}", at=now(session) - timedelta(hours=one + 1))


def test_the_newest_come_first(session: Session) -> None:
    make_several(session, 3)

    assert keys(listings.latest(session, ENGLISH, now(session), 2)) == ["piece-0", "piece-1"]


def test_drafts_scheduled_and_withdrawn_are_in_no_list(session: Session) -> None:
    make_draft(session, "draft")
    service.schedule(session, make_draft(session, "later"), now(session) + timedelta(days=1))
    service.withdraw(session, make_edition(session, "gone"))

    assert listings.latest(session, ENGLISH, now(session), 9) == []


def test_pages_follow_each_other_without_gap_or_repeat(session: Session) -> None:
    make_several(session, 5)
    first = listings.latest(session, ENGLISH, now(session), 2)
    make_edition(session, "news", at=now(session))
    last = first[-1]
    before = Before(last.place.published_at, last.edition_id)

    second = listings.latest(session, ENGLISH, now(session), 9, before)
    assert keys(second) == ["piece-2", "piece-3", "piece-4"]


def test_pieces_of_one_moment_are_told_apart(session: Session) -> None:
    moment = now(session) - timedelta(hours=1)
    for key in ("one", "two", "three"):
        make_edition(session, key, at=moment)
    seen: list[str] = []
    before = None
    for _ in range(3):
        (read,) = listings.latest(session, ENGLISH, now(session), 1, before)
        seen.append(read.key)
        before = Before(read.place.published_at, read.edition_id)

    assert seen == ["three", "two", "one"]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope("en", section="culture"), ["film"]),
        (Scope("en", author="bo"), ["film"]),
        (Scope("en", tag="ports"), ["grain"]),
        (Scope("uk"), []),
    ],
)
def test_a_scope_holds_its_own(session: Session, scope: Scope, expected: list[str]) -> None:
    make_article(session, "film", section="culture", authors=("bo",), tags=())
    make_edition(session, "film")
    make_edition(session, "grain")

    assert keys(listings.latest(session, scope, now(session), 9)) == expected


def test_the_languages_of_a_scope_are_those_with_something_to_read(session: Session) -> None:
    make_edition(session, "grain")
    make_draft(session, "grain", "uk")
    scope = Scope("en", section="economy")
    assert listings.languages_with(session, scope, now(session)) == {"en"}

    make_edition(session, "grain", "uk")
    assert listings.languages_with(session, scope, now(session)) == {"en", "uk"}


def test_picks_keep_the_editors_order_and_exist_in_the_language(session: Session) -> None:
    make_edition(session, "grain")
    make_edition(session, "orchard")
    arranging.set_picks(session, ["orchard", "grain"])

    assert keys(listings.picks(session, "en", now(session))) == ["orchard", "grain"]
    assert listings.picks(session, "uk", now(session)) == []


def line(session: Session, key: str, minutes: int, article: str | None = None) -> None:
    moment = now(session) - timedelta(minutes=minutes)
    facts = FeedFacts(key, {"en": key}, {"en": ""}, moment, article)
    arranging.save_feed_item(session, facts)


def test_the_feed_waits_for_the_time_of_its_lines(session: Session) -> None:
    line(session, "now", 1)
    line(session, "soon", -10)
    shown = listings.feed(session, "en", now(session), 9)

    assert [read.headline["en"] for read in shown] == ["now"]


def test_a_line_of_the_feed_leads_to_what_readers_can_open(session: Session) -> None:
    make_edition(session, "grain")
    make_draft(session, "orchard")
    line(session, "one", 1, "grain")
    line(session, "two", 2, "orchard")
    places = [set(read.places) for read in listings.feed(session, "en", now(session), 9)]

    assert places == [{"en"}, set()]


def test_the_feed_goes_on_after_a_place(session: Session) -> None:
    for minutes in range(1, 5):
        line(session, f"line-{minutes}", minutes)
    first = listings.feed(session, "en", now(session), 2)
    before = Before(first[-1].published_at, first[-1].id)

    rest = [read.headline["en"] for read in listings.feed(session, "en", now(session), 9, before)]
    assert rest == ["line-3", "line-4"]


def test_the_next_appearance_is_the_earliest_of_editions_and_lines(session: Session) -> None:
    assert catalogue.next_appearance(session, now(session)) is None
    moment = now(session) + timedelta(hours=3)
    service.schedule(session, make_draft(session), moment)
    assert catalogue.next_appearance(session, now(session)) == moment

    line(session, "soon", -10)
    earliest = catalogue.next_appearance(session, now(session))
    assert earliest is not None
    assert earliest < moment
