"""The lane: whoever is known is written to, not too often, and nobody can tell."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import event, select, update

from app.core import logs
from app.core.caps import NetworkUse
from app.core.tokens import token_hash
from app.core.work import Runtime
from app.mail.addresses import read_address
from app.mail.suppression import COMPLAINT, suppress
from app.people import answering, sign_in_jobs
from app.people.models import EmailAddress, Person
from app.people.sign_in_jobs import forget
from app.people.sign_in_mail import answer
from app.people.sign_in_models import SignIn
from app.people.signing_in import PURPOSES, Purpose
from app.tables import metadata
from tests.people.making import ANN, BOB, FORM, Door, code_in, link_in, make_person, wrong_code

SENT = "/account/sign-in/sent/"


@pytest.fixture
def gifts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A purpose for which whoever is not known becomes a person."""
    monkeypatch.setitem(
        PURPOSES,
        "gathering",
        Purpose(creates_person=True, landing=lambda ref: f"/join/gift/{ref}/"),
    )


def begin(door: Door, address: str = BOB, ref: str = "g1") -> str:
    """Ask to sign in for a gift; return the browser's secret."""
    with door.app.test_request_context("/join/gift/", method="POST"):
        door.app.preprocess_request()
        answer = answering.begin(read_address(address), "gathering", ref)
    assert answer is not None
    secret = re.search(r"sign-in=([^;]+)", answer.headers["Set-Cookie"])
    assert secret is not None
    door.client.set_cookie("sign-in", secret[1])
    return secret[1]


def test_the_mail_is_short_and_says_whose_it_is(door: Door) -> None:
    door.asks()
    (mail,) = door.mails

    assert mail.recipient == ANN
    assert str(mail.message["Subject"]) == "Sign in to The Test Post"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["List-Unsubscribe"] is None
    assert link_in(mail) in mail.part("html")
    assert code_in(mail) in mail.part("html")


def test_an_unknown_address_gets_no_mail_and_the_same_pages(door: Door) -> None:
    other = door.another_browser()
    known, unknown = door.asks(ANN), other.asks(BOB)
    assert [mail.recipient for mail in door.mails] == [ANN]

    def shown(text: str) -> str:
        return re.sub(r"[A-Za-z0-9_-]{43}", "TOKEN", text).replace(ANN, BOB)

    assert known.status_code == unknown.status_code
    assert shown(known.text) == shown(unknown.text)
    assert list(known.headers.keys()) == list(unknown.headers.keys())
    assert shown(door.get(SENT).text) == shown(other.get(SENT).text)
    code = wrong_code(door.mails[0])
    for _ in range(6):
        assert shown(door.types(code).text) == shown(other.types(code).text)
    assert shown(door.get(SENT).text) == shown(other.get(SENT).text)


def test_the_same_statements_answer_everybody(door: Door) -> None:
    said: list[str] = []

    def listen(*call: object) -> None:
        said.append(str(call[2]))

    event.listen(door.database.engine, "before_cursor_execute", listen)
    heard = []
    for address in (ANN, BOB):
        said.clear()
        door.post(FORM, email=address)
        heard.append([one for one in said if "network_use" in one or "sign_in" in one])
    event.remove(door.database.engine, "before_cursor_execute", listen)

    assert heard[0] == heard[1]
    assert len(heard[0]) == 6  # three counts, two notes, one wish


def test_a_known_address_is_written_to_as_it_is_known(door: Door) -> None:
    door.asks("ANN@POST.EXAMPLE")
    assert [mail.recipient for mail in door.mails] == [ANN]


def asked_from(door: Door, network: int, times: int = 1) -> list[int]:
    """Ask for Ann's address from a network; return what was answered each time."""
    door.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{network}"
    answers = []
    for _ in range(times):
        answers.append(door.post(FORM, email=ANN).status_code)
        door.work()
    return answers


def test_whoever_knows_an_address_keeps_its_owner_from_no_mail(door: Door) -> None:
    owner = door.another_browser()
    assert asked_from(door, 1, 6) == [303] * 5 + [429]
    door.advance(minutes=61)
    assert asked_from(door, 1, 6) == [303] * 5 + [429]
    assert len(door.mails) == 10

    owner.client.environ_base["REMOTE_ADDR"] = "192.0.2.2"
    owner.signs_in()

    assert owner.is_in()


def test_a_network_asks_for_one_address_fifteen_times_a_day(door: Door) -> None:
    for _ in range(3):
        assert asked_from(door, 1, 5) == [303] * 5
        door.advance(minutes=61)
    assert asked_from(door, 1) == [429]
    assert asked_from(door, 2) == [303]
    door.advance(hours=22)
    assert asked_from(door, 1) == [303]


