"""Articles found by their headlines, and picks set by two editors."""

import pytest
from sqlalchemy.orm import Session

from app.articles import arranging, searching, service
from app.core.seen import ChangedMeanwhileError, mark_of
from tests.articles.making import make_draft, make_edition, make_newsroom


@pytest.fixture(autouse=True)
def newsroom(session: Session) -> None:
    make_newsroom(session)
    make_edition(session, "grain", headline="Grain leaves the port")
    make_edition(session, "grain", "uk", headline="Зерно покидає порт")
    make_draft(session, "orchard", headline="Frost in 100 % of orchards")
    gone = make_edition(session, "court", headline="A port in court")
    service.withdraw(session, gone)


def found(session: Session, words: str, **others: object) -> list[str]:
    articles = searching.find_articles(session, words, **others)  # type: ignore[arg-type] # a test's own
    return [one.key for one in articles]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("", ["grain", "orchard"]),
        ("PORT", ["grain"]),
        ("ПОРТ зерно", ["grain"]),
        ("port frost", []),
        ("100 %", ["orchard"]),
        ("_", []),
    ],
)
def test_articles_are_found_by_all_words(session: Session, words: str, keys: list[str]) -> None:
    assert found(session, words) == keys


def test_what_is_picked_already_is_not_offered(session: Session) -> None:
    grain = searching.find_articles(session, "grain")[0]

    assert found(session, "", but=[grain.id]) == ["orchard"]
    assert grain.headline("uk") == "Зерно покидає порт"
    assert grain.states == {"en": "published", "uk": "published"}


def test_two_editors_do_not_overwrite_each_others_picks(session: Session) -> None:
    seen = mark_of(arranging.picked_keys(session))
    arranging.set_picks(session, ["orchard", "grain", "orchard"], seen)
    assert arranging.picked_keys(session) == ["orchard", "grain"]

    with pytest.raises(ChangedMeanwhileError):
        arranging.set_picks(session, ["grain"], seen)
    assert arranging.picked_keys(session) == ["orchard", "grain"]
