"""Files that are no lists: each is one sentence on its page, and nothing of it is written."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from app.core.database import Database
from app.core.settings import Settings
from app.desk.imports import member_views, views
from app.memberships.imports.models import MemberUpload
from app.memberships.models import Entitlement
from app.newsletters.imports.models import SubscriberImport
from app.newsletters.models import Subscription
from app.people.csrf import FIELD
from app.people.models import EmailAddress
from tests.desk.conftest import SitDown
from tests.desk.imports.test_views import works
from tests.desk.making import OURS, Desk, words_of
from tests.newsletters.making import make_list

SUBSCRIBERS, MEMBERS = "/desk/imports/", "/desk/imports/members/"
HEADER = "email,name,source,source_ref,starts_at,ends_at"
ANN = "ann@post.example,Ann,old,1,2026-01-01,"
LARGE = 24 << 20


def zipped() -> bytes:
    """Return a document as word processors write them."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return written.getvalue()


MANY = ",".join(["email", *(f"c{one}" for one in range(10_000))]).encode()
LONG = b"x" * (1 << 20)
NO_TITLES = "The first line holds no titles: is it a CSV file in UTF-8?"
FILES = [
    pytest.param(SUBSCRIBERS, MANY, "the table has 10001 columns: 500 is the most", id="columns"),
    pytest.param(SUBSCRIBERS, LONG, "line 1: longer than 65536 characters", id="line"),
    pytest.param(SUBSCRIBERS, zipped(), "an archive without a CSV file", id="zip"),
    pytest.param(SUBSCRIBERS, zipped()[:60], "cannot be unpacked", id="half a zip"),
    pytest.param(MEMBERS, MANY, NO_TITLES, id="members, columns"),
    pytest.param(MEMBERS, LONG, NO_TITLES, id="members, line"),
    pytest.param(MEMBERS, zipped(), NO_TITLES, id="members, zip"),
    pytest.param(MEMBERS, HEADER.encode("utf-16"), NO_TITLES, id="members, utf-16"),
]


@pytest.fixture
def here(database: Database, desk: SitDown) -> Iterator[Desk]:
    """Somebody of the membership role, at a newsroom with a list; nobody is added to it."""
    with database.write() as session:
        make_list(session, "daily")
        session.commit()
    yield desk("membership")
    with database.read() as session:
        for model in (Subscription, Entitlement):
            assert session.scalar(select(func.count()).select_from(model)) == 0
        assert session.scalar(select(func.count()).select_from(EmailAddress)) == 1


def brings(here: Desk, kind: str, data: bytes) -> str:
    """Bring a file, in a body that is made by hand and held in memory; return its page."""
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    head = part.format(FIELD, "") + here.csrf() + "\r\n"
    head += part.format("file", '; filename="people.csv"')
    body = b"".join([head.encode(), data, b"\r\n--x--\r\n"])
    form = "multipart/form-data; boundary=x"
    answer = here.client.post(f"{kind}new/", data=body, content_type=form, headers=OURS)
    assert answer.status_code == 303
    return answer.location


def reads(here: Desk, kind: str, page: str) -> None:
    """Ask for a file to be read to its end."""
    if kind == MEMBERS:
        here.post(f"{page}check/", **{f"column-{one}": one for one in HEADER.split(",")})
    else:
        here.post(f"{page}read/", list="daily")


@pytest.mark.parametrize(("kind", "data", "sentence"), FILES)
def test_what_is_no_list_is_one_sentence_on_a_page_that_opens(
    here: Desk, settings: Settings, kind: str, data: bytes, sentence: str
) -> None:
    page = brings(here, kind, data)
    shown = here.get(page)
    reads(here, kind, page)
    works(here.database, settings)

    assert sentence in words_of(shown)
    assert len(shown.data) < 1 << 19
    assert here.get(page).status_code == 200


def test_an_encoding_that_a_file_is_not_in_is_one_sentence(here: Desk) -> None:
    page = brings(here, SUBSCRIBERS, b"email,name\nann@post.example,Ann\n")
    answer = here.post(f"{page}read/", list="daily", encoding="utf-16")

    assert answer.status_code == 422
    assert "people.csv cannot be read as utf-16" in words_of(answer)


@pytest.mark.parametrize("module", [views, member_views])
def test_a_file_that_is_too_large_is_refused_and_not_kept(
    here: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch, module: object
) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", 1000)
    kind = SUBSCRIBERS if module is views else MEMBERS
    answer = here.post(f"{kind}new/", file=(io.BytesIO(b"email\n" * 200), "people.csv"))

    assert answer.status_code == 422
    assert "The file is larger than 100 MB." in words_of(answer)
    assert list(settings.private_dir.glob("*")) == []
    with here.database.read() as session:
        assert not session.scalars(select(SubscriberImport)).all()
        assert not session.scalars(select(MemberUpload)).all()


@pytest.mark.parametrize("kind", [SUBSCRIBERS, MEMBERS])
def test_a_line_of_many_megabytes_costs_none(here: Desk, settings: Settings, kind: str) -> None:
    data = f"{HEADER}\n{ANN[:-20]}".encode() + b"x" * LARGE
    page = brings(here, kind, data)
    tracemalloc.start()
    shown = here.get(page)
    reads(here, kind, page)
    works(here.database, settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert shown.status_code == 200
    assert peak < LARGE // 2


def test_a_table_in_utf_16_is_read_as_any_other(here: Desk, settings: Settings) -> None:
    page = brings(here, SUBSCRIBERS, f"{HEADER}\n{ANN}\n".encode("utf-16"))
    reads(here, SUBSCRIBERS, page)
    works(here.database, settings)

    assert "ann@post.example" in here.get(f"{page}rows/").text
