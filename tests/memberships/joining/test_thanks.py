"""After paying: waiting until the money is confirmed, thanks, and what to say when nothing came."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from babel.dates import format_date
from sqlalchemy import select, update

from app.core.clock import now
from app.memberships.joining.models import Intent
from app.memberships.queries import current_count
from app.newsletters.models import SignupRequest
from app.payments.models import DirtyKey
from tests.memberships.joining.making import Door, look, open_door, paid_page
from tests.site.making import Page, make_list


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, SECRET_KEY_FALLBACKS="an earlier secret " * 3) as opened:
        yield opened


def set_state(door: Door, state: str) -> None:
    with door.database.write() as session:
        session.execute(update(Intent).values(state=state))
        session.commit()


def key(door: Door) -> DirtyKey | None:
    with door.database.read() as session:
        return session.scalars(select(DirtyKey)).one_or_none()


def be_done(door: Door, seconds_ago: int) -> None:
    """Let the lane have looked, so long ago."""
    with door.database.write() as session:
        done_at = now(session) - timedelta(seconds=seconds_ago)
        session.execute(update(DirtyKey).values(done_at=done_at, done_seq=DirtyKey.dirty_seq))
        session.commit()


def refresh(html: str) -> str:
    (found,) = Page(html).all("meta", **{"http-equiv": "refresh"})
    return found["content"]


def test_until_the_money_is_confirmed_the_page_waits_and_looks_again(door: Door) -> None:
    path = paid_page(door)
    answer = door.get(path)

    assert answer.status_code == 200
    assert "Your payment is on its way" in answer.text
    assert refresh(answer.text) == f"3; url={path}?times=1"
    assert refresh(door.get(f"{path}?times=20").text).startswith("30; ")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.text
    assert "Thank you" not in answer.text


def test_waiting_has_stripe_looked_at_now_and_then(door: Door) -> None:
    path = paid_page(door)
    door.get(path)
    first = key(door)
    door.get(path)
    waiting = key(door)
    be_done(door, 1)
    door.get(path)
    just_done = key(door)
    be_done(door, 9)
    door.get(path)
    again = key(door)

    assert first
    assert (first.kind, first.object_id) == ("checkout", door.intent().checkout_id)
    assert [one.dirty_seq for one in (first, waiting, just_done, again) if one] == [1, 1, 1, 2]


def test_a_look_that_was_set_aside_is_taken_up_again(door: Door) -> None:
    path = paid_page(door)
    door.get(path)
    with door.database.write() as session:
        session.execute(update(DirtyKey).values(parked_at=now(session)))
        session.commit()
    door.get(path)
    found = key(door)

    assert found
    assert (found.parked_at, found.dirty_seq) == (None, 2)


def test_once_paid_it_says_thanks_and_offers_newsletters(door: Door) -> None:
    with door.database.write() as session:
        make_list(session, "daily")
        make_list(session, "hidden", 2, listed=False)
        make_list(session, "closed", 3, open=False)
        session.commit()
    path = paid_page(door, cover_fee="1")
    set_state(door, "paid")
    answer = door.get(path)
    page = Page(answer.text)

    assert "<h1>Thank you</h1>" in answer.text
    assert "Membership of The Test Post" in answer.text
    assert "€10.41 a month" in answer.text
    assert [one["value"] for one in page.all("input", name="list")] == ["daily"]
    assert page.all("form")[0]["action"] == "/newsletters/subscribe"
    assert page.all("meta", **{"http-equiv": "refresh"}) == []
    assert "/account/" in page.links()
    assert key(door) is None


def test_the_newsletters_offered_can_be_had(door: Door) -> None:
    with door.database.write() as session:
        make_list(session, "daily")
        session.commit()
    path = paid_page(door)
    set_state(door, "paid")
    (form,) = Page(door.get(path).text).all("form")
    answer = door.client.post(form["action"], data={"email": "ann@post.example", "list": "daily"})

    assert answer.status_code == 303
    with door.database.read() as session:
        assert session.scalars(select(SignupRequest.address)).all() == ["ann@post.example"]


def test_a_bank_that_takes_days_is_waited_for_without_hurry(door: Door) -> None:
    path = paid_page(door)
    set_state(door, "processing")
    html = door.get(path).text

    assert "Your bank takes some days to send it." in html
    assert refresh(html).startswith("30; ")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("failed", "The bank did not let the payment through"),
        ("expired", "open for half an hour and has closed"),
        ("replaced", "You chose something else afterwards"),
    ],
)
def test_where_nothing_came_it_leads_back_to_the_form(door: Door, state: str, said: str) -> None:
    path = paid_page(door, amount_monthly="2000")
    set_state(door, state)
    answer = door.get(path)

    assert said in answer.text
    assert "/join/?currency=EUR&interval=monthly&amount=2000" in Page(answer.text).links()
    assert key(door) is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"whom": "given"}, "The next reader who asks for a membership gets yours."),
        ({"whom": "gift", "recipient": "bo@post.example"}, "The code of your present comes"),
        ({"interval": "once"}, "€25 once"),
    ],
)
def test_thanks_are_for_what_was_given(door: Door, fields: dict[str, str], said: str) -> None:
    path = paid_page(door, **fields)
    set_state(door, "paid")
    html = door.get(path).text

    assert said in html
    assert "your account" not in html


WRITTEN = [("", "We have written to {}."), ("/uk", "Ми вже написали на {}.")]
TO_WRITE = [("", "We write to {} on {}."), ("/uk", "Ми напишемо на {} {}.")]
NINA = '<bdi dir="ltr">nina@example.com</bdi>'


def thanks_for_a_present(door: Door, prefix: str, **fields: str) -> str:
    """Pay for a present to Nina, and return its page of thanks."""
    wish = {"whom": "gift", "recipient": "nina@example.com", **fields}
    path = paid_page(door, f"{prefix}/join/", **wish)
    set_state(door, "paid")
    return door.get(path).text


@pytest.mark.parametrize(("prefix", "said"), TO_WRITE)
def test_thanks_for_a_present_name_its_address_and_its_day(
    door: Door, prefix: str, said: str
) -> None:
    with door.database.read() as session:
        today = now(session).astimezone(door.settings.time_zone).date()
    day = today + timedelta(days=9)
    html = thanks_for_a_present(door, prefix, deliver_on=day.isoformat())
    shown = format_date(day, "d MMMM y", locale=prefix.strip("/") or "en")

    assert f"<p>{said.format(NINA, shown)}</p>" in html


@pytest.mark.parametrize(("prefix", "said"), WRITTEN)
def test_thanks_for_a_present_of_today_say_that_we_have_written(
    door: Door, prefix: str, said: str
) -> None:
    assert f"<p>{said.format(NINA)}</p>" in thanks_for_a_present(door, prefix)


def test_once_a_presents_day_has_come_thanks_say_that_we_have_written(door: Door) -> None:
    with door.database.read() as session:
        today = now(session).astimezone(door.settings.time_zone).date()
    day = (today + timedelta(days=1)).isoformat()
    path = paid_page(door, whom="gift", recipient="nina@example.com", deliver_on=day)
    with door.database.write() as session:
        session.execute(update(Intent).values(state="paid", deliver_at=now(session)))
        session.commit()

    assert f"<p>We have written to {NINA}.</p>" in door.get(path).text


def test_thanks_name_nobody_whose_address_was_erased(door: Door) -> None:
    path = paid_page(door, whom="gift", recipient="nina@example.com")
    with door.database.write() as session:
        session.execute(update(Intent).values(state="paid", recipient_address=None))
        session.commit()
    html = door.get(path).text

    assert "The code of your present comes" in html
    assert "<bdi" not in html


def test_the_ukrainian_way_ends_in_ukrainian(door: Door) -> None:
    door.send("/uk/join/")
    page = door.world.get(str(door.intent().checkout_id))
    assert page
    path = str(page["success_url"]).removeprefix("http://localhost")
    waiting = door.get(path).text
    set_state(door, "paid")

    assert path.startswith("/uk/join/thanks/")
    assert "Ваш платіж у дорозі" in waiting
    assert "<h1>Дякуємо</h1>" in door.get(path).text


@pytest.mark.parametrize("token", ["x", "a" * 64, "%00", "%2F"])
def test_another_address_opens_nothing(door: Door, token: str) -> None:
    assert door.get(f"/join/thanks/{token}/").status_code == 404


@pytest.mark.parametrize("times", ["x", "-5", "9" * 30, "%00"])
def test_odd_counts_do_no_harm(door: Door, times: str) -> None:
    path = paid_page(door)

    assert door.get(f"{path}?times={times}").status_code == 200


def test_the_address_is_in_no_row(door: Door) -> None:
    token = paid_page(door).split("/")[-2]
    intent = door.intent()

    assert len(token) == 64
    assert token not in {str(value) for value in vars(intent).values()}


@pytest.mark.parametrize(
    ("fields", "members"),
    [
        ({}, 1),
        ({"interval": "once"}, 0),
        ({"whom": "given"}, 0),
        ({"whom": "gift", "recipient": "bo@post.example"}, 0),
    ],
)
def test_the_whole_way_from_the_form_to_thanks_and_the_count(
    door: Door, fields: dict[str, str], members: int
) -> None:
    path = paid_page(door, **fields)
    waiting = door.get(path).text  # no webhook came: the page itself has Stripe looked at
    look(door)
    with door.database.read() as session:
        count = current_count(session, now(session))

    assert "Your payment is on its way" in waiting
    assert "<h1>Thank you</h1>" in door.get(path).text
    assert door.intent().state == "paid"
    assert (count.members if count else 0) == members


def test_a_page_that_ran_out_is_told_as_that(door: Door) -> None:
    door.send()
    page = door.world.get(str(door.intent().checkout_id))
    assert page
    path = str(page["success_url"]).removeprefix("http://localhost")
    door.world.advance(32 * 60)
    door.get(path)
    look(door)

    assert "open for half an hour and has closed" in door.get(path).text