@pytest.mark.parametrize("address", [ANN, BOB])
def test_asking_too_often_for_an_address_is_answered_alike_whoever_is_known(
    door: Door, address: str
) -> None:
    for _ in range(5):
        door.asks(address)
    page = door.post(FORM, email=address.upper())

    assert (page.status_code, page.headers["Retry-After"]) == (429, "3600")
    assert "Too many sign-ins were asked for from your network." in page.text
    assert door.post("/account/sign-in/again").status_code == 429
    assert len(door.wishes()) == 5
    assert door.post(FORM, email="carol@post.example").status_code == 303


def test_what_is_counted_of_an_address_does_not_name_it(door: Door) -> None:
    door.asks()
    with door.database.read() as session:
        first, second = session.scalars(select(NetworkUse.use).order_by(NetworkUse.id))

    assert first == "sign-in"
    assert re.fullmatch(r"sign-in:[0-9a-f]{16}", second)
    assert token_hash(ANN)[:16] not in second


def test_twenty_mails_an_hour_go_to_one_address_wherever_they_are_asked_for(door: Door) -> None:
    for network in range(1, 7):
        asked_from(door, network, 4)
    assert len(door.mails) == 20
    door.advance(minutes=61)
    asked_from(door, 7)
    assert len(door.mails) == 21


def test_forty_mails_a_day_go_to_one_address_wherever_they_are_asked_for(door: Door) -> None:
    for start in (1, 5, 9):
        for network in range(start, start + 4):
            asked_from(door, network, 5)
        door.advance(minutes=61)
    assert len(door.mails) == 40


def test_a_wish_that_is_too_many_ends_no_earlier_one_and_has_no_code(door: Door) -> None:
    for network in range(1, 6):
        asked_from(door, network, 4)
    asked_from(door, 6)
    last = door.wishes()[-1]

    assert last.last_error == "enough mails to this address"
    assert last.ended_at is not None
    assert door.wishes()[-2].ended_at is None


def test_what_came_together_from_one_address_is_one_mail(door: Door) -> None:
    other = door.another_browser()
    for browser in (other, door):
        browser.post(FORM, email=ANN)
    door.work()

    (mail,) = door.mails
    assert other.types(code_in(mail)).status_code == 422
    assert door.types(code_in(mail)).status_code == 303


def test_a_network_may_ask_sixty_times_an_hour(door: Door) -> None:
    for number in range(answering.MOST_PER_NETWORK):
        assert door.post(FORM, email=f"reader{number}@post.example").status_code == 303
    page = door.post(FORM, email=ANN)

    assert (page.status_code, page.headers["Retry-After"]) == (429, "3600")
    assert f'value="{ANN}"' in page.text
    again = door.post("/account/sign-in/again")
    assert again.status_code == 429
    assert len(door.wishes()) == answering.MOST_PER_NETWORK
    assert door.count(NetworkUse) == 2 * answering.MOST_PER_NETWORK, "too many are not counted"
    door.advance(minutes=61)
    assert door.post(FORM, email=ANN).status_code == 303


def test_a_mailbox_that_complained_is_not_written_to(door: Door) -> None:
    with door.database.write() as session:
        suppress(session, door.settings, ANN, COMPLAINT, door.now())
        session.commit()
    door.asks()
    assert door.mails == []


def test_a_wish_that_waited_too_long_is_not_answered(door: Door) -> None:
    door.post(FORM, email=ANN)
    door.advance(minutes=16)
    door.work()
    assert door.mails == []
    assert door.wishes()[0].last_error == "came too late"


def test_before_the_lane_has_worked_the_code_opens_nothing(door: Door) -> None:
    door.asks()
    code = code_in(door.mails[0])
    with door.database.write() as session:
        session.execute(update(SignIn).values(done_at=None))
        session.commit()
    assert door.types(code).status_code == 422


@pytest.mark.usefixtures("gifts")
def test_a_stranger_becomes_a_person_once_they_have_signed_in(door: Door) -> None:
    begin(door)
    door.work()
    (mail,) = door.mails
    assert (mail.recipient, door.count(Person)) == (BOB, 1)
    assert BOB in door.get(SENT).text
    assert "If we know" not in door.get(SENT).text

    answer = door.types(code_in(mail))

    assert answer.location == "/join/gift/g1/"
    assert door.count(Person) == 2
    assert door.is_in()
    with door.database.read() as session:
        known = {one.key: one for one in session.query(EmailAddress)}
    assert known[BOB].verified_at is not None
    assert known[BOB].person_id == door.sessions()[0].person_id


