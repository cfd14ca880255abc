"""Into the desk: by a passkey, or by a mail and a second proof, and by nothing else."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core.clock import now
from app.core.database import Database
from app.mail.models import OutgoingMail
from app.people.audit import AuditEntry
from app.people.service import Newcomer, find_or_create
from app.people.staff_credentials_models import StaffPasskey
from app.people.staff_models import StaffSession
from tests.desk.conftest import SitDown
from tests.desk.door.entering import ANN, FORM, SECOND, SET_UP, YOU, Visitor
from tests.desk.making import OURS, words_of
from tests.people.authenticator import Authenticator
from tests.people.staff_making import NOW

KEYS = "/desk/keys/"


@pytest.fixture
def ann(app: Flask, database: Database) -> Visitor:
    return Visitor(app, app.test_client(), database)


def mails(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.read() as session:
        asked = select(OutgoingMail.template, OutgoingMail.context).order_by(OutgoingMail.id)
        return [(row.template, row.context) for row in session.execute(asked)]


def test_an_invitation_opens_by_its_button_and_ends_with_ten_codes(ann: Visitor) -> None:
    link = ann.invited()
    assert "Set up my sign-in" in words_of(ann.get(link))
    assert ann.get(SET_UP).status_code == 410  # looking opened nothing

    ann.sets_up_an_app(link)

    assert len(set(ann.codes)) == 10
    assert ann.is_in()
    assert (ann.elsewhere().get(link).status_code, ann.get(SET_UP).status_code) == (410, 410)
    assert ann.elsewhere().post(link).status_code == 410


def test_a_wrong_code_sets_up_nothing(ann: Visitor) -> None:
    link = ann.invited()
    ann.post(link)
    ann.post("/desk/set-up/app")
    answer = ann.post(f"{SET_UP}app/", code="1")
    assert (answer.status_code, ann.is_in()) == (422, False)
    assert "clock of the phone" in words_of(answer)


def test_of_two_browsers_with_one_link_the_first_that_is_done_takes_it(ann: Visitor) -> None:
    link, thief = ann.invited(), ann.elsewhere()
    thief.post(link)
    thief.post("/desk/set-up/app")
    ann.sets_up_an_app(link)
    assert thief.get(f"{SET_UP}app/").status_code == 410
    assert not thief.is_in()


def test_a_passkey_is_set_up_and_opens_the_desk_alone(ann: Visitor) -> None:
    device = Authenticator()
    ann.sets_up_a_passkey(ann.invited(), device)
    assert (len(ann.codes), ann.is_in()) == (10, True)

    other = ann.elsewhere()
    options = other.post(f"{FORM}passkey/options").text
    answer = other.post(f"{FORM}passkey", answer=device.sign(options), next=KEYS)
    assert (answer.status_code, answer.location) == (303, KEYS)
    assert other.is_in()


def test_a_stranger_s_passkey_opens_nothing(ann: Visitor) -> None:
    options = ann.post(f"{FORM}passkey/options").text
    answer = ann.post(f"{FORM}passkey", answer=Authenticator().sign(options))
    assert answer.status_code == 422
    assert "does not open the desk" in words_of(answer)
    assert not ann.is_in()


def test_mail_alone_opens_nothing_and_with_the_app_it_does(ann: Visitor) -> None:
    ann.sets_up_an_app(ann.invited())
    other = ann.elsewhere()
    other.shows_the_mail(wanted=KEYS)
    assert not other.is_in()
    answer = other.post(SECOND, code="1")
    assert (answer.status_code, other.is_in()) == (422, False)

    answer = other.post(SECOND, code=other.code())
    assert (answer.location, other.is_in()) == (KEYS, True)
    assert other.get(SECOND).status_code == 410


def test_the_link_of_the_mail_does_as_the_code_but_in_its_browser_alone(ann: Visitor) -> None:
    ann.sets_up_an_app(ann.invited())
    other, thief = ann.elsewhere(), ann.elsewhere()
    other.asks()
    link = f"{FORM}{other.mailed()[0]}/"
    assert "Another browser" in words_of(thief.get(link))
    assert thief.post(link).status_code == 200
    assert thief.get(SECOND).status_code == 410
    assert "One press" in words_of(other.get(link))
    assert other.post(link).location == SECOND


def test_a_recovery_code_stands_in_for_the_app_and_is_told_of(
    ann: Visitor, database: Database
) -> None:
    ann.sets_up_an_app(ann.invited())
    other = ann.elsewhere()
    other.shows_the_mail()
    assert other.post(SECOND, code=ann.codes[0]).status_code == 303
    assert "9 of 10 are left" in words_of(other.get(YOU))
    told = [context["news"] for name, context in mails(database) if name == "staff_notice"]
    assert told == [7, 6]  # a new browser, a code used


def test_whoever_has_a_passkey_may_use_it_after_the_mail(ann: Visitor) -> None:
    device = Authenticator()
    ann.sets_up_a_passkey(ann.invited(), device)
    other = ann.elsewhere()
    other.shows_the_mail()
    assert "Use a passkey" in other.get(SECOND).text
    options = other.post(f"{SECOND}options").text
    assert other.post(f"{SECOND}passkey", answer=Authenticator().sign(options)).status_code == 422
    options = other.post(f"{SECOND}options").text
    assert other.post(f"{SECOND}passkey", answer=device.sign(options)).status_code == 303
    assert other.is_in()


def test_five_wrong_codes_end_the_way_in(ann: Visitor) -> None:
    ann.sets_up_an_app(ann.invited())
    other = ann.elsewhere()
    other.shows_the_mail()
    assert [other.post(SECOND, code="1").status_code for _ in range(5)] == [422] * 4 + [410]
    assert other.post(SECOND, code=other.code()).status_code == 410


def test_whoever_guesses_on_is_let_try_no_more(ann: Visitor) -> None:
    ann.sets_up_an_app(ann.invited())
    other = ann.elsewhere()
    for _ in range(2):
        other.shows_the_mail()
        assert [other.post(SECOND, code="1").status_code for _ in range(5)][-1] == 410
    other.shows_the_mail()
    answer = other.post(SECOND, code=other.code())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")


def test_every_address_is_answered_alike_and_only_staff_are_written_to(
    ann: Visitor, database: Database
) -> None:
    ann.sets_up_an_app(ann.invited())
    with database.write() as session:
        find_or_create(session, [Newcomer("reader@post.example", "reader@post.example")], NOW)
        session.commit()
    ann.invited(address="new@post.example")
    pages = []
    for address in (ANN, "reader@post.example", "nobody@post.example", "new@post.example"):
        other = ann.elsewhere()
        other.asks(address)
        pages.append(other.get(f"{FORM}sent/").text.replace(address, ""))
    assert len(set(pages)) == 1
    assert [name for name, _context in mails(database)].count("sign_in") == 1


def test_neither_a_wish_nor_a_session_of_one_door_opens_the_other(ann: Visitor) -> None:
    ann.sets_up_an_app(ann.invited())
    reader = ann.elsewhere()
    reader.post("/account/sign-in/", email=ANN)
    reader.asks()  # of the desk; the browser holds a cookie of each
    token, code = reader.mailed()
    for cookie in ("sign-in", "desk-sign-in"):
        held = reader.client.get_cookie("desk-sign-in")
        assert held is not None
        reader.client.set_cookie(cookie, held.value)
    assert reader.post("/account/sign-in/code", code=code).status_code == 422
    assert reader.post(f"/account/sign-in/{token}/").status_code != 303
    assert reader.client.get_cookie("session") is None
    assert ann.get("/account/").status_code == 303  # at the desk, and no reader


def test_a_session_is_a_new_one_at_sign_in_and_after_a_proof(ann: Visitor) -> None:
    ann.sets_up_an_app(ann.invited())
    first = ann.client.get_cookie("desk")
    ann.comes_in()
    second = ann.client.get_cookie("desk")
    assert first is not None
    assert second is not None
    assert first.value != second.value
    old = ann.elsewhere()
    old.client.set_cookie("desk", first.value)
    assert not old.is_in()


def test_a_known_browser_is_told_of_once(ann: Visitor, database: Database) -> None:
    ann.sets_up_an_app(ann.invited())
    ann.comes_in()
    assert "staff_notice" not in dict(mails(database))
    ann.elsewhere().comes_in()
    assert [name for name, _context in mails(database)].count("staff_notice") == 1


def test_a_sign_in_is_written_down(ann: Visitor, database: Database) -> None:
    ann.sets_up_an_app(ann.invited())
    with database.read() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert last is not None
    assert (last.what, last.after) == ("staff.signed_in", {"by": "set up"})


def test_a_browser_must_say_where_a_form_comes_from(ann: Visitor) -> None:
    evil = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    for path in (FORM, f"{FORM}passkey", f"{FORM}code", f"{FORM}again", SECOND, f"{SET_UP}app"):
        assert ann.client.post(path, data={"email": ANN}).status_code == 403
        assert ann.client.post(path, headers=evil).status_code == 403


def test_a_page_of_the_desk_is_led_to_with_what_was_asked_of_it(ann: Visitor) -> None:
    ann.sets_up_an_app(ann.invited())
    wanted = "/uk/desk/team/?q=ann&_external=1&_anchor=x&next=//evil.example"
    answer = ann.client.get(FORM, query_string={"next": wanted})
    assert answer.location == "/uk/desk/team/?q=ann&next=//evil.example"


def test_at_a_number_a_passkey_is_not_offered_and_the_page_says_why(ann: Visitor) -> None:
    answer = ann.client.get(FORM, base_url="http://127.0.0.1:8000")
    assert "this page was opened as 127.0.0.1:8000" in words_of(answer)
    assert "data-passkey=" not in answer.text
    assert 'href="http://localhost/desk/sign-in/"' in answer.text


def test_signing_out_ends_the_session(ann: Visitor, database: Database) -> None:
    ann.sets_up_an_app(ann.invited())
    assert ann.sends("/desk/sign-out").location == "/desk/signed-out/"
    assert not ann.is_in()
    with database.read() as session:
        assert session.scalars(select(StaffSession.ended_at)).one() is not None


def test_a_cookie_over_https_is_of_this_host_alone(app: Flask, ann: Visitor) -> None:
    link = ann.invited()
    app.extensions["unwalled_settings"] = replace(ann.settings, site_url="https://localhost")
    answer = ann.client.post(link, headers=OURS, base_url="https://localhost")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-desk-entry=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_link_that_is_too_old_says_so(ann: Visitor) -> None:
    link = ann.invited()
    ann.waits(days=7)
    answer = ann.get(link)
    assert (answer.status_code, "seven days" in words_of(answer)) == (410, True)
    assert ann.get("/desk/invitation/none/").status_code == 404


def test_a_copy_of_a_passkey_opens_nothing(ann: Visitor, database: Database) -> None:
    device = Authenticator()
    ann.sets_up_a_passkey(ann.invited(), device)
    with database.write() as session:
        session.execute(update(StaffPasskey).values(sign_count=5))
        session.commit()
    options = ann.post(f"{FORM}passkey/options").text
    copied = ann.elsewhere().post(f"{FORM}passkey", answer=device.sign(options))
    assert copied.status_code == 422  # it has signed less often than we know


def test_time_ends_each_step(ann: Visitor) -> None:
    ann.sets_up_an_app(ann.invited())
    other = ann.elsewhere()
    other.shows_the_mail()
    other.waits(minutes=15)
    assert other.post(SECOND, code=other.code()).status_code == 410


def test_one_network_asks_for_one_address_five_times_an_hour(ann: Visitor) -> None:
    asked = [ann.post(FORM, email=ANN) for _ in range(6)]
    assert [one.status_code for one in asked] == [303] * 5 + [429]
    assert f'value="{ANN}"' in asked[-1].text


def test_passkeys_are_asked_for_so_often_and_no_more(
    ann: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.desk.door.sign_in_views.MOST_ASKED", 2)
    asked = [ann.post(f"{FORM}passkey/options") for _ in range(3)]
    assert [one.status_code for one in asked] == [200, 200, 429]


def test_whoever_s_session_ended_is_told_and_led_back(desk: SitDown, database: Database) -> None:
    at = desk("admin")
    assert "Your session has ended" not in at.app.test_client().get("/desk/sign-in/").text
    with database.write() as session:
        session.execute(update(StaffSession).values(expires_at=now(session)))
        session.commit()
    answer = at.get("/desk/people/?q=ann")

    assert answer.location == "/desk/sign-in/?next=/desk/people/?q%3Dann"
    assert "Your session has ended" in at.get(answer.location).text
    assert "you are back where you were" in at.get(answer.location).text
