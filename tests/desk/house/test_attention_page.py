"""The page of what needs somebody, and what is done from it."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from app.core import heartbeat
from app.core.alarms import Alarm, open_alarms, raise_alarm
from app.core.clock import now
from app.core.database import Database
from app.core.job_rows import JobRow
from app.mail import dns_watching
from app.mail.asking_dns import MISSING, Finding
from app.payments.drift import Difference, begin, finish
from app.payments.models import DirtyKey
from app.people.audit import AuditEntry
from tests.desk.conftest import SitDown
from tests.desk.making import words_of

HERE = "/desk/attention/"


@pytest.fixture(autouse=True)
def _engine_alive(database: Database) -> None:
    with database.write() as session:
        heartbeat.beat(session, "worker")
        session.commit()


def alarm(database: Database, kind: str = "mail.forged", ref: str = "ses") -> None:
    with database.write() as session:
        raise_alarm(session, kind, now(session), ref)
        session.commit()


def standing(database: Database) -> list[str]:
    with database.read() as session:
        return [one.kind for one in open_alarms(session)]


def written_down(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [(one.what, one.about) for one in entries]


def park(database: Database, name: str = "mail.dns") -> int:
    with database.write() as session:
        moment = now(session)
        row = {"name": name, "payload": {}, "created_at": moment, "due_at": moment}
        aside = {"parked_at": moment, "attempts": 8, "last_error": "it broke"}
        made = insert(JobRow).values(**row, **aside).returning(JobRow.id)
        number = session.execute(made).scalar_one()
        session.commit()
    return number


def test_when_all_is_well_the_page_says_so_and_as_of_when(desk: SitDown) -> None:
    assert "All is well as of" in words_of(desk("editor").get(HERE))
    assert "Станом на" in words_of(desk("membership").get(f"/uk{HERE}"))


def test_an_alarm_is_cleared_and_the_clearing_taken_back(desk: SitDown, database: Database) -> None:
    alarm(database)
    at = desk("membership")
    assert "Somebody forges notices of the provider ses" in words_of(at.get(HERE))

    at.post(f"{HERE}clear/", kind="mail.forged", ref="ses")
    page = at.get(HERE)
    assert "The alarm was cleared." in words_of(page)
    assert "/desk/attention/undo/?kind=mail.forged&amp;ref=ses" in page.text
    assert standing(database) == []

    at.post(f"{HERE}undo/?kind=mail.forged&ref=ses")
    assert standing(database) == ["mail.forged"]
    what = ["alarm.cleared", "alarm.opened-again"]
    assert written_down(database) == [(one, "alarm:mail.forged:ses") for one in what]


@pytest.mark.parametrize("ref", ["ann@post.example", "ses", "a%0Db"])
def test_what_was_not_cleared_is_neither_opened_again_nor_written_down(
    desk: SitDown, database: Database, ref: str
) -> None:
    alarm(database)
    answer = desk("membership").post(f"{HERE}undo/?kind=mail.forged&ref={ref}")
    assert answer.status_code == 303
    assert standing(database) == ["mail.forged"]
    assert written_down(database) == []


def test_an_editor_reads_and_clears_nothing(desk: SitDown, database: Database) -> None:
    alarm(database)
    at = desk("editor")
    assert "attention/clear/" not in at.get(HERE).text
    assert at.post(f"{HERE}clear/", kind="mail.forged", ref="ses").status_code == 403
    assert standing(database) == ["mail.forged"]


def test_what_is_gone_once_it_is_mended_nobody_clears(desk: SitDown, database: Database) -> None:
    kinds = ["audit-broken", "drift", "sign-ups-tightened"]
    at = desk("admin")
    for kind in kinds:
        alarm(database, kind, "")
        assert "attention/clear/" not in at.get(HERE).text
        at.post(f"{HERE}clear/", kind=kind, ref="")
    assert sorted(standing(database)) == kinds


def test_a_dispute_is_looked_at_again_and_not_cleared(desk: SitDown, database: Database) -> None:
    alarm(database, "dispute", "du_1")
    at = desk("membership")
    at.post(f"{HERE}look-again/", kind="dispute", ref="du_1")

    assert "Stripe is asked about it now." in words_of(at.get(HERE))
    with database.read() as session:
        key = session.scalars(select(DirtyKey)).one()
    assert (key.kind, key.object_id) == ("dispute", "du_1")


def test_work_that_was_set_aside_is_seen_and_tried_again(desk: SitDown, database: Database) -> None:
    number = park(database)
    at = desk("membership")
    assert "1 piece of work was set aside" in words_of(at.get(HERE))
    path = f"{HERE}parked/job/{number}/"
    assert path in at.get(f"{HERE}parked/").text
    assert "it broke" in words_of(at.get(path))

    at.post(f"{path}retry/")
    with database.read() as session:
        row = session.get_one(JobRow, number)
    assert (row.parked_at, row.attempts, row.done_at) == (None, 0, None)
    assert written_down(database) == [("parked.tried-again", f"job:{number}")]
    assert "is not set aside any more" in words_of(
        at.client.post(f"{path}drop/", data={"csrf_token": at.csrf()},
                       headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=True)
    )  # fmt: skip


def test_work_is_dropped_once_it_is_confirmed_in_words(desk: SitDown, database: Database) -> None:
    number = park(database)
    at = desk("membership")
    assert f"Drop job {number}, without doing it." in words_of(
        at.get(f"{HERE}parked/job/{number}/drop/")
    )
    at.post(f"{HERE}parked/job/{number}/drop/")
    with database.read() as session:
        assert session.get_one(JobRow, number).done_at is not None
    assert written_down(database) == [("parked.dropped", f"job:{number}")]


def test_work_of_a_key_that_waits_already_stays_aside(desk: SitDown, database: Database) -> None:
    numbers = [park(database), park(database)]
    with database.write() as session:
        session.execute(update(JobRow).values(unique_key="one"))
        session.execute(update(JobRow).where(JobRow.id == numbers[1]).values(parked_at=None))
        session.commit()
    at = desk("membership")
    at.post(f"{HERE}parked/job/{numbers[0]}/retry/")
    assert "The same work is waiting already" in words_of(at.get(HERE))


def test_what_is_not_set_aside_is_not_found(desk: SitDown) -> None:
    at = desk("membership")
    assert at.get(f"{HERE}parked/person/1/").status_code == 404
    assert at.get(f"{HERE}parked/job/99/").status_code == 404


def test_differences_are_listed_and_compared_again(desk: SitDown, database: Database) -> None:
    with database.write() as session:
        moment = now(session)
        found = [Difference("subscription", f"sub_{one}", "It stands otherwise.") for one in "ab"]
        finish(session, begin(session, moment), 120, found, moment)
        session.commit()
    at = desk("membership")
    assert "Stripe and our books differ in 2 places" in words_of(at.get(HERE))
    assert "sub_a" in at.get(f"{HERE}drift/").text
    assert "sub_a" not in at.get(f"{HERE}drift/?q=sub_b").text

    at.post(f"{HERE}drift/compare/")
    with database.read() as session:
        assert session.scalars(select(JobRow.name)).all() == ["payments.reconcile"]


def test_faults_of_dns_are_listed_with_their_records(desk: SitDown, database: Database) -> None:
    with database.write() as session:
        found = [Finding("MX", MISSING, "None.", "post.example. MX 10 mail.post.example.")]
        dns_watching.keep(session, "post.example", found, now(session))
        session.commit()
    at = desk("membership")
    assert "post.example. MX 10 mail.post.example." in at.get(f"{HERE}dns/").text
    at.post(f"{HERE}dns/check/")
    with database.read() as session:
        assert session.scalars(select(JobRow.name)).all() == ["mail.dns"]


def test_a_deadline_that_passed_is_told_so(desk: SitDown, database: Database) -> None:
    alarm(database, "two-memberships", "7")
    with database.write() as session:
        session.execute(update(Alarm).values(first_at=now(session) - timedelta(days=2), times=3))
        session.commit()
    assert "· 3 times" in words_of(desk("admin").get(HERE))
