"""The morning by mail: at eight of the newsroom, once a day, to whoever works here and wants it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.desk.morning import mail as morning_mail
from app.desk.morning.mail import due_day, send, speakers
from app.mail.jobs import drain
from app.mail.models import OutgoingMail
from app.people import staff_morning
from app.people.audit import Actor, Deed, head_of, record
from app.people.models import Person
from app.people.staff_models import Staff
from tests.desk.making import make_staff
from tests.desk.morning.test_morning import ADDRESS, NAME, furnish
from tests.mail.making import at_port
from tests.mail.relays import Taken, doing_as_told
from tests.memberships.making import at

KYIV = ZoneInfo("Europe/Kyiv")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-26 05:59", None),
        ("2026-11-26 06:00", "2026-11-26"),
        ("2026-11-26 09:59", "2026-11-26"),
        ("2026-11-26 10:00", None),
        # Summer time ends on 25 October 2026, and begins on 29 March: eight o'clock moves.
        ("2026-10-24 05:00", "2026-10-24"),
        ("2026-10-25 05:59", None),
        ("2026-10-25 06:00", "2026-10-25"),
        ("2026-03-28 06:00", "2026-03-28"),
        ("2026-03-29 04:59", None),
        ("2026-03-29 05:00", "2026-03-29"),
    ],
)
def test_it_is_time_from_eight_until_noon_of_the_newsroom(moment: str, day: str | None) -> None:
    assert due_day(at(moment), KYIV) == (None if day is None else date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-10-25", "2026-03-29"])
def test_a_day_on_which_the_clock_changes_has_one_eight_o_clock(day: str) -> None:
    first = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=3)
    minutes = [first + number * MINUTE for number in range(30 * 60)]
    named = [one for one in minutes if due_day(one, KYIV) == date.fromisoformat(day)]

    assert len(named) == 4 * 60
    assert named[-1] - named[0] == 239 * MINUTE


def test_another_hour_may_be_chosen() -> None:
    assert due_day(at("2026-07-01 03:59"), KYIV, 7) is None
    assert due_day(at("2026-07-01 04:00"), KYIV, 7) == date(2026, 7, 1)
    assert due_day(at("2026-07-01 08:00"), KYIV, 7) is None
    assert due_day(at("2026-07-01 20:30"), KYIV, 20) is not None


class Office:
    """Staff who are written to, and the relay that takes it."""

    def __init__(self, database: Database, settings: Settings, mails: list[Taken]) -> None:
        self.database = database
        self.runtime = Runtime(database, settings)
        self.mails = mails

    def queued(self) -> int:
        """Return how many mornings were queued."""
        asked = select(func.count()).where(OutgoingMail.template == morning_mail.TEMPLATE)
        with self.database.read() as session:
            return session.scalar(asked) or 0

    def hand_over(self) -> dict[str, Taken]:
        """Send what is due; return it by address."""
        drain(self.runtime, "confirm", speakers())
        return {one.recipient: one for one in self.mails}


@pytest.fixture
def office(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """An office at eight o'clock, whatever the clock says."""
    monkeypatch.setattr(
        morning_mail, "due_day", lambda moment, zone, _hour: moment.astimezone(zone).date()
    )
    with doing_as_told() as relay:
        yield Office(database, at_port(settings, relay.port), relay.mails)


def test_everybody_gets_it_once_however_many_look_at_once(office: Office) -> None:
    for role in ("editor", "membership", "admin"):
        make_staff(office.database, role)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _number: send(office.runtime), range(12)))

    assert office.queued() == 3
    send(office.runtime)
    assert office.queued() == 3


def test_who_left_never_joined_or_turned_it_off_gets_none(office: Office) -> None:
    gone, invited, off = (make_staff(office.database, "editor", f"{one}@post.example")
                          for one in ("gone", "invited", "off"))  # fmt: skip
    with office.database.write() as session:
        moment = now(session)
        session.execute(update(Staff).where(Staff.id == gone).values(ended_at=moment))
        session.execute(update(Staff).where(Staff.id == invited).values(joined_at=None))
        staff_morning.choose(session, Actor.command("test"), off, moment, by_mail=False)
        session.commit()
    send(office.runtime)

    assert office.queued() == 0


def furnished(office: Office) -> None:
    with office.database.write() as session:
        moment = now(session)
        furnish(session, moment)
        record(session, Actor.command("test"), Deed("test", "test:1"), moment)
        session.commit()


def test_it_says_what_the_page_says_and_holds_nobodys_data(office: Office) -> None:
    furnished(office)
    make_staff(office.database, "admin")
    make_staff(office.database, "editor")
    send(office.runtime)
    found = office.hand_over()

    texts = {who: " ".join(one.part("plain").split()) for who, one in found.items()}
    admin, editor = texts["admin@post.example"], texts["editor@post.example"]
    for words in ("30 of 100 members, 30.0", "Needed per day: 2.1", "Running per day: +0.8",
                  "7 days: +4 (joined 7, reinstated 0, cancelled 2, lapsed 1)"):  # fmt: skip
        assert words in admin
        assert words in editor
    assert "€210 a month from 30 memberships" in admin
    assert "€" not in editor
    whole = "".join(one.part(kind) for one in found.values() for kind in ("plain", "html"))
    assert ADDRESS not in whole
    assert NAME not in whole


def test_it_carries_the_end_of_the_audit_log_and_speaks_ukrainian(office: Office) -> None:
    furnished(office)
    staff_id = make_staff(office.database, "admin")
    with office.database.write() as session:
        person = session.get_one(Staff, staff_id).person_id
        session.get_one(Person, person).language = "uk"
        head = head_of(session)
        session.commit()
    send(office.runtime)
    text = office.hand_over()["admin@post.example"].part("plain")

    assert "30 учасників із 100" in text
    assert "Потрібно на день: 2,1" in text
    assert str(head) in "".join(text.split())
    assert "http://localhost/uk/desk/" in text


def test_who_leaves_before_it_is_sent_gets_none(office: Office) -> None:
    staff_id = make_staff(office.database, "admin")
    send(office.runtime)
    with office.database.write() as session:
        session.execute(update(Staff).where(Staff.id == staff_id).values(ended_at=now(session)))
        session.commit()

    assert office.hand_over() == {}
