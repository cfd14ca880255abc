"""Counting the funnel: what counts on which day, under which page; and counting again."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.days import beginning_of, day_of
from app.mail.models import OutgoingMail
from app.newsletters.funnel.counting import OPEN_DAYS, last_days
from app.newsletters.funnel.models import FunnelDay
from app.newsletters.funnel.queries import funnel
from tests.newsletters.funnel.making import KYIV, Past, recount, rows, utc
from tests.newsletters.making import make_list

NOON = utc("2026-11-20T10:00")
DAY = date(2026, 11, 20)
HOUR = timedelta(hours=1)


@pytest.fixture
def past(session: Session) -> Past:
    return Past(session)


@pytest.fixture
def daily(session: Session) -> int:
    return make_list(session, "daily").id


def counts(session: Session, first: str = "2026-11-20", last: str = "2026-11-20") -> object:
    recount(session, first, last)
    return rows(session)


def test_each_thing_counts_on_its_own_day_under_the_page_it_began_at(
    past: Past, daily: int, session: Session
) -> None:
    ann = past.person()
    past.consent(ann, daily, "asked", NOON, "/bread/")
    past.mail(ann, NOON + 14 * HOUR, queued=NOON)
    past.consent(ann, daily, "confirmed", NOON + 48 * HOUR, "/bread/", "button")
    past.consent(ann, daily, "unsubscribed", NOON + 72 * HOUR, None, "one-click")

    assert counts(session, "2026-11-20", "2026-11-24") == {
        (date(2026, 11, 20), "/bread/", "article"): {"asked": 1},
        (date(2026, 11, 21), "/bread/", "article"): {"accepted": 1},
        (date(2026, 11, 22), "/bread/", "article"): {"confirmed": 1},
        (date(2026, 11, 23), "/bread/", "article"): {"unsubscribed": 1},
    }


def test_a_mail_that_the_relay_did_not_take_is_not_accepted(
    past: Past, daily: int, session: Session
) -> None:
    ann = past.person()
    past.consent(ann, daily, "asked", NOON)
    past.mail(ann, None, queued=NOON)

    assert counts(session) == {(DAY, "", "article"): {"asked": 1}}


def test_a_second_list_joins_the_mail_that_has_left_and_is_accepted_at_once(
    past: Past, daily: int, session: Session
) -> None:
    weekly, ann = make_list(session, "weekly").id, past.person()
    past.consent(ann, daily, "asked", NOON - 24 * HOUR, "/bread/")
    past.mail(ann, NOON - 24 * HOUR, queued=NOON - 24 * HOUR)
    past.consent(ann, weekly, "asked", NOON, "/salt/")

    assert counts(session) == {(DAY, "/salt/", "article"): {"asked": 1, "accepted": 1}}


def test_a_mail_whose_link_was_used_before_confirms_nothing_asked_for_later(
    past: Past, daily: int, session: Session
) -> None:
    weekly, ann = make_list(session, "weekly").id, past.person()
    past.consent(ann, daily, "asked", NOON - 24 * HOUR)
    past.mail(ann, NOON - 24 * HOUR, queued=NOON - 24 * HOUR, over=NOON - 23 * HOUR)
    past.consent(ann, weekly, "asked", NOON, "/salt/")

    assert counts(session) == {(DAY, "/salt/", "article"): {"asked": 1}}


@pytest.mark.parametrize(("hours", "accepted"), [(95, 1), (97, 0)])
def test_a_mail_that_leaves_late_counts_on_its_day_for_as_long_as_it_may_be_tried(
    past: Past, daily: int, session: Session, hours: int, accepted: int
) -> None:
    ann, asked = past.person(), NOON - hours * HOUR
    past.consent(ann, daily, "asked", asked)
    past.mail(ann, NOON, queued=asked)

    assert counts(session) == ({(DAY, "", "article"): {"accepted": 1}} if accepted else {})


def test_another_mail_of_the_same_stream_is_no_acceptance(
    past: Past, daily: int, session: Session
) -> None:
    ann = past.person()
    past.consent(ann, daily, "asked", NOON)
    past.mail(ann, NOON, queued=NOON)
    for mail in session.scalars(select(OutgoingMail)):
        mail.context = {"request_id": 1}
    session.flush()

    assert counts(session) == {(DAY, "", "article"): {"asked": 1}}


def test_only_the_first_mail_of_several_is_counted(
    past: Past, daily: int, session: Session
) -> None:
    ann = past.person()
    past.consent(ann, daily, "asked", NOON)
    past.mail(ann, NOON, queued=NOON)
    past.mail(ann, NOON + HOUR, queued=NOON + HOUR)

    assert counts(session) == {(DAY, "", "article"): {"asked": 1, "accepted": 1}}


def test_coming_back_without_a_form_is_no_confirmation(
    past: Past, daily: int, session: Session
) -> None:
    ann = past.person()
    for what, form in (
        ("asked", "embed"),
        ("confirmed", "button"),
        ("unsubscribed", "unsubscribe"),
        ("confirmed", "unsubscribe"),
        ("paused", "preferences"),
    ):
        past.consent(ann, daily, what, NOON, "partner/a/" if what == "asked" else None, form)

    assert counts(session) == {
        (DAY, "partner/a/", "embed"): {"asked": 1, "confirmed": 1, "unsubscribed": 1}
    }


def test_asking_again_after_leaving_begins_anew_under_its_own_page(
    past: Past, daily: int, session: Session
) -> None:
    ann = past.person()
    past.consent(ann, daily, "asked", NOON, "/bread/")
    past.consent(ann, daily, "unsubscribed", NOON)
    past.consent(ann, daily, "asked", NOON, "/salt/")
    past.consent(ann, daily, "confirmed", NOON, None, "code")

    assert counts(session) == {
        (DAY, "/bread/", "article"): {"asked": 1, "unsubscribed": 1},
        (DAY, "/salt/", "article"): {"asked": 1, "confirmed": 1},
    }


def test_who_was_imported_leaves_under_that(past: Past, daily: int, session: Session) -> None:
    ann = past.person()
    past.consent(ann, daily, "imported", NOON, None, "import")
    past.consent(ann, daily, "unsubscribed", NOON, None, "mailto")

    assert counts(session) == {(DAY, "", "import"): {"unsubscribed": 1}}


def test_an_import_of_people_who_had_left_elsewhere_is_no_leaving(
    past: Past, daily: int, session: Session
) -> None:
    past.consent(past.person(), daily, "unsubscribed", NOON, None, "import")

    assert counts(session) == {}


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-10-24T20:59:59.999999", "2026-10-24"),
        ("2026-10-24T21:00:00", "2026-10-25"),
        ("2026-10-25T00:30:00", "2026-10-25"),
        ("2026-10-25T01:30:00", "2026-10-25"),
        ("2026-10-25T21:59:59.999999", "2026-10-25"),
        ("2026-10-25T22:00:00", "2026-10-26"),
        ("2027-03-27T21:59:59.999999", "2027-03-27"),
        ("2027-03-27T22:00:00", "2027-03-28"),
        ("2027-03-28T20:59:59.999999", "2027-03-28"),
        ("2027-03-28T21:00:00", "2027-03-29"),
    ],
)
def test_days_of_25_and_23_hours_end_where_kyiv_ends_them(
    past: Past, daily: int, session: Session, moment: str, day: str
) -> None:
    ann = past.person()
    past.consent(ann, daily, "asked", utc(moment))

    recount(session, day, day)

    assert list(rows(session)) == [(date.fromisoformat(day), "", "article")]


@pytest.mark.parametrize("zone", ["America/Havana", "Africa/Cairo", "Asia/Beirut", "Europe/Kyiv"])
def test_every_moment_of_a_year_is_on_the_day_whose_beginning_is_the_last(zone: str) -> None:
    own = ZoneInfo(zone)
    for hours in range(24 * 366):
        moment = utc("2026-01-01T00:30") + hours * HOUR
        day = day_of(moment, own)
        assert beginning_of(day, own) <= moment < beginning_of(day + timedelta(days=1), own)


def test_counting_again_changes_nothing_and_what_was_seen_stays(
    past: Past, daily: int, session: Session
) -> None:
    key = {"newsletter_id": daily, "day": DAY, "from_path": "/bread/", "form": "article"}
    session.add(FunnelDay(**key, seen=7, asked=3))
    past.consent(past.person(), daily, "asked", NOON, "/bread/")

    changed = [recount(session, "2026-11-19", "2026-11-20") for _ in range(2)]

    assert changed == [1, 0]
    assert rows(session) == {(DAY, "/bread/", "article"): {"seen": 7, "asked": 1}}


def test_what_is_no_more_leaves_no_row_of_zeros_and_other_days_alone(
    daily: int, session: Session
) -> None:
    for day in (DAY, date(2026, 11, 21)):
        session.add(FunnelDay(newsletter_id=daily, day=day, from_path="", form="x", asked=1))
    session.flush()

    assert counts(session) == {(date(2026, 11, 21), "", "x"): {"asked": 1}}


def test_no_day_is_counted_once_its_rows_may_be_gone() -> None:
    now = utc("2026-11-25T23:00")  # in Kyiv it is the 26th

    assert last_days(now, KYIV, 2).first == date(2026, 11, 25)
    assert last_days(now, KYIV, 99).first == date(2026, 11, 26) - timedelta(days=OPEN_DAYS - 1)
    assert last_days(now, KYIV, 99).last == date(2026, 11, 26)


STEPS = st.tuples(
    st.integers(0, 5),
    st.integers(0, 1),
    st.sampled_from(["asked", "confirmed", "unsubscribed", "imported", "bounced", "sent"]),
    st.integers(0, 24 * 6),
    st.sampled_from(["/bread/", "/salt/", "partner/x/", None]),
    st.sampled_from(["article", "list", "lists", "embed"]),
)


@hypothesis.settings(
    max_examples=25,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEPS, max_size=30))
def test_whatever_happened_sources_add_up_to_days_and_counting_again_changes_nothing(
    session: Session, steps: list[tuple[int, int, str, int, str | None, str]]
) -> None:
    session.rollback()
    past = Past(session)
    lists = [make_list(session, slug).id for slug in ("daily", "weekly")]
    people = [past.person() for _ in range(6)]
    asked = 0
    for who, which, what, hours, path, form in sorted(steps, key=lambda one: one[3]):
        at: datetime = utc("2026-10-23T00:00") + hours * HOUR
        if what == "sent":
            past.mail(people[who], at, queued=at)
        else:
            past.consent(people[who], lists[which], what, at, path, form)
            asked += what == "asked"
    recount(session, "2026-10-20", "2026-10-31")
    again = recount(session, "2026-10-20", "2026-10-31")

    first, last = date(2026, 10, 20), date(2026, 10, 31)
    each = [funnel(session, slug, first, last, "source").total for slug in ("daily", "weekly")]
    days = funnel(session, None, first, last, "day").total
    assert funnel(session, None, first, last, "source").total == days
    assert (days.asked, again) == (asked, 0)
    assert sum(one.confirmed for one in each) == days.confirmed <= days.asked
    assert days.accepted <= days.asked
