"""The pages of imports: a file is brought, understood, vouched for, and its errors are given."""

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core.clock import now
from app.core.database import Database
from app.core.guards import LARGEST_BODY
from app.core.job_rows import JobRow
from app.core.settings import Settings
from app.core.work import Runtime
from app.newsletters.imports.models import SubscriberImport
from app.newsletters.models import Subscription
from app.people.audit import AuditEntry
from app.people.csrf import FIELD
from app.wiring import WORK
from tests.conftest import make_settings
from tests.desk.conftest import SitDown
from tests.desk.making import OURS, Desk, words_of
from tests.newsletters.imports.files_of_subscribers import plain, table
from tests.newsletters.making import make_list

ANN, BOB = "ann@post.example", "bob@post.example"
AGREED = "The form on our old site."


@pytest.fixture
def here(database: Database, desk: SitDown) -> Desk:
    """Somebody of the membership role, at a newsroom with the list `daily`."""
    with database.write() as session:
        make_list(session, "daily")
        session.commit()
    return desk("membership")


@pytest.fixture
def own(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(database_url, tmp_path)


def works(database: Database, settings: Settings) -> None:
    """Run what was enqueued, as a worker would."""
    with database.write() as session:
        rows = session.scalars(select(JobRow).where(JobRow.done_at.is_(None))).all()
        for row in rows:
            row.done_at = now(session)
        session.commit()
    by_name = {one.name: one for one in WORK.jobs}
    for row in rows:
        by_name[row.name].run(Runtime(database, settings), row.payload)


def brings(here: Desk, text: str, name: str = "people.csv", kind: str = "") -> str:
    given = (io.BytesIO(text.encode()), name)
    answer = here.post(f"/desk/imports/{kind}new/", file=given)
    assert answer.status_code == 303, answer.text
    return answer.location


def state_of(here: Desk) -> str:
    with here.database.read() as session:
        return session.scalars(select(SubscriberImport)).one().state


def deeds(here: Desk) -> list[str]:
    with here.database.read() as session:
        return list(session.scalars(select(AuditEntry.what).order_by(AuditEntry.number)))


def test_a_file_is_shown_as_it_is_understood_and_columns_can_be_changed(
    here: Desk, own: Settings
) -> None:
    page = brings(here, table(["E-mail", "Nick"], {"E-mail": ANN, "Nick": "Annie"}))
    shown = here.get(page)
    assert '<option value="E-mail" selected>' in shown.text
    assert "Annie" in shown.text

    answer = here.post(f"{page}read/", **{"column-email": "E-mail", "column-name": "Nick"})
    assert answer.status_code == 422
    assert "tick the newsletter" in words_of(answer)
    assert '<option value="Nick" selected>' in answer.text
    fields = {"list": "daily", "column-email": "E-mail", "column-name": "Nick"}
    assert here.post(f"{page}read/", **fields).status_code == 303
    works(here.database, own)
    assert "1 row was read" in words_of(here.get(page))


def test_a_file_without_a_known_column_asks_which_holds_addresses(here: Desk) -> None:
    shown = here.get(brings(here, "Kontakt,Nick\nann@post.example,Annie\n"))

    assert "No column is known to hold addresses" in words_of(shown)
    assert '<option value="Kontakt">' in shown.text


def test_nobody_is_subscribed_before_somebody_vouches(here: Desk, own: Settings) -> None:
    page = brings(here, plain(ANN, "nobody"))
    here.post(f"{page}read/", list="daily")
    works(here.database, own)
    asked = words_of(here.get(f"{page}apply/"))
    assert "Subscribe 1 person to Daily, on your word." in asked
    assert "I, The membership, vouch" in asked
    refused = here.post(f"{page}apply/", note=" ")
    assert refused.status_code == 422
    assert here.post(f"{page}apply/", note=AGREED).status_code == 303
    works(here.database, own)

    assert f"The membership : {AGREED}" in words_of(here.get(page))
    assert deeds(here) == ["import.brought", "import.read", "import.vouched"]
    assert state_of(here) == "applied"


def test_what_is_not_taken_is_listed_and_given_as_a_file_to_put_right(
    here: Desk, own: Settings
) -> None:
    page = brings(here, plain(ANN, "=nobody"))
    here.post(f"{page}read/", list="daily")
    works(here.database, own)
    listed, given = here.get(f"{page}not-taken/"), here.get(f"{page}not-taken.csv")

    assert "=nobody" in listed.text
    assert given.text.splitlines()[0] == "file,line,reason,email"
    assert given.text.splitlines()[1].startswith(",3,")
    assert given.text.splitlines()[1].endswith(",'=nobody")


def test_who_would_become_what_is_a_list(here: Desk, own: Settings) -> None:
    page = brings(here, plain(ANN, BOB))
    here.post(f"{page}read/", list="daily")
    works(here.database, own)
    found = words_of(here.get(f"{page}rows/?q=ann@"))

    assert f"{ANN} Daily confirmed new: subscribed, and no mail is sent" in found
    assert BOB not in found


def test_an_import_is_stopped_taken_back_and_given_up(here: Desk, own: Settings) -> None:
    page = brings(here, plain(ANN))
    here.post(f"{page}read/", list="daily")
    assert here.post(f"{page}stop/").status_code == 303
    works(here.database, own)
    assert state_of(here) == "stopped"
    here.post(f"{page}read/", list="daily")
    works(here.database, own)
    here.post(f"{page}apply/", note=AGREED)
    works(here.database, own)
    assert "Take back 1 subscriptions" in words_of(here.get(f"{page}undo/"))
    here.post(f"{page}undo/")
    works(here.database, own)

    assert state_of(here) == "undone"
    assert here.post(f"{page}drop/").status_code == 409
    with here.database.read() as session:
        assert session.scalars(select(Subscription)).all() == []


def test_a_file_given_up_is_gone(here: Desk, own: Settings) -> None:
    page = brings(here, plain(ANN))
    assert "Delete people.csv from here" in words_of(here.get(f"{page}drop/"))
    here.post(f"{page}drop/")

    assert state_of(here) == "dropped"
    assert list(own.private_dir.iterdir()) == []


def test_members_are_checked_and_brought_in_with_the_count_told_before(
    here: Desk, own: Settings
) -> None:
    text = "E-mail,Since,Expiry\nann@post.example,2026-01-31,2035-01-31\n"
    page = brings(here, text, kind="members/")
    assert here.post(f"{page}check/").status_code == 422
    columns = {"column-email": "E-mail", "column-starts_at": "Since", "column-ends_at": "Expiry"}
    here.post(f"{page}check/", source="steady", **columns)
    works(here.database, own)
    assert "the count goes from 0 to 1 members" in words_of(here.get(f"{page}apply/"))
    here.post(f"{page}apply/")
    works(here.database, own)

    assert "0 before, 1 after" in words_of(here.get(page))
    assert deeds(here)[-1] == "member-import.applied"
    assert "said of 1 memberships" in words_of(here.get(f"{page}undo/"))
    here.post(f"{page}undo/")
    works(here.database, own)
    assert "taken back" in words_of(here.get(page))


def sends(client: FlaskClient, token: str, size: int) -> TestResponse:
    """Send a file of so many bytes, in a body that is made by hand and held in memory."""
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    text = part.format(FIELD, "", token) + part.format("file", '; filename="a.csv"', "x" * size)
    body = f"{text}--x--\r\n".encode()
    kind = "multipart/form-data; boundary=x"
    return client.post("/desk/imports/new/", data=body, content_type=kind, headers=OURS)


def test_a_large_file_is_taken_from_staff_and_from_nobody_else(here: Desk, desk: SitDown) -> None:
    editor = desk("editor")

    assert sends(here.client, here.csrf(), LARGEST_BODY).status_code == 303
    assert sends(editor.client, editor.csrf(), LARGEST_BODY).status_code == 413
    assert sends(here.app.test_client(), "", LARGEST_BODY).status_code in {303, 404}
    assert here.post("/desk/imports/1/read/", note="x" * LARGEST_BODY).status_code == 413
