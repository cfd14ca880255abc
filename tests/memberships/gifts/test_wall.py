"""Names on the supporters' wall."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.articles.versions import content_version
from app.core.errors import FieldError
from app.memberships.gifts.models import WallName
from app.memberships.wall import accepted_name, cleaned, name_of, put, rename, withdraw
from app.people.models import Person
from tests.memberships.making import NOW, make_person

LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Олена \t Ковальчук ", "Олена Ковальчук"),
        ("J. R. R. Smith", "J. R. R. Smith"),
        ("А.Б.Петренко", "А.Б.Петренко"),
        ("St.Clair", "St.Clair"),
        ("Ann\u202eExample\u0000", "Ann Example"),
        ("Zoe\u0308", "Zoë"),
        ("Zoe\u200b\u0308", "Zoë"),
        ("St. John", "St. John"),
        ("О. М. Коваль", "О. М. Коваль"),
        ("О.М. Коваль", "О.М. Коваль"),
        ("M.D. Ann", "M.D. Ann"),
        ("J. de Vries", "J. de Vries"),
        ("J. SMITH", "J. SMITH"),
        ("Mrs. Link and Prof. Li", "Mrs. Link and Prof. Li"),
        ("Ann Smith jr. and family", "Ann Smith jr. and family"),
        ("Ann ...and Bob", "Ann ...and Bob"),
        ("Form of 01.09.2020", "Form of 01.09.2020"),
        ("י.כהן", "י.כהן"),
        ("王小明。", "王小明。"),
        ("The 4th form of 2026", "The 4th form of 2026"),
        ("", ""),
        ("\u200b \n", ""),
        ("\u2800\u2800Ann\u2800Smith", "Ann Smith"),
        ("\ufeffA\u200bn\u00ad\u2060n\u3164", "Ann"),
        *(
            (blank * 3, "")
            for blank in "\u3164\u115f\u1160\uffa0\u2800\u034f\u180e\ufe0f\U000e0041"
        ),
    ],
)
def test_a_name_is_kept_on_one_line_as_it_is_written(typed: str, kept: str) -> None:
    assert accepted_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("https://spam.example", "no link"),
        ("buy at spam.example/now", "no link"),
        ("WWW.SPAM.EXAMPLE", "no link"),
        ("купуй на спам.укр", "no link"),
        ("ann@post.example", "no link"),
        ("evil\u3002com", "no link"),
        ("evil\uff0ecom", "no link"),
        ("evil\uff61com", "no link"),
        ("evil\u2024com", "no link"),
        ("evil .com", "no link"),
        ("evil. com", "no link"),
        ("evil . com", "no link"),
        ("evil .de", "no link"),
        ("evil\u200b.\u2060com", "no link"),
        ("evil\u3164.\u2800com", "no link"),
        ("Example.Com", "no link"),
        ("Example. Com", "no link"),
        ("eViL.cOm", "no link"),
        ("Evil.De", "no link"),
        ("EVIL.ORG", "no link"),
        ("Спам.Укр", "no link"),
        ("网站.中国", "no link"),
        ("\uff45\uff56\uff49\uff4c\uff0e\uff43\uff4f\uff4d", "no link"),
        ("\U0001f600.ws", "no link"),
        ("\uff37\uff37\uff37\u3002evil", "no link"),
        ("http\uff1a\uff0f\uff0fevil", "no link"),
        ("ann\uff20post", "no link"),
        ("x" * 81, "80 characters"),
        ("12345 !!!", "in letters"),
        ("e\u0301\u0302\u0303\u0304\u0305\u0306", "in letters"),
    ],
)
def test_what_is_no_name_is_refused_in_words(typed: str, part: str) -> None:
    with pytest.raises(FieldError) as error:
        accepted_name(typed, "name")

    assert error.value.field == "name"
    assert part in error.value.message


@given(st.text(max_size=120))
def test_a_name_is_printable_whatever_is_typed(typed: str) -> None:
    name = cleaned(typed)

    assert name.isprintable()
    assert name == cleaned(name)


def names(session: Session) -> list[tuple[str, object]]:
    rows = session.execute(select(WallName.name, WallName.listed_at).order_by(WallName.listed_at))
    return [(row.name, row.listed_at) for row in rows]


def test_a_person_is_listed_once_by_their_latest_wish(session: Session) -> None:
    ann = make_person(session)

    assert put(session, ann, "Ann", NOW)
    assert put(session, ann, "Ann and Bob", LATER)
    assert names(session) == [("Ann and Bob", LATER)]


def test_an_older_wish_that_comes_late_changes_nothing(session: Session) -> None:
    ann = make_person(session)
    put(session, ann, "Ann and Bob", LATER)

    assert not put(session, ann, "Ann", NOW)
    assert not put(session, ann, "Somebody else", LATER)
    assert names(session) == [("Ann and Bob", LATER)]


def test_what_is_no_name_is_not_listed(session: Session) -> None:
    ann = make_person(session)

    assert not put(session, ann, "see spam.example", NOW)
    assert not put(session, ann, "see evil\u3002com", NOW)
    assert not put(session, ann, " \u200b\u3164\u2800 ", NOW)
    assert names(session) == []


def test_nobody_who_was_erased_is_listed(session: Session) -> None:
    ann = make_person(session)
    session.execute(update(Person).where(Person.id == ann).values(erased_at=NOW))

    assert not put(session, ann, "Ann", LATER)
    assert names(session) == []


def test_a_name_withdrawn_is_gone_and_throws_kept_pages_away(session: Session) -> None:
    ann = make_person(session)
    put(session, ann, "Ann", NOW)
    before = content_version(session)

    assert withdraw(session, ann, LATER)
    assert name_of(session, ann) is None
    assert content_version(session) == before + 1


def test_withdrawing_nothing_changes_nothing(session: Session) -> None:
    ann = make_person(session)
    before = content_version(session)

    assert not withdraw(session, ann, NOW)
    assert not rename(session, ann, "Ann")
    assert content_version(session) == before


def test_a_new_name_leaves_kept_pages_alone_but_a_changed_one_does_not(session: Session) -> None:
    ann = make_person(session)
    before = content_version(session)
    put(session, ann, "Ann", NOW)
    assert content_version(session) == before

    put(session, ann, "A. Example", LATER)
    assert content_version(session) == before + 1


def test_a_person_renamed_keeps_their_place(session: Session) -> None:
    ann = make_person(session)
    put(session, ann, "Ann", NOW)
    before = content_version(session)

    assert rename(session, ann, "Ann Example")
    assert names(session) == [("Ann Example", NOW)]
    assert content_version(session) == before + 1
