"""The morning page as staff read it: exact figures, rows behind them, and nobody's data."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core.chosen import choose
from app.core.clock import now
from app.core.database import Database
from app.desk.morning.reading import Asked, Churn, Morning, Week, morning
from app.memberships import service
from app.memberships.entitling import SOURCE
from app.memberships.flows import Flow
from app.memberships.service import Grant
from app.newsletters.funnel.models import FunnelDay
from app.people.audit import AuditEntry
from app.people.models import Person
from tests.desk.conftest import SitDown
from tests.desk.making import words_of
from tests.goal.making import make_campaign
from tests.goal.test_standing import KYIV
from tests.memberships.account.making import make_intent, make_membership, make_payment
from tests.memberships.making import NOW, make_person
from tests.newsletters.making import make_list

DAY = timedelta(days=1)
ADDRESS, NAME = "ann.secret@post.example", "Ann Secret"


def be_member(
    session: Session, moment: datetime, begins: float, ends: float | None = None, **values: object
) -> int:
    """Let somebody be a member by a membership of ours, in days from a moment."""
    person = make_person(session)
    row = make_membership(session, person, **values)
    ends_at = None if ends is None else moment + ends * DAY
    given = Grant(person, SOURCE, row.subscription_id, moment + begins * DAY, ends_at)
    service.grant(session, given, reason="paid", now=moment + begins * DAY)
    return person


def furnish(session: Session, moment: datetime) -> None:
    """Thirty-three came, three of them left: two had asked to; one is due, one gave."""
    make_campaign(session, goal=100, starts_at=moment - 40 * DAY, ends_at=moment + 35 * DAY)
    paid = {"paid_through": moment + 3 * DAY, "period_ends_at": moment + 3 * DAY}
    far = {"paid_through": moment + 90 * DAY, "period_ends_at": moment + 90 * DAY}
    for ago in range(30):
        be_member(session, moment, -ago - 0.0001, None, **(paid if ago == 0 else far))
    gone = {"ended_at": moment - DAY}
    for asked_at in (moment - 9 * DAY, moment - 8 * DAY, None):
        be_member(session, moment, -35, -2, cancel_asked_at=asked_at, **gone)
    giver = make_person(session, ADDRESS)
    session.get_one(Person, giver).name = NAME
    gift = make_intent(session, giver, kind="gift", interval=None)
    make_payment(session, giver, intent_id=gift.id, amount_minor=2500, paid_at=moment - DAY)
    joined = make_intent(session, giver, from_path="/bread/", ask_key="strip")
    joined.created_at = moment - DAY
    daily = make_list(session, "daily").id
    day = moment.astimezone(KYIV).date()
    key = {"newsletter_id": daily, "day": day, "from_path": "/ferry/", "form": "article"}
    session.add(FunnelDay(**key, seen=900, asked=40, accepted=39, confirmed=20, unsubscribed=3))
    session.flush()


def read(session: Session, **values: object) -> Morning:
    return morning(session, Asked(NOW, KYIV, **values))  # type: ignore[arg-type] # a test's own


@pytest.fixture
def furnished(session: Session) -> Session:
    furnish(session, NOW)
    return session


def test_the_figures_are_exact(furnished: Session) -> None:
    found = read(furnished)
    standing = found.standing

    assert standing.count is not None
    assert (standing.count.members, standing.tenths_of_percent, standing.days_left) == (30, 300, 35)
    assert (standing.needed_tenths, standing.running_tenths) == (20, 8)
    assert standing.flows["7 d"] == Flow(joined=7, cancelled=2, lapsed=1)
    assert standing.flows["28 d"] == Flow(joined=28, cancelled=2, lapsed=1)
    assert found.churn == Churn(3, 4)
    assert standing.forecast is not None
    assert standing.forecast.verdict == "unlikely"


def test_each_day_of_the_chart_ends_with_its_count_and_stands_beside_the_line(
    furnished: Session,
) -> None:
    days = read(furnished).days

    assert [one.members for one in days[-4:]] == [30, 28, 29, 30]
    assert [one.net for one in days[-4:]] == [1, -2, 1, 1]
    assert [one.needed for one in (days[0], days[-1])] == [0, 54]


def test_weeks_hold_what_falls_due_and_nothing_is_late(furnished: Session) -> None:
    weeks = read(furnished).weeks

    assert weeks is not None
    assert weeks[0] == Week(NOW.astimezone(KYIV).date(), monthly=1)
    assert [one.monthly for one in weeks[1:]] == [0] * 7


def test_money_and_what_was_brought_stand_by_currency_page_ask_and_list(
    furnished: Session,
) -> None:
    found = read(furnished)

    assert found.money is not None
    assert [(one.number, one.total_minor) for one in found.money.recurring] == [(30, 21_000)]
    assert [(one.number, one.total_minor) for one in found.money.gifts] == [(1, 2500)]
    assert sum(found.money.received["EUR"]) == 2500
    assert [(one.name, one.brought.members) for one in found.asks] == [("strip", 1)]
    assert [(one.name, one.brought.confirmed) for one in found.pages][1] == ("/ferry/", 20)
    assert [one.numbers.confirmed for one in found.lists] == [20]


def test_a_past_morning_is_what_was_known_then(furnished: Session) -> None:
    then = NOW - 10 * DAY
    found = morning(furnished, Asked(then, KYIV, is_past=True))

    assert found.standing.count is not None
    assert found.standing.count.members == 23  # those who left later were there, until their end
    assert found.standing.flows["7 d"] == Flow(joined=7)
    assert (found.standing.forecast, found.weeks, found.needs) == (None, None, None)
    assert found.money is not None
    assert found.money.recurring == ()
    assert found.begun_at is None


def test_before_the_first_record_nothing_was_known_and_that_is_said(furnished: Session) -> None:
    found = morning(furnished, Asked(NOW - 300 * DAY, KYIV, is_past=True))

    assert found.standing.count is not None
    assert found.standing.count.members == 0
    assert found.begun_at == NOW - 35 * DAY


def test_an_empty_newsroom_has_a_morning_too(session: Session) -> None:
    found = read(session)

    assert (found.standing.count, found.churn, found.days, found.pages) == (None, None, (), ())


@pytest.fixture
def asked_of_the_database(database: Database) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def test_more_rows_take_no_more_statements(
    furnished: Session, asked_of_the_database: list[str]
) -> None:
    def count() -> int:
        asked_of_the_database.clear()
        read(furnished)
        return len(asked_of_the_database)

    before = count()
    furnished.execute(select(Person))
    for slug in ("weekly", "city"):
        make_list(furnished, slug)
    for number in range(20):
        person = be_member(furnished, NOW, -number - 0.3, interval="year", currency="UAH")
        make_intent(furnished, person, from_path=f"/{number}/", created_at=NOW - DAY)
    assert count() == before


@pytest.fixture
def newsroom(app: Flask, database: Database) -> Flask:
    """A furnished newsroom behind the application."""
    with database.write() as session:
        furnish(session, now(session))
        session.commit()
    return app


def lines(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_every_number_leads_to_the_rows_that_make_it(newsroom: Flask, desk: SitDown) -> None:
    sitting = desk("admin")
    page = sitting.get("/desk/").text
    links = set(re.findall(r'href="(/desk/morning/[^"#]+)"', page)) - {"/desk/morning/how/"}

    assert len(links) > 40
    for link in links:
        assert sitting.get(link.replace("&amp;", "&")).status_code == 200
    for way, rows in (("joined", 7), ("cancelled", 2), ("lapsed", 1), ("net", 10)):
        assert f'href="/desk/morning/moves/{way}/?days=7"' in page
        answer = sitting.get(f"/desk/morning/moves/{way}/?days=7&as=csv")
        assert len(lines(answer.text)) == rows + 1


def test_the_page_and_its_rows_hold_nobodys_data(newsroom: Flask, desk: SitDown) -> None:
    sitting = desk("membership")
    for path in ("/desk/", "/desk/morning/gifts/EUR/", "/desk/morning/joins/page/?name=/bread/",
                 "/desk/morning/members/?as=csv"):  # fmt: skip
        text = sitting.get(path).text
        assert ADDRESS not in text
        assert NAME not in text


def test_an_editor_sees_everything_but_what_members_give(newsroom: Flask, desk: SitDown) -> None:
    sitting = desk("editor")
    page = words_of(sitting.get("/desk/"))

    assert "30 of 100 members 30.0" in page
    assert "Newsletters" in page
    assert "€" not in page
    for path in ("value/EUR", "gifts/EUR", "received/EUR"):
        assert sitting.get(f"/desk/morning/{path}/").status_code == 403


WRONG = {
    "rubbish": "Please write a day",
    "2026-02-30": "Please write a day",
    "9999-01-01": "Please write a day",
    "2999-01-01": "has not come yet",
    "&lt;b&gt;": "Please write a day",
}


def test_a_moment_that_is_none_gets_a_sentence_and_stays_in_its_field(desk: SitDown) -> None:
    sitting = desk("editor")
    for text, sentence in WRONG.items():
        answer = sitting.get(f"/desk/?at={text.replace('&lt;', '<').replace('&gt;', '>')}")

        assert answer.status_code == 422
        assert sentence in words_of(answer)
        assert f'value="{text}"' in answer.text


def test_a_past_morning_says_what_it_cannot_tell(newsroom: Flask, desk: SitDown) -> None:
    sitting = desk("admin")
    with sitting.database.read() as session:
        day = (now(session) - 9 * DAY).date()
    page = words_of(sitting.get(f"/uk/desk/?at={day}"))

    assert "Це минулий ранок" in page
    assert "Прогноз" not in page
    assert "full day" not in page
    assert sitting.get(f"/desk/morning/due/monthly/?week=late&at={day}").status_code == 404


NO_PAGES = (
    *("moves/nothing/", "moves/net/?days=0", "moves/net/?days=x", "moves/net/?day=9999-12-31"),
    *("moves/net/?full=9999", "due/monthly/?week=2001-01-01", "due/x/?week=late", "brought/x/"),
    *("joins/x/", "received/EUR/?week=9999-12-31", "members/?at=x"),
)


def test_addresses_that_mean_nothing_are_no_pages(desk: SitDown) -> None:
    sitting = desk("admin")

    found = {path: sitting.get(f"/desk/morning/{path}").status_code for path in NO_PAGES}
    assert found == dict.fromkeys(NO_PAGES, 404)


def test_the_mail_is_turned_off_and_on_again_and_written_down(desk: SitDown) -> None:
    sitting = desk("editor")
    assert "You get this page by mail" in words_of(sitting.get("/desk/"))
    sitting.post("/desk/morning/by-mail/", by_mail="")
    assert "You do not get this page by mail" in words_of(sitting.get("/desk/"))
    sitting.post("/desk/morning/by-mail/", by_mail="1")
    sitting.post("/desk/morning/by-mail/", by_mail="1")

    assert "You get this page by mail" in words_of(sitting.get("/desk/"))
    with sitting.database.read() as session:
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))
    assert [one.after for one in entries] == [{"by_mail": False}, {"by_mail": True}]


def test_the_mail_is_promised_for_the_hour_at_which_it_comes(desk: SitDown) -> None:
    sitting = desk("editor")
    settings = sitting.app.extensions["unwalled_settings"]
    with sitting.database.write() as session:
        choose(session, settings, "morning_hour", "6", now(session))
        session.commit()

    assert "by mail each day at 06:00" in words_of(sitting.get("/desk/"))


def test_eight_weeks_in_which_nothing_falls_due_are_one_sentence(desk: SitDown) -> None:
    words = words_of(desk("editor").get("/desk/"))

    assert "Nothing in 8 weeks" in words
    assert "Week from" not in words


@pytest.mark.parametrize(
    ("at", "rows"),
    [("03:30", 0), ("03:30%2B03:00", 0), ("03:30+02:00", 1), ("03:30%2B02:00", 1)],
)
def test_of_an_hour_that_comes_twice_each_is_asked_for_by_its_offset(
    desk: SitDown, database: Database, at: str, rows: int
) -> None:
    between = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    with database.write() as session:
        given = Grant(make_person(session), SOURCE, "sub", between)
        service.grant(session, given, reason="paid", now=between)
        session.commit()
    answer = desk("admin").get(f"/desk/morning/members/?as=csv&at=2026-10-25T{at}")

    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 1 + rows
