"""The account in a browser: every change goes to the stand-in for Stripe and comes back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.database import Database
from app.core.money import Money
from app.memberships import changing
from app.memberships.standing import standing_of
from app.payments.serving import PAGE_RETRIES
from tests.memberships.account.browsing import Ann, signed_in
from tests.memberships.account.making import join, make_membership
from tests.memberships.making import make_person


@pytest.fixture
def ann(database: Database, tmp_path: Path) -> Iterator[Ann]:
    with signed_in(database, tmp_path) as made:
        yield made


def test_the_account_says_what_is_given_and_when_it_is_charged_next(ann: Ann) -> None:
    page = ann.browser.read()

    assert "€7 a month" in page
    assert "The next charge is on " in page
    assert "Visa ending in 4242" in page


def test_another_amount_is_changed_at_stripe_and_shown(ann: Ann) -> None:
    page = ann.browser.done(f"{ann.at}/amount/", amount="12,50")

    assert "The amount is changed." in page
    assert "€12.50 a month" in page
    assert ann.supporter.at_stripe().money == Money(1250, "EUR")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Please type an amount."),
        ("seven", "Please write the amount in digits."),
        ("0.50", "The smallest amount is €1."),
        ("99999", "The largest amount is €10,000."),
        ("7", "This is what you give already."),
        ("12 USD", "Please give the amount in EUR."),
    ],
)
def test_a_wrong_amount_is_said_beside_the_field_and_kept(
    ann: Ann, typed: str, sentence: str
) -> None:
    answer = ann.browser.send(f"{ann.at}/amount/", amount=typed)

    assert answer.status_code == 422
    assert f'id="amount-error">{sentence}</p>' in answer.text
    assert f'value="{typed}"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert ann.supporter.at_stripe().money == Money(700, "EUR")


def test_a_membership_is_cancelled_with_a_word_and_taken_back(ann: Ann) -> None:
    cancelled = ann.browser.done(f"{ann.at}/cancel/", reason=" Moving\r\n\r\n away ")
    row = ann.supporter.row()
    undone = ann.browser.done(f"{ann.at}/undo")

    assert "It ends on " in cancelled
    assert "Take the cancellation back" in cancelled
    assert (row.cancel_reason, row.ends_at) == ("Moving\naway", row.paid_through)
    assert "as if you had never cancelled" in undone
    assert standing_of(ann.supporter.membership) == "running"
    assert ann.supporter.at_stripe().ends_at is None


def test_nobody_has_to_say_why_they_cancel(ann: Ann) -> None:
    ann.browser.done(f"{ann.at}/cancel/")

    assert ann.supporter.row().cancel_reason is None
    assert standing_of(ann.supporter.membership) == "cancelled"


def test_a_reason_that_is_too_long_is_kept_in_its_field(ann: Ann) -> None:
    answer = ann.browser.send(f"{ann.at}/cancel/", reason="x" * 301)

    assert answer.status_code == 422
    assert "at most 300 characters" in answer.text
    assert "x" * 301 in answer.text
    assert standing_of(ann.supporter.membership) == "running"


def test_a_membership_is_paused_and_goes_on(ann: Ann) -> None:
    paused = ann.browser.done(f"{ann.at}/pause/")
    was_paused = ann.supporter.at_stripe().paused
    resumed = ann.browser.done(f"{ann.at}/resume")

    assert "It is paused" in paused
    assert was_paused
    assert "Nothing is charged until you resume it." in paused
    assert "with the next charge on its usual day" in resumed
    assert not ann.supporter.at_stripe().paused


def test_the_card_is_changed_on_a_page_of_stripes_where_the_browser_may_go(ann: Ann) -> None:
    policy = ann.browser.open().headers["Content-Security-Policy"]
    answer = ann.browser.send(f"{ann.at}/card")

    assert answer.status_code == 303
    assert "/portal/" in answer.location
    assert f"form-action 'self' {ann.browser.settings.stripe_base};" in policy


def test_whoever_comes_back_from_that_page_sees_the_membership_as_it_is(ann: Ann) -> None:
    ann.supporter.gateway.pause(ann.supporter.subscription_id, "behind our back")

    answer = ann.browser.open(f"{ann.at}/card/")

    assert answer.location == "/account/?done=card"
    assert "It is paused" in ann.browser.read(answer.location)


@pytest.mark.parametrize("act", ["amount/", "cancel/", "pause/", "card", "resume", "undo"])
def test_while_stripe_is_down_a_page_says_so_and_nothing_changes(ann: Ann, act: str) -> None:
    if act in {"resume", "undo"}:
        ann.browser.done(f"{ann.at}/{'pause' if act == 'resume' else 'cancel'}/")
    before = standing_of(ann.supporter.membership)
    ann.supporter.trouble.down = 1 + PAGE_RETRIES

    answer = ann.browser.send(f"{ann.at}/{act}", amount="9", reason="Too dear")

    assert answer.status_code == 503
    assert "does not answer just now" in answer.text
    assert standing_of(ann.supporter.membership) == before
    assert ("Too dear" in answer.text) == (act == "cancel/")


def test_what_stripe_has_taken_but_does_not_show_yet_is_said_to_come(
    ann: Ann, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing.Till, "look", lambda _till, _name: False)

    page = ann.browser.done(f"{ann.at}/cancel/")

    assert "Stripe has taken this. It shows here in a minute" in page
    assert ann.supporter.at_stripe().ends_at is not None


def test_without_a_key_nothing_can_be_changed_and_the_page_stands(
    ann: Ann, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ann.browser.settings
    monkeypatch.setitem(
        ann.browser.app.extensions, "unwalled_settings", replace(settings, stripe_key="")
    )

    assert ann.browser.send(f"{ann.at}/pause/").status_code == 503
    assert "€7 a month" in ann.browser.read()


@pytest.mark.parametrize("page", ["amount/", "pause/"])
def test_what_a_cancelled_membership_cannot_do_is_not_offered(ann: Ann, page: str) -> None:
    ann.browser.done(f"{ann.at}/cancel/")

    shown, sent = (
        ann.browser.open(f"{ann.at}/{page}"),
        ann.browser.send(f"{ann.at}/{page}", amount="9"),
    )

    assert (shown.status_code, sent.status_code) == (409, 409)
    assert "cannot be done any more" in shown.text
    assert "cannot be done any more" in sent.text
    assert standing_of(ann.supporter.membership) == "cancelled"


def test_a_membership_that_was_cancelled_elsewhere_is_told_so(ann: Ann) -> None:
    ann.supporter.gateway.cancel(ann.supporter.subscription_id, "elsewhere")
    ann.supporter.till.look(ann.supporter.subscription_id)

    answer = ann.browser.send(f"{ann.at}/cancel/")

    assert answer.status_code == 409


@pytest.mark.parametrize(
    "path",
    ["amount/", "cancel/", "pause/", "card/"],
)
def test_somebody_elses_membership_is_not_found(ann: Ann, database: Database, path: str) -> None:
    with database.write() as session:
        other = make_person(session, "bo@post.example")
        theirs = make_membership(session, other).subscription_id
        session.commit()
    at = f"/account/memberships/{theirs}"

    assert ann.browser.open(f"{at}/{path}").status_code == 404
    for act in ("amount/", "cancel/", "pause/", "resume", "undo", "card"):
        assert ann.browser.send(f"{at}/{act}", amount="9").status_code == 404


def test_two_memberships_are_shown_with_the_way_out(ann: Ann) -> None:
    supporter = ann.supporter
    second = join(supporter.world, supporter.gateway, money=Money(500, "EUR"))
    customer = supporter.gateway.subscription(second).customer_id
    with supporter.database.write() as session:
        make_membership(session, supporter.person_id, subscription_id=second, customer_id=customer)
        session.commit()
    supporter.till.look(second)
    twice = ann.browser.read()

    once = ann.browser.done(f"/account/memberships/{second}/cancel/")

    assert "one of them is enough" in twice
    assert "€5 a month" in twice
    assert "one of them is enough" not in once
    assert standing_of(supporter.membership) == "running"


def test_a_form_without_the_sessions_token_is_refused(ann: Ann) -> None:
    answer = ann.browser.client.post(f"{ann.at}/cancel/", headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 403
    assert standing_of(ann.supporter.membership) == "running"
