"""Whatever is sent, it is a wish that can be kept and paid, or a sentence for each fault."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core.languages import translations
from app.core.money import currency_of
from app.core.settings import Settings
from app.memberships.joining.fields import JoinForm, read_came, read_choice, read_join
from app.memberships.joining.offers import GROUPS, Offer
from app.memberships.joining.wishes import Judge, RefusedWishError, Wish, payable
from tests.conftest import make_settings

NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # half past midnight of the 24th in Kyiv
OFFER = Offer("EUR", {"EUR": {"monthly": [500]}, "UAH": {}, "USD": {}})
FIELDS = (
    *("nonce", "currency", "for", "interval", "wall_name", "dedication", "recipient"),
    *("deliver_on", "cover_fee", "as_typed", "from", "ask", "utm_source", "utm_term"),
    *(f"{part}_{group}" for part in ("amount", "other") for group in GROUPS),
)
TELLING = st.sampled_from(
    (
        *("EUR", "UAH", "gift", "given", "once", "yearly", "500", "other", "12,50", "1"),
        *("bo@post.example", "2026-12-24", "2026-02-30", "/goal/", "//evil.example", "Ann"),
        *("www.x.example", "\x00", "٣"),
    )
)
KYIV = ZoneInfo("Europe/Kyiv")


def judge(folder: Path) -> Judge:
    settings: Settings = make_settings("sqlite:///x.sqlite3", folder)
    return Judge(OFFER, settings, None, "en", NOW)


def outcome(sent: dict[str, str]) -> Wish | RefusedWishError:
    """Return what is made of a form that was filled in at least half way."""
    whole = {"currency": "EUR", "amount_monthly": "500", "amount_twelve": "5000", **sent}
    try:
        return judge(Path("unused")).wish(read_join(MultiDict(whole)))
    except RefusedWishError as refused:
        return refused


@given(st.dictionaries(st.sampled_from(FIELDS), TELLING | st.text(max_size=300)))
def test_anything_sent_is_a_wish_or_is_refused_in_words(sent: dict[str, str]) -> None:
    found = outcome(sent)

    if isinstance(found, RefusedWishError):
        assert found.errors
        assert all(one.endswith((".", "?")) for one in found.errors.values())
        return
    rules = currency_of(found.money.currency)
    texts = [found.wall_name or "", found.dedication or "", *found.came.values()]
    assert rules.smallest <= found.money.minor <= rules.largest
    assert all(one.isprintable() and len(one) <= 300 for one in texts)
    assert len(found.wall_name or "") <= 80
    assert len(found.dedication or "") <= 200
    assert (found.recipient is not None) == (found.kind == "gift_membership")


@given(st.dictionaries(st.sampled_from(FIELDS), TELLING | st.text(max_size=300)))
def test_any_address_of_the_form_can_be_read(query: dict[str, str]) -> None:
    form = read_choice(MultiDict(query))

    assert form.group in GROUPS


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/a\\b", "/a\r\nb"])
def test_no_way_here_is_kept_but_a_path_of_ours(path: str) -> None:
    assert read_came(MultiDict({"from": path})) == {}


@pytest.mark.parametrize(
    ("day", "arrives"),
    [
        ("", None),
        ("2026-11-24", None),
        ("2026-11-25", datetime(2026, 11, 25, 9, tzinfo=KYIV)),
        ("2027-03-28", datetime(2027, 3, 28, 9, tzinfo=KYIV)),
    ],
)
def test_a_gift_arrives_in_the_morning_of_the_newsrooms_zone(
    tmp_path: Path, day: str, arrives: datetime | None
) -> None:
    sent = {"currency": "EUR", "for": "gift", "recipient": "bo@post.example"}
    form = read_join(MultiDict({**sent, "amount_twelve": "5000", "deliver_on": day}))
    found = judge(tmp_path).wish(form).deliver_at

    assert found == arrives


@pytest.mark.parametrize("days", [-1, 367])
def test_no_gift_arrives_yesterday_or_in_years(tmp_path: Path, days: int) -> None:
    day = (NOW.astimezone(KYIV) + timedelta(days=days)).date().isoformat()
    sent = {"currency": "EUR", "for": "gift", "recipient": "bo@post.example"}
    form = read_join(MultiDict({**sent, "amount_twelve": "5000", "deliver_on": day}))

    with pytest.raises(RefusedWishError) as refused:
        judge(tmp_path).wish(form)
    assert set(refused.value.errors) == {"deliver_on"}


@pytest.mark.parametrize(
    "day", ["2026-W50-1", "20261225", "2026-W52", "2026-12-25T09:00", "2026-12-٢٥", "2026-02-30"]
)
def test_a_day_is_written_in_one_way(tmp_path: Path, day: str) -> None:
    sent = {"currency": "EUR", "for": "gift", "recipient": "bo@post.example"}
    form = read_join(MultiDict({**sent, "amount_twelve": "5000", "deliver_on": day}))

    with pytest.raises(RefusedWishError) as refused:
        judge(tmp_path).wish(form)
    assert refused.value.errors == {"deliver_on": "Please write the day like 2026-11-24."}


@pytest.mark.parametrize("typed", ["", " ", "\t\u00a0"])
def test_a_gift_for_nobody_asks_for_the_recipient_in_either_language(
    tmp_path: Path, typed: str
) -> None:
    form = read_join(MultiDict({"currency": "EUR", "for": "gift", "recipient": typed}))

    with pytest.raises(RefusedWishError) as refused:
        judge(tmp_path).wish(form)
    sentence = refused.value.errors["recipient"]
    assert sentence == "Please type the email address of whoever the gift is for."
    assert "кому подарунок" in translations("uk").gettext(sentence)


@pytest.mark.parametrize("read", [read_join, read_choice])
def test_no_currency_is_made_of_the_beginning_of_a_word(
    read: Callable[[MultiDict[str, str]], JoinForm],
) -> None:
    assert read(MultiDict({"currency": "EURO"})).currency not in OFFER.currencies
    assert read(MultiDict({"currency": "UAH"})).currency in OFFER.currencies


@pytest.mark.parametrize("digits", ["", "0", "99", "1000001", "5e2", "-500", "+500", " 500", "5٠0"])
def test_an_amount_out_of_an_address_is_one_that_can_be_paid(digits: str) -> None:
    assert payable(digits, "EUR") is None
