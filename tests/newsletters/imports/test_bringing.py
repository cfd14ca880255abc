"""A file brought to the desk is understood, read, applied and taken back by jobs."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import FieldError
from app.core.job_rows import JobRow
from app.core.private_files import keep, path_of
from app.core.work import Runtime
from app.newsletters.imports import applying, bringing, forgetting, staging
from app.newsletters.imports.bringing import KIND, LARGEST_FILE, NotNowError, understood
from app.newsletters.imports.fates import Fate
from app.newsletters.imports.jobs import jobs
from app.newsletters.imports.looking import Wishes
from app.newsletters.imports.models import SubscriberImport, SubscriberImportRow
from app.newsletters.imports.undoing import TAKEN_BACK, untouched
from app.newsletters.issue_models import Issue, IssueSend
from app.newsletters.models import Consent, Subscription
from tests.newsletters.imports.files_of_subscribers import DAILY, MAILCHIMP, Moving, plain, table
from tests.newsletters.imports.test_importing import ANN, BOB, CYD, stands

AGREED = "The form on our old site, confirmed by mail."


@dataclass
class Desk:
    """What the desk asks of imports, and the workers that do it."""

    moving: Moving

    def bring(self, text: str, name: str = "subscribers.csv") -> int:
        data = io.BytesIO(text.encode())
        kept = keep(self.moving.settings, KIND, data, LARGEST_FILE)
        with self.moving.database.write() as session:
            found = bringing.bring(session, kept, name, "Vira", now(session))
            session.commit()
        return found

    def does(self, import_id: int, what: Callable[[Session, SubscriberImport], object]) -> None:
        with self.moving.database.write() as session:
            what(session, session.get_one(SubscriberImport, import_id))
            session.commit()

    def ask_reading(self, import_id: int, wishes: Wishes) -> None:
        self.does(
            import_id,
            lambda session, one: bringing.ask_reading(
                session, self.moving.settings, one, wishes, now(session)
            ),
        )

    def read(self, import_id: int, wishes: Wishes = DAILY) -> None:
        self.ask_reading(import_id, wishes)
        self.work()

    def ask_applying(self, import_id: int, note: str = AGREED) -> None:
        self.does(
            import_id,
            lambda session, one: bringing.ask_applying(session, one, "Vira", note, now(session)),
        )

    def undo(self, import_id: int) -> None:
        self.does(import_id, lambda session, one: bringing.ask_undoing(session, one, now(session)))
        self.work()

    def stop(self, import_id: int) -> None:
        self.does(import_id, lambda session, one: bringing.ask_stopping(session, one, now(session)))

    def work(self) -> None:
        """Run what was enqueued, as a worker would."""
        by_name = {one.name: one for one in jobs()}
        with self.moving.database.write() as session:
            rows = session.scalars(select(JobRow).where(JobRow.done_at.is_(None))).all()
            for row in rows:
                row.done_at = now(session)
            session.commit()
        for row in rows:
            runtime = Runtime(self.moving.database, self.moving.settings)
            by_name[row.name].run(runtime, row.payload)

    def brings_in(self, text: str) -> int:
        import_id = self.bring(text)
        self.read(import_id)
        self.ask_applying(import_id)
        self.work()
        return import_id

    def record(self, import_id: int) -> SubscriberImport:
        with self.moving.database.read() as session:
            return session.get_one(SubscriberImport, import_id)


@pytest.fixture
def desk(moving: Moving) -> Desk:
    return Desk(moving)


def test_a_file_is_understood_before_anything_is_read(desk: Desk) -> None:
    text = table(MAILCHIMP, {"Email Address": ANN, "First Name": "Ann"})
    import_id = desk.bring(text, "subscribed_members.csv")
    record = desk.record(import_id)
    with understood(desk.moving.settings, record, Wishes()) as (_source, (found,)):
        assert (found.columns.system.name, found.state) == ("mailchimp", "confirmed")

    assert (record.state, record.brought_by, record.size) == ("brought", "Vira", len(text))
    assert desk.moving.all_of(SubscriberImportRow) == []


def test_it_is_read_and_foreseen_by_a_job_and_applied_by_another(desk: Desk) -> None:
    stands(desk.moving, BOB, "unsubscribed")
    import_id = desk.bring(plain(ANN, BOB, "nobody"))
    desk.read(import_id)
    record = desk.record(import_id)
    assert (record.state, record.problems) == ("read", 1)
    assert record.foreseen == {Fate.NEW: 1, Fate.STAYS_UNSUBSCRIBED: 1, "people": 1, "offices": 0}

    desk.ask_applying(import_id)
    desk.work()
    done = desk.record(import_id)
    assert (done.state, done.done_by, done.note) == ("applied", "Vira", AGREED)
    assert desk.moving.states() == {ANN: "confirmed", BOB: "unsubscribed"}


def test_once_it_is_applied_the_file_is_gone(desk: Desk) -> None:
    import_id = desk.bring(plain(ANN))
    path = path_of(desk.moving.settings, desk.record(import_id).stored or "")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    desk.read(import_id)
    desk.ask_applying(import_id)
    desk.work()

    assert not path.exists()


def test_columns_told_anew_are_read_anew(desk: Desk) -> None:
    import_id = desk.bring(
        table(["email", "nick"], {"email": ANN, "nick": "Annie"}, {"email": "x"})
    )
    desk.read(import_id)
    desk.read(import_id, Wishes(lists=("weekly",), columns={"name": "nick"}))
    (row,) = desk.moving.all_of(SubscriberImportRow)

    assert (row.name, row.newsletter_id) == ("Annie", desk.moving.lists["weekly"])
    assert (desk.record(import_id).records, desk.record(import_id).problems) == (2, 1)


def test_nobody_is_brought_in_unless_it_is_said_how_they_agreed(desk: Desk) -> None:
    import_id = desk.bring(plain(ANN))
    desk.read(import_id)
    with pytest.raises(FieldError, match="how these people agreed"):
        desk.ask_applying(import_id, "  ")
    desk.work()

    assert desk.record(import_id).state == "read"
    assert desk.moving.states() == {}


def test_a_stopped_import_stands_where_it_was_and_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "BATCH", 2)
    import_id = desk.bring(plain(ANN, BOB, CYD))
    desk.read(import_id)
    desk.ask_applying(import_id)
    batch = applying._apply_batch

    def stopping(*given: object) -> int:
        done = batch(*given)  # type: ignore[arg-type] # as they came
        desk.stop(import_id)
        return done

    monkeypatch.setattr(applying, "_apply_batch", stopping)
    desk.work()
    monkeypatch.setattr(applying, "_apply_batch", batch)
    assert (desk.record(import_id).state, len(desk.moving.states())) == ("stopped", 2)

    desk.ask_applying(import_id, "")
    desk.work()
    assert (desk.record(import_id).state, len(desk.moving.states())) == ("applied", 3)


def test_a_reading_that_was_killed_goes_on_with_the_rest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "BATCH", 2)
    import_id = desk.bring(plain(ANN, BOB, CYD))
    keeping = staging._keep

    def killed(*given: object) -> None:
        keeping(*given)  # type: ignore[arg-type] # as they came
        raise KeyboardInterrupt

    monkeypatch.setattr(staging, "_keep", killed)
    with pytest.raises(KeyboardInterrupt):
        desk.read(import_id)
    monkeypatch.setattr(staging, "_keep", keeping)
    assert desk.record(import_id).records == 2
    (reading, *_others) = jobs()
    reading.run(Runtime(desk.moving.database, desk.moving.settings), {"import": import_id})

    assert (desk.record(import_id).records, desk.record(import_id).state) == (3, "read")
    assert len(desk.moving.all_of(SubscriberImportRow)) == 3


def test_what_is_read_anew_meanwhile_is_read_by_the_new_wishes_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "BATCH", 2)
    import_id = desk.bring(plain(ANN, BOB, CYD))
    keeping = staging._keep

    def asked_anew(*given: object) -> None:
        keeping(*given)  # type: ignore[arg-type] # as they came
        monkeypatch.setattr(staging, "_keep", keeping)
        desk.stop(import_id)
        desk.ask_reading(import_id, Wishes(lists=("weekly",)))

    monkeypatch.setattr(staging, "_keep", asked_anew)
    desk.read(import_id)
    assert desk.record(import_id).state == "reading"
    desk.work()

    rows = desk.moving.all_of(SubscriberImportRow)
    assert [row.newsletter_id for row in rows] == [desk.moving.lists["weekly"]] * 3
    assert desk.record(import_id).state == "read"


def test_what_cannot_be_read_at_all_is_said_and_not_tried_again(desk: Desk) -> None:
    import_id = desk.bring(plain(ANN))
    desk.does(import_id, lambda _session, one: setattr(one, "read_asked_at", one.started_at))
    path_of(desk.moving.settings, desk.record(import_id).stored or "").unlink()
    (reading, *_others) = jobs()
    reading.run(Runtime(desk.moving.database, desk.moving.settings), {"import": import_id})
    record = desk.record(import_id)

    assert record.state == "failed"
    assert record.failed == "subscribers.csv cannot be read: No such file or directory."


def test_taking_it_back_ends_what_it_made_and_lets_it_be_brought_again(desk: Desk) -> None:
    stands(desk.moving, BOB, "pending")
    import_id = desk.brings_in(plain(ANN, BOB))
    desk.undo(import_id)

    assert (desk.record(import_id).state, desk.record(import_id).undone) == ("undone", 2)
    assert desk.moving.states() == {BOB: "pending"}
    said = [one.what for one in desk.moving.all_of(Consent)]
    assert said == ["imported", "imported", TAKEN_BACK, TAKEN_BACK]
    desk.brings_in(plain(ANN))
    assert desk.moving.states() == {ANN: "confirmed", BOB: "pending"}


def test_taking_it_back_leaves_alone_whoever_has_acted_since(desk: Desk) -> None:
    import_id = desk.brings_in(plain(ANN, BOB, CYD))
    with desk.moving.database.write() as session:
        first = session.scalars(select(Consent).order_by(Consent.id)).first()
        assert first is not None
        values = {name: getattr(first, name) for name in ("person_id", "newsletter_id", "form")}
        moment = now(session)
        session.add(
            Consent(what="confirmed", happened_at=moment, wording="v1", language="en", **values)
        )
        bob = desk.moving.subscriptions()[BOB].id
        session.execute(
            update(Subscription).where(Subscription.id == bob).values(paused_until=moment)
        )
        session.commit()
        assert untouched(session, import_id) == 1
    desk.undo(import_id)

    assert set(desk.moving.states()) == {ANN, BOB}


def test_nor_whoever_was_sent_an_issue(desk: Desk) -> None:
    import_id = desk.brings_in(plain(ANN, BOB))
    ann = desk.moving.subscriptions()[ANN]
    with desk.moving.database.write() as session:
        texts = dict.fromkeys(("subject", "preheader", "body_markdown", "body_html"), "x")
        moment = now(session)
        issue = Issue(
            newsletter_id=ann.newsletter_id, slug="one", state="draft", created_at=moment, **texts
        )
        session.add(issue)
        session.flush()
        names = {"issue_id": issue.id, "person_id": ann.person_id, "message_id": "m1"}
        session.add(IssueSend(state="sent", created_at=moment, **names))
        session.commit()
    desk.undo(import_id)

    assert set(desk.moving.states()) == {ANN}


def test_who_left_elsewhere_stays_gone_when_the_import_is_taken_back(desk: Desk) -> None:
    text = table(["email", "status"], {"email": ANN, "status": "complained"})
    desk.undo(desk.brings_in(text))

    assert desk.moving.states() == {ANN: "complained"}
    assert desk.moving.suppressed(ANN) == {ANN: "complaint"}


def test_an_old_import_is_not_taken_back(desk: Desk) -> None:
    import_id = desk.brings_in(plain(ANN))
    long_ago = desk.record(import_id).started_at - timedelta(days=31)
    desk.does(import_id, lambda _session, one: setattr(one, "apply_asked_at", long_ago))
    with pytest.raises(NotNowError):
        desk.undo(import_id)

    assert desk.moving.states() == {ANN: "confirmed"}


def test_a_file_that_belongs_to_no_import_is_deleted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, lost = desk.bring(plain(ANN)), desk.bring(plain(BOB))
    desk.does(lost, lambda session, one: bringing.drop_brought(session, one, now(session)))
    monkeypatch.setattr(forgetting, "WAITING_KEPT", timedelta(days=-1))
    desk.moving.settings.private_dir.joinpath("subscribers-half.part").touch()

    assert forgetting.drop_files(desk.moving.database, desk.moving.settings) == 2
    assert path_of(desk.moving.settings, desk.record(held).stored or "").exists()
    assert desk.record(lost).state == "dropped"
