"""Everything goes out, and into another installation, as it was: on each database and across."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.orm import table_of
from app.core.settings import Settings
from app.mail.models import Suppression
from app.mail.suppression import suppress
from app.newsletters import personal
from app.newsletters.imports import importing
from app.newsletters.imports.models import SubscriberImport
from app.newsletters.leaving import leave_mac, place_of
from app.newsletters.models import Consent, Newsletter, Subscription
from app.newsletters.moving import files as moving_files
from app.newsletters.moving.files import open_folder
from app.newsletters.moving.moving_in import Moved, move_in
from app.newsletters.moving.moving_out import export_everything
from app.people.erasing import erase, remembering
from app.people.merging import merge
from app.people.models import EmailAddress, Person
from app.people.registers import Pair, Registers
from app.wiring import MERGERS
from tests.conftest import BACKENDS, copy_sqlite, new_database, prepare
from tests.newsletters.imports.files_of_subscribers import Moving, table

ANN, BOB, CYD, DAN = (f"{one}@post.example" for one in ("ann", "bob", "cyd", "dan"))


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the head."""
    path = tmp_path_factory.mktemp("empty") / "empty.sqlite3"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(params=BACKENDS)
def other(request: pytest.FixtureRequest, tmp_path: Path, empty_sqlite: Path) -> Iterator[Database]:
    """Another installation's empty database, on each backend in turn."""
    with ExitStack() as ends:
        if request.param == "sqlite":
            copy = tmp_path / "other.sqlite3"
            copy_sqlite(str(empty_sqlite), copy)
            url = f"sqlite:///{copy}"
        else:
            server = request.getfixturevalue("postgresql")
            url = ends.enter_context(new_database(server, "other"))
            prepare(url)
        opened = Database(url)
        ends.callback(opened.dispose)
        yield opened


