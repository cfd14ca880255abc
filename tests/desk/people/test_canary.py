"""A marked person goes every way that there is, and is erased: nothing of the marks is left."""

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core import logs
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.desk.exports import preparing as exports
from app.memberships.gifts.models import WallName
from app.memberships.imports import jobs as upload_jobs
from app.memberships.queries import members_among
from app.memberships.wall import put
from app.newsletters import jobs
from app.newsletters.imports import forgetting as subscriber_files
from app.people import sign_in_jobs
from app.people.models import EmailAddress, Person
from app.people.once import new_nonce
from tests.desk.imports.test_views import works
from tests.desk.making import OURS
from tests.desk.merging.test_merging import seen
from tests.desk.people.making import Care, caring
from tests.mail.making import advance
from tests.memberships.account.making import make_intent
from tests.memberships.account.test_data import rows_with
from tests.newsletters.making import make_list

MAIL, NAME, NOTE = "canary5512@post.example", "Quillcanary", "wrotecanary"
MARKS = (MAIL, NAME, NOTE)
COLUMNS = ("email", "name", "source", "source_ref", "starts_at", "ends_at")


@pytest.fixture
def ann(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Care]:
    """Ann, who joined at Stripe, before an administrator; no list is taken at once."""
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    with caring(database, tmp_path, "admin") as made:
        with database.write() as session:
            make_list(session, "daily")
            session.commit()
        logs.configure(replace(own(made), log_level="debug"))
        yield made


def own(ann: Care) -> Settings:
    found: Settings = ann.desk.app.extensions["unwalled_settings"]
    return found


def signs_up_and_in(ann: Care) -> str:
    """Have the marked person ask for a list and for a link; return the name of their page."""
    client, runtime = ann.desk.app.test_client(), Runtime(ann.desk.database, own(ann))
    for path in ("/newsletters/daily/subscribe", "/account/sign-in/"):
        assert client.post(path, data={"email": MAIL}, headers=OURS).status_code == 303
        while jobs.drain(runtime, members_among) + sign_in_jobs.drain(runtime):
            pass
    with ann.desk.database.read() as session:
        theirs = Person.id == EmailAddress.person_id
        asked = select(Person.public_id).join(EmailAddress, theirs)
        return session.scalars(asked.where(EmailAddress.key == MAIL)).one()


def is_looked_after(ann: Care, at: str) -> None:
    """Give a person a name and a note, look for them, and take all along that is known of them."""
    ann.desk.post(f"{at}details/", name=NAME, language="en")
    ann.desk.post(f"{at}notes/", nonce=new_nonce(), note=NOTE)
    assert MAIL in ann.desk.get(f"/desk/people/?q={MAIL}").text
    assert NOTE in ann.press(f"{at}export/").text


def joins(ann: Care) -> None:
    """Have what was typed on the way to Stripe, and the name on the wall, be marked too."""
    with ann.desk.database.write() as session:
        person = ann.supporter.person_id
        make_intent(session, person, dedication=f"For {NAME}", wall_name=NAME)
        if session.get(WallName, person) is None:
            put(session, person, NAME, now(session))
        session.commit()


def lies_in_files(ann: Care) -> None:
    """Have the marks stand in a prepared file, and in files that were brought and read."""
    desk = ann.desk
    desk.post("/desk/exports/take/", asked="kind=subscribers&list=daily")
    exports.prepare(desk.database, own(ann), 1)
    text = f"{','.join(COLUMNS)}\n{MAIL},{NAME},old,1,2026-01-01,\n".encode()
    for kind, way in (("", "read/"), ("members/", "check/")):
        page = desk.post(f"/desk/imports/{kind}new/", file=(io.BytesIO(text), "a.csv")).location
        fields = {f"column-{one}": one for one in COLUMNS} if kind else {"list": "daily"}
        desk.post(f"{page}{way}", **fields)
        works(desk.database, own(ann))


def a_night_passes(ann: Care) -> None:
    """Let files grow two days old, and what sweeps them run."""
    advance(ann.desk.database, days=2)
    for one in own(ann).private_dir.iterdir():
        os.utime(one, (0, 0))
    for cron in (exports.forgetting(), subscriber_files.forgetting(), upload_jobs.forgetting()):
        cron.run(Runtime(ann.desk.database, own(ann)))


def files_with(ann: Care, mark: str) -> list[str]:
    folder = own(ann).private_dir
    found = folder.rglob("*") if folder.exists() else ()
    return [one.name for one in found if one.is_file() and mark.encode() in one.read_bytes()]


def test_a_marked_person_is_in_no_table_file_or_log_once_they_are_erased(
    ann: Care, capfd: pytest.CaptureFixture[str]
) -> None:
    marked = f"/desk/people/{signs_up_and_in(ann)}/"
    is_looked_after(ann, marked)
    joins(ann)
    merge = f"{ann.at}merge/{marked.split('/')[3]}/"
    assert ann.desk.post(merge, seen=seen(ann.desk.get(merge).text)).status_code == 303
    ann.desk.post(f"{ann.at}details/", name=NAME, language="en")
    lies_in_files(ann)
    before = [len(rows_with(ann.desk.database, one)) for one in MARKS]
    kept = files_with(ann, MAIL)

    assert ann.desk.post(f"{ann.at}erase/").status_code == 303

    assert ann.desk.get("/desk/exports/1/file").status_code in {404, 410}
    a_night_passes(ann)
    assert min(before) > 0
    assert len(kept) > 1
    assert [rows_with(ann.desk.database, one) for one in MARKS] == [{}, {}, {}]
    assert [files_with(ann, one) for one in MARKS] == [[], [], []]
    written = "".join(capfd.readouterr())
    assert written
    assert not any(one in written for one in MARKS)
