"""Tokens of the API at the desk."""

import re
from datetime import timedelta

from sqlalchemy import select, update

from app.core.clock import now
from app.core.database import Database
from app.people import tokens
from app.people.audit import AuditEntry
from app.people.staff_models import StaffSession
from app.people.token_models import ApiToken
from tests.desk.conftest import SitDown
from tests.desk.making import words_of

HERE = "/desk/tokens/"


def rows(database: Database) -> list[ApiToken]:
    with database.read() as session:
        return list(session.scalars(select(ApiToken).order_by(ApiToken.id)))


def test_a_token_is_shown_once_opens_what_it_may_and_is_revoked(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    answer = at.post(f"{HERE}new/", name="crm", scope=["lists:read"], days="30")
    shown = re.search(r"unw_[\w-]+", answer.text)
    assert shown is not None
    with database.read() as session:
        held = tokens.find(session, shown[0], now(session))
    assert held is not None
    assert held.scopes == {"lists:read"}
    page = at.get(HERE)
    assert shown[0] not in page.text
    assert "crm holds read the newsletters" in words_of(page)

    number = rows(database)[0].id
    assert "Revoke the token of crm." in words_of(at.get(f"{HERE}{number}/revoke/"))
    at.post(f"{HERE}{number}/revoke/")
    with database.read() as session:
        assert tokens.find(session, shown[0], now(session)) is None
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [one.what for one in entries] == ["token.made", "token.revoked"]
    assert shown[0] not in str(entries[0].after)


WRONG: tuple[tuple[str, dict[str, object]], ...] = (
    ("name", {"name": " ", "scope": ["lists:read"]}),
    ("name", {"name": "taken", "scope": ["lists:read"]}),
    ("scope", {"name": "crm"}),
    ("scope", {"name": "crm", "scope": ["all"]}),
    ("days", {"name": "crm", "scope": ["lists:read"], "days": "soon"}),
)


def test_what_cannot_be_taken_is_told_at_its_field(desk: SitDown, database: Database) -> None:
    with database.write() as session:
        tokens.create(session, "taken", [], now(session))
        session.commit()
    at = desk("admin")
    for field, typed in WRONG:
        answer = at.post(f"{HERE}new/", **typed)
        assert answer.status_code == 422, typed
        assert f'id="error-{field}"' in answer.text, typed
    assert len(rows(database)) == 1


def test_making_and_revoking_want_a_fresh_sign_in(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    with database.write() as session:
        session.execute(update(StaffSession).values(signed_in_at=now(session) - timedelta(hours=1)))
        session.commit()
    answer = at.post(f"{HERE}new/", name="crm", scope=["lists:read"])
    assert answer.status_code in {303, 403}
    assert rows(database) == []