@pytest.fixture
def peopled(moving: Moving) -> Moving:
    """Readers in every state, one erased, one suppressed without being known."""
    rows = [
        {
            "email": ANN,
            "state": "confirmed",
            "name": '\'=1+1 "Ann"',
            "given_at": "2019-05-01T10:00Z",
        },
        {"email": BOB, "state": "unsubscribed", "name": "Боб"},
        {"email": CYD, "state": "bounced"},
        {"email": DAN, "state": "confirmed"},
    ]
    moving.bring(table(["email", "state", "name", "given_at"], *rows))
    with moving.database.write() as session:
        moment = now(session)
        dan = session.scalars(select(EmailAddress.person_id).where(EmailAddress.key == DAN)).one()
        erasers = (remembering(moving.settings), personal.erase)
        assert erase(session, Registers(erasers=erasers), dan, moment)
        suppress(session, moving.settings, "eve@post.example", "complaint", moment)
        session.add(
            Subscription(
                person_id=1, newsletter_id=moving.lists["weekly"], state="pending",
                from_path="/2026/11/=x/", created_at=moment, asked_at=moment,
                paused_until=moment + timedelta(days=3),
            )
        )  # fmt: skip
        session.commit()
    return moving


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that has to come along, without our own ids."""
    lists = [one for one in table_of(Newsletter).columns if one.name != "id"]
    consents = [
        one
        for one in table_of(Consent).columns
        if one.name not in {"id", "person_id", "newsletter_id", "network_hash", "import_id"}
    ]
    standings = [
        one
        for one in table_of(Subscription).columns
        if one.name not in {"id", "person_id", "newsletter_id"}
    ]
    people = (Person.public_id, Person.name, Person.language, Person.created_at, Person.erased_at)
    mailboxes = (EmailAddress.address, EmailAddress.key, EmailAddress.verified_at)
    with database.read() as session:
        wanted = {
            "lists": select(*lists),
            "people": select(*people),
            "addresses": select(Person.public_id, *mailboxes).join(
                Person, Person.id == EmailAddress.person_id
            ),
            "subscriptions": select(Person.public_id, Newsletter.slug, *standings)
            .select_from(Subscription)
            .join(Person)
            .join(Newsletter),
            "consents": select(
                Person.public_id, Newsletter.slug, SubscriberImport.file_hash,
                SubscriberImport.done_by, *consents,
            )
            .select_from(Consent)
            .join(Person)
            .join(Newsletter)
            .outerjoin(SubscriberImport, SubscriberImport.id == Consent.import_id),
            "suppressions": select(table_of(Suppression)),
        }  # fmt: skip
        return {
            name: sorted(map(tuple, session.execute(one)), key=repr) for name, one in wanted.items()
        }


def out(moving: Moving, name: str = "everything") -> Path:
    folder = moving.folder / name
    export_everything(moving.database, moving.settings, folder)
    return folder


def into(database: Database, settings: Settings, folder: Path) -> Moved:
    with importing.running(database):
        return move_in(database, settings, open_folder(folder, settings))


def test_states_consents_and_suppressions_are_the_same_in_an_empty_installation(
    peopled: Moving, other: Database
) -> None:
    into(other, peopled.settings, out(peopled))
    ours, theirs = everything(peopled.database), everything(other)

    assert theirs == ours
    counts = {name: len(rows) for name, rows in ours.items()}
    assert counts == {
        "lists": 2, "people": 4, "addresses": 3, "subscriptions": 5, "consents": 5,
        "suppressions": 3,
    }  # fmt: skip


def test_a_second_time_nothing_changes(peopled: Moving, other: Database) -> None:
    folder = out(peopled)
    first = into(other, peopled.settings, folder)
    before = everything(other)
    again = into(other, peopled.settings, folder)

    assert everything(other) == before
    assert sum(first.new.values()) == 20
    assert sum(again.new.values()) == 0


def test_what_comes_back_out_is_what_went_in(peopled: Moving, other: Database) -> None:
    folder, back = out(peopled), peopled.folder / "back"
    into(other, peopled.settings, folder)
    export_everything(other, peopled.settings, back)

    names = [f"{name}.csv" for name in moving_files.FILES]
    assert {name: sorted((folder / name).read_text().splitlines()) for name in names} == {
        name: sorted((back / name).read_text().splitlines()) for name in names
    }


def test_unsubscribe_links_of_old_mails_work_there(peopled: Moving, other: Database) -> None:
    into(other, peopled.settings, out(peopled))
    with peopled.database.read() as session:
        name = session.scalars(select(Person.public_id).where(Person.name.is_not(None))).first()
    assert name is not None
    with other.read() as session:
        mac = leave_mac(peopled.settings, name, "daily")
        assert place_of(session, peopled.settings, name, "daily", mac) is not None


def test_links_of_who_was_merged_away_lead_there_to_the_one_who_stays(
    peopled: Moving, other: Database
) -> None:
    with peopled.database.write() as session:
        both = select(Subscription.person_id).distinct().order_by(Subscription.person_id).limit(2)
        stays, gone = session.scalars(both).all()
        merge(session, Registers(mergers=MERGERS), Pair(gone, stays, now(session)), "staff:1")
        name = session.get_one(Person, gone).public_id
        session.commit()
    into(other, peopled.settings, out(peopled))

    with other.read() as session:
        mac = leave_mac(peopled.settings, name, "daily")
        assert place_of(session, peopled.settings, name, "daily", mac) is not None
    assert goes_to(other) == goes_to(peopled.database) != []


def goes_to(database: Database) -> list[str]:
    """Return the mailboxes that subscriptions themselves go to."""
    asked = select(EmailAddress.key).join(Subscription, Subscription.address_id == EmailAddress.id)
    with database.read() as session:
        return sorted(session.scalars(asked))


@pytest.mark.parametrize("file", ["people", "subscriptions", "consents"])
def test_stopped_in_the_middle_it_goes_on(
    peopled: Moving, other: Database, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.setattr(moving_files, "BATCH", 1)
    folder = out(peopled)
    whole = (folder / f"{file}.csv").read_bytes()
    (folder / f"{file}.csv").write_bytes(b"\r\n".join(whole.split(b"\r\n")[:3]) + b"\r\n")
    with pytest.raises(OperatorError, match="it is not whole"):
        into(other, peopled.settings, folder)
    (folder / f"{file}.csv").write_bytes(whole)
    into(other, peopled.settings, folder)

    assert everything(other) == everything(peopled.database)


def test_who_left_or_was_erased_there_is_not_brought_back(peopled: Moving, other: Database) -> None:
    folder = out(peopled)
    into(other, peopled.settings, folder)
    with other.write() as session:
        erasers = (remembering(peopled.settings), personal.erase)
        ann = session.scalars(select(EmailAddress.person_id).where(EmailAddress.key == ANN)).one()
        assert erase(session, Registers(erasers=erasers), ann, now(session))
        session.commit()
    before = everything(other)
    into(other, peopled.settings, folder)

    assert everything(other) == before
    assert ANN not in repr(everything(other)["addresses"])


def test_a_person_erased_there_long_ago_under_another_id_stays_erased(
    peopled: Moving, other: Database
) -> None:
    with other.write() as session:
        suppress(session, peopled.settings, ANN, "erased", now(session))
        session.commit()
    moved = into(other, peopled.settings, out(peopled))

    assert moved.left["people"] == 1
    assert ANN not in repr(everything(other))
    assert {one[2] for one in everything(other)["subscriptions"]} == {"unsubscribed", "bounced"}


def test_who_complained_there_gets_no_subscription(peopled: Moving, other: Database) -> None:
    with other.write() as session:
        suppress(session, peopled.settings, ANN, "complaint", now(session))
        session.commit()
    moved = into(other, peopled.settings, out(peopled))

    assert moved.left["subscriptions"] == 2
    assert "confirmed" not in {one[2] for one in everything(other)["subscriptions"]}


def test_a_person_known_there_by_address_is_not_made_again(
    peopled: Moving, other: Database
) -> None:
    with other.write() as session:
        moment = now(session)
        person = Person(public_id="theirs", created_at=moment)
        session.add(person)
        session.flush()
        session.add(EmailAddress(person_id=person.id, address=ANN, key=ANN, created_at=moment))
        session.commit()
    into(other, peopled.settings, out(peopled))
    found = everything(other)

    assert sorted(one[0] for one in found["addresses"] if one[1] == ANN) == ["theirs"]
    assert len([one for one in found["subscriptions"] if one[0] == "theirs"]) == 2
    assert len([one for one in found["consents"] if one[0] == "theirs"]) == 1


def test_under_another_key_known_addresses_stay_suppressed(
    peopled: Moving, other: Database
) -> None:
    theirs = replace(peopled.settings, permanent_key="quite another key, for other hashes")
    folder = out(peopled)
    assert not open_folder(folder, theirs).same_key
    moved = into(other, theirs, folder)
    there = Moving(other, theirs, peopled.folder)

    assert there.suppressed(CYD, "eve@post.example") == {CYD: "bounce"}
    assert moved.left["suppressions"] == 3


def test_nothing_is_written_over(moving: Moving) -> None:
    out(moving)
    with pytest.raises(OperatorError, match="is not empty"):
        out(moving)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
WEIRD = st.one_of(TEXTS, st.text(alphabet="'=+-@\t\r\n\"\\,;{}＝", max_size=12))


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.tuples(WEIRD.filter(bool), WEIRD.filter(bool)), min_size=1, max_size=4),
    locals_=st.lists(
        st.from_regex(r"\A[a-z0-9+=_'-]{1,20}\Z"), min_size=4, max_size=4, unique=True
    ),
)
def test_weird_names_addresses_and_paths_come_back_as_they_were(
    moving: Moving, names: list[tuple[str, str]], locals_: list[str]
) -> None:
    moment = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
    shutil.rmtree(moving.folder / "weird", ignore_errors=True)
    with moving.database.write() as session:
        _empty(session)
        for place, (name, path) in enumerate(names):
            _reader(session, moving, (f"{locals_[place]}@post.example", name, path), moment)
        session.commit()
    before = everything(moving.database)
    folder = out(moving, "weird")
    with moving.database.write() as session:
        _empty(session)
        session.commit()
    into(moving.database, moving.settings, folder)

    assert everything(moving.database) == before
    assert len(before["subscriptions"]) == len(names)


def _empty(session: Any) -> None:  # noqa: ANN401 - a session
    for model in (Consent, Subscription, EmailAddress, Person):
        session.execute(delete(model))


def _reader(
    session: Any,  # noqa: ANN401 - a session
    moving: Moving,
    said: tuple[str, str, str],
    moment: datetime,
) -> None:
    address, name, path = said
    person = Person(public_id=json.dumps(address)[:36], name=name, created_at=moment)
    session.add(person)
    session.flush()
    times = {"created_at": moment}
    session.add(EmailAddress(person_id=person.id, address=address, key=address, **times))
    place: dict[str, Any] = {"person_id": person.id, "newsletter_id": moving.lists["daily"]}
    state = {"state": "confirmed", "from_path": path, "asked_at": moment}
    session.add(Subscription(**place, **state, **times))
    consent = {"what": "asked", "happened_at": moment, "form": "lists", "from_path": path}
    session.add(Consent(**place, **consent, wording="1", language="en"))


def test_an_address_that_another_replaced_opens_nothing_there(
    peopled: Moving, other: Database
) -> None:
    with peopled.database.write() as session:
        is_ann = EmailAddress.key == ANN
        session.execute(update(EmailAddress).where(is_ann).values(replaced_at=now(session)))
        session.commit()
    into(other, peopled.settings, out(peopled))
    with other.read() as session:
        assert ANN not in session.scalars(select(EmailAddress.key)).all()
