"""Systems that are told by webhooks, at the desk."""

import re

import pytest
from sqlalchemy import insert, select, update

from app.core.alarms import open_alarms
from app.core.clock import now
from app.core.database import Database
from app.newsletters.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.people.audit import AuditEntry
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of
from tests.newsletters.making import make_list

HERE = "/desk/webhooks/"
FACTS = {"name": "crm", "url": "https://crm.example/hooks", "event": ["confirmed", "asked"]}


@pytest.fixture
def at(desk: SitDown, database: Database) -> Desk:
    """An administrator, a newsletter, and a system called crm."""
    sitting = desk("admin")
    with database.write() as session:
        make_list(session, "daily")
        session.commit()
    sitting.post(f"{HERE}new/", **FACTS)
    return sitting


def the_row(database: Database) -> WebhookEndpoint:
    with database.read() as session:
        return session.scalars(select(WebhookEndpoint)).one()


def done(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry.what).order_by(AuditEntry.number)))


def deliver(database: Database, state: str) -> int:
    with database.write() as session:
        moment = now(session)
        values = {"endpoint_id": the_row(database).id, "created_at": moment, "due_at": moment}
        ended = {"state": state, "done_at": moment, "answer": "no", "milliseconds": 7}
        made = insert(WebhookDelivery).values(**values, **ended).returning(WebhookDelivery.id)
        number = session.execute(made).scalar_one()
        session.commit()
    return number


def test_a_new_system_gets_its_secret_once(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    answer = at.post(f"{HERE}new/", **FACTS)
    secret = re.search(r"whsec_[\w+/=-]+", answer.text)
    assert secret is not None
    row = the_row(database)
    assert (row.name, row.events, row.newsletters) == ("crm", ["confirmed"], [])
    page = at.get(f"{HERE}{row.id}/")
    assert "crm" in at.get(HERE).text
    assert secret[0] not in page.text
    assert done(database) == ["webhook.made"]


def test_it_is_changed_and_the_log_says_from_what_to_what(at: Desk, database: Database) -> None:
    number = the_row(database).id
    assert 'value="https://crm.example/hooks"' in at.get(f"{HERE}{number}/edit/").text
    at.post(f"{HERE}{number}/edit/", **{**FACTS, "url": "https://new.example/", "list": "daily"})

    row = the_row(database)
    assert (row.url, len(row.newsletters)) == ("https://new.example/", 1)
    with database.read() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert entry is not None
    assert (entry.before["url"], entry.after["url"]) == (FACTS["url"], "https://new.example/")


WRONG = (
    ("name", {"name": ""}),
    ("name", {"name": "crm"}),
    ("url", {"url": "http://crm.example/"}),
    ("event", {"event": "nothing"}),
    ("list", {"list": "gone"}),
)


def test_what_cannot_be_taken_is_told_at_its_field(at: Desk, database: Database) -> None:
    for field, changed in WRONG:
        answer = at.post(f"{HERE}new/", **{**FACTS, "name": "other", **changed})
        assert answer.status_code == 422, changed
        assert f'id="error-{field}"' in answer.text, changed
    assert the_row(database).name == "crm"


def test_turned_off_it_is_told_nothing_and_no_alarm_is_raised(at: Desk, database: Database) -> None:
    number = the_row(database).id
    assert "Tell crm nothing" in words_of(at.get(f"{HERE}{number}/off/"))
    at.post(f"{HERE}{number}/off/")
    assert the_row(database).disabled_at is not None
    with database.read() as session:
        assert list(open_alarms(session)) == []
    at.post(f"{HERE}{number}/test/")
    assert "turn it on first" in words_of(at.get(HERE))

    at.post(f"{HERE}{number}/on/")
    assert the_row(database).disabled_at is None
    assert done(database) == ["webhook.made", "webhook.turned-off", "webhook.turned-on"]


def test_a_secret_is_replaced_after_a_question(at: Desk, database: Database) -> None:
    row = the_row(database)
    assert "Give crm a new secret." in words_of(at.get(f"{HERE}{row.id}/rotate/"))
    answer = at.post(f"{HERE}{row.id}/rotate/")
    assert "whsec_" in answer.text
    assert the_row(database).old_secret_name == row.secret_name
    assert "the old one signs as well until" in words_of(at.get(f"{HERE}{row.id}/"))


def test_what_failed_is_delivered_anew_one_or_all(at: Desk, database: Database) -> None:
    number = the_row(database).id
    first, second = deliver(database, "failed"), deliver(database, "failed")
    page = at.get(f"{HERE}{number}/deliveries/{first}/")
    assert "failed" in words_of(page)
    at.post(f"{HERE}{number}/deliveries/{first}/again/")
    with database.read() as session:
        assert session.get_one(WebhookDelivery, first).state == "waiting"
        assert session.get_one(WebhookDelivery, second).state == "failed"
    at.post(f"{HERE}{number}/redeliver/")
    with database.read() as session:
        assert session.get_one(WebhookDelivery, second).state == "waiting"


def test_a_test_is_queued(at: Desk, database: Database) -> None:
    number = the_row(database).id
    at.post(f"{HERE}{number}/test/")
    with database.read() as session:
        assert session.scalars(select(WebhookDelivery.consent_id)).all() == [None]


def test_it_is_removed_after_a_question(at: Desk, database: Database) -> None:
    number = the_row(database).id
    deliver(database, "failed")
    assert "Remove crm, and forget" in words_of(at.get(f"{HERE}{number}/remove/"))
    at.post(f"{HERE}{number}/remove/")
    assert at.get(f"{HERE}{number}/").status_code == 404
    assert done(database)[-1] == "webhook.removed"


def test_a_new_address_is_not_blamed_for_the_old_one(at: Desk, database: Database) -> None:
    with database.write() as session:
        session.execute(update(WebhookEndpoint).values(failing_since=now(session)))
        session.commit()
    number = the_row(database).id
    at.post(f"{HERE}{number}/edit/", **{**FACTS, "url": "https://new.example/"})
    assert the_row(database).failing_since is None
