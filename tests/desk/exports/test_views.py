"""The pages of exports: counted before, taken at once or prepared, and written down."""

import pytest
from sqlalchemy import select

from app.core.clock import now
from app.core.database import Database
from app.desk.exports import preparing as exports
from app.desk.exports.models import PreparedExport
from app.newsletters.models import Subscription
from app.people.audit import AuditEntry
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of
from tests.mail.making import advance
from tests.memberships.account.making import make_payment, make_refund
from tests.memberships.making import NOW, make_person
from tests.newsletters.making import make_list

ANN = "ann@post.example"
SEGMENT = "kind=subscribers&list=daily&state=confirmed"
DAY = f"{NOW:%Y-%m-%d}"


@pytest.fixture
def here(database: Database, desk: SitDown) -> Desk:
    """Somebody of the membership role, at a newsroom that Ann reads and gave to."""
    with database.write() as session:
        daily, ann = make_list(session, "daily"), make_person(session, ANN)
        times = {"created_at": NOW, "asked_at": NOW, "confirmed_at": NOW}
        session.add(Subscription(person_id=ann, newsletter_id=daily.id, state="confirmed", **times))
        make_refund(session, make_payment(session, ann), 250)
        session.commit()
    return desk("membership")


def told(here: Desk) -> list[tuple[str, object]]:
    with here.database.read() as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [(one.what, one.after.get("rows")) for one in found]


def test_how_much_it_is_stands_in_words_before_anything_is_taken(here: Desk) -> None:
    said = words_of(here.get(f"/desk/exports/confirm/?{SEGMENT}"))
    assert "Take away 1 subscriptions with their addresses, as CSV." in said
    assert "Newsletters: Daily" in said
    money = words_of(
        here.get(f"/desk/exports/confirm/?kind=payments&first=2026-01-01&last={DAY}&currency=EUR")
    )

    assert "1 payments of €7, 1 refunds of €2.50." in money
    assert told(here) == []


def test_a_small_file_comes_at_once_and_is_written_down(here: Desk) -> None:
    answer = here.post("/desk/exports/take/", asked=SEGMENT)

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="subscribers-')
    assert ANN in answer.text
    assert told(here) == [("export.taken", 1)]


def test_a_large_one_is_prepared_waits_and_is_downloaded(
    here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    page = here.post("/desk/exports/take/", asked=SEGMENT).location
    assert "0 rows written" in words_of(here.get(page))
    settings = here.app.extensions["unwalled_settings"]
    exports.prepare(here.database, settings, 1)
    assert "It is kept until" in words_of(here.get(page))
    got = here.get(f"{page}file")
    assert ANN in got.text
    got.close()
    here.post(f"{page}delete/")

    assert here.get(f"{page}file").status_code == 410
    assert [what for what, _rows in told(here)] == [
        "export.asked",
        "export.downloaded",
        "export.deleted",
    ]


def test_whoever_signed_in_too_long_ago_takes_nothing(here: Desk) -> None:
    advance(here.database, minutes=16)
    taken = here.post("/desk/exports/take/", asked=SEGMENT)

    assert taken.status_code in {303, 403}
    assert told(here) == []


def test_everything_is_for_administrators(here: Desk, desk: SitDown) -> None:
    admin = desk("admin")
    assert here.get("/desk/exports/everything/").status_code == 403
    page = admin.post("/desk/exports/everything/").location

    assert admin.get(page).status_code == 200
    assert here.get(page).status_code == 403


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("kind=payments&first=May&last=2026-05-31", "Please give a day like 2027-01-31."),
        ("kind=payments&first=2026-05-31&last=2026-05-01", "The last day is before the first."),
        ("kind=everything", "Please choose what you want to take away."),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(here: Desk, asked: str, sentence: str) -> None:
    answer = here.get(f"/desk/exports/confirm/?{asked}")

    assert answer.status_code == 422
    assert sentence in words_of(answer)


def test_the_list_of_files_says_what_each_is(here: Desk) -> None:
    with here.database.write() as session:
        moment = now(session)
        about = {"kind": "members", "wishes": {}, "asked_by": "Vira", "file_name": "members.csv"}
        session.add(PreparedExport(asked_at=moment, ready_at=moment, total=9, **about))
        session.commit()
    said = words_of(here.get("/uk/desk/exports/?kind=members"))

    assert "members.csv" in said
    assert "Vira" in said