@pytest.mark.usefixtures("gifts")
def test_whoever_is_known_signs_in_for_a_gift_as_who_they_are(door: Door) -> None:
    person = make_person(door.database, BOB)
    begin(door)
    door.work()
    door.types(code_in(door.mails[0]))
    assert door.sessions()[0].person_id == person


@pytest.mark.usefixtures("gifts")
def test_a_stranger_gets_at_most_five_mails_an_hour_for_one_network_too(door: Door) -> None:
    for _ in range(5):
        begin(door)
        door.work()
    with door.app.test_request_context("/join/gift/", method="POST"):
        door.app.preprocess_request()
        assert answering.begin(read_address(BOB), "gathering", "g1") is None
    assert door.work() == 0
    assert len(door.mails) == 5


def test_a_wish_that_fails_is_tried_again_and_stops_no_other(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person(door.database, BOB)
    door.post(FORM, email=ANN)
    door.another_browser().post(FORM, email=BOB)
    whole = answer

    def fails(session, settings, rows, now):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - stands in
        if any(row.address_key == ANN for row in rows):
            raise RuntimeError("once")
        return whole(session, settings, rows, now)

    monkeypatch.setattr("app.people.sign_in_jobs.answer", fails)
    door.work()
    assert [mail.recipient for mail in door.mails] == [BOB]
    monkeypatch.undo()
    door.advance(minutes=1)
    door.work()
    assert [mail.recipient for mail in door.mails] == [BOB, ANN]


def test_a_key_that_was_rotated_still_opens_what_it_made(door: Door) -> None:
    door.asks()
    link = link_in(door.mails[0])
    rotated = replace(
        door.settings,
        secret_key="a newer secret for tests, long enough",
        secret_key_fallbacks=(door.settings.secret_key,),
    )
    door.app.extensions["unwalled_settings"] = rotated
    assert door.get(link).status_code == 200
    assert door.types(code_in(door.mails[0])).status_code == 303


def test_the_mail_made_after_a_rotation_carries_what_opens(door: Door) -> None:
    door.post(FORM, email=ANN)
    runtime = Runtime(door.database, door.settings)
    assert sign_in_jobs.drain(runtime) == 1
    door.settings = replace(
        door.settings,
        secret_key="a newer secret for tests, long enough",
        secret_key_fallbacks=(door.settings.secret_key,),
    )
    door.app.extensions["unwalled_settings"] = door.settings
    door.work()
    assert door.types(code_in(door.mails[0])).status_code == 303


def test_a_dump_of_the_database_opens_nothing(door: Door) -> None:
    door.asks()
    wish = door.client.get_cookie("sign-in")
    assert wish is not None
    token = link_in(door.mails[0]).strip("/").rpartition("/")[2]
    code = code_in(door.mails[0])
    door.types(code)
    held = door.client.get_cookie("session")
    assert held is not None
    with door.database.read() as session:
        dump = "\n".join(
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in session.execute(table.select())
        )

    assert ANN in dump
    for secret in (wish.value, token, f"'{code}'", held.value):
        assert secret not in dump


def test_the_logs_hold_no_address_and_no_secret(
    door: Door, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.configure(replace(door.settings, log_level="debug"))
    door.asks()
    link = link_in(door.mails[0])
    door.another_browser().get(link)
    door.get(link)
    door.post(link)
    said = "".join(capfd.readouterr())
    logs.configure(door.settings)

    assert ANN not in said
    assert link.strip("/").rpartition("/")[2] not in said


def test_the_pages_tell_no_other_site_where_they_are(door: Door) -> None:
    door.asks()
    link = door.get(link_in(door.mails[0]))
    assert link.headers["Referrer-Policy"] == "no-referrer"
    for page in (link, door.get(SENT), door.get(FORM)):
        assert page.headers["Cache-Control"] == "no-store"
        assert '<meta name="robots" content="noindex">' in page.text
    assert door.get(SENT).headers["Referrer-Policy"] == "same-origin"


def test_who_asked_is_forgotten_after_a_week_and_sessions_a_month_after_their_end(
    door: Door,
) -> None:
    door.signs_in()
    door.post("/account/sign-out", csrf_token=door.token())
    door.signs_in()

    def left() -> tuple[int, int]:
        with door.database.write() as session:
            forget(session, door.now())
            session.commit()
        return len(door.wishes()), len(door.sessions())

    assert left() == (2, 2)
    door.advance(days=8)
    assert left() == (0, 2)
    door.advance(days=23)
    assert left() == (0, 1)
    door.advance(days=30)
    assert left() == (0, 0)
