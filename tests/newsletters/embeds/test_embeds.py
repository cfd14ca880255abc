"""Which other sites may carry our forms."""

import pytest
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.core.errors import OperatorError
from app.newsletters.embeds.embeds import (
    Embed,
    close_embed,
    embed_at,
    embed_named,
    forget_embeds,
    read_embeds,
    save_embed,
)
from tests.newsletters.making import make_list

BLOG, SHOP = "https://blog.test", "https://shop.test"


def save(session: Session, name: str = "blog", *origins: str, lists: tuple[str, ...] = ()) -> bool:
    return save_embed(session, name, origins or (BLOG,), lists, now(session))


def test_a_site_is_known_by_each_of_its_origins_and_by_its_name(
    session: Session, database: Database
) -> None:
    daily = make_list(session, "daily")
    assert save(session, "blog", BLOG, SHOP, lists=("daily",))
    session.commit()

    found = embed_at(database, SHOP)
    assert found == Embed("blog", (BLOG, SHOP), frozenset({daily.id}), enabled=True)
    assert embed_named(database, "blog") == embed_at(database, BLOG) == found
    assert embed_at(database, "https://other.test") is embed_named(database, "other") is None


def test_saving_again_replaces_origins_and_lists(session: Session) -> None:
    make_list(session, "daily")
    save(session, "blog", BLOG, lists=("daily",))

    assert not save(session, "blog", SHOP)

    assert read_embeds(session) == [Embed("blog", (SHOP,), frozenset(), enabled=True)]


def test_an_origin_belongs_to_one_site(session: Session) -> None:
    save(session, "blog", BLOG)

    with pytest.raises(OperatorError, match="belongs to blog"):
        save(session, "shop", SHOP, BLOG)


def test_a_removed_site_posts_no_more_and_its_origin_is_free(
    session: Session, database: Database
) -> None:
    save(session)
    close_embed(session, "blog")
    save(session, "shop", BLOG)
    session.commit()

    assert embed_named(database, "blog") is None
    assert [(one.name, one.enabled) for one in read_embeds(session)] == [
        ("blog", False),
        ("shop", True),
    ]


def test_a_site_that_is_removed_is_refused_once_it_is_read_anew(
    session: Session, database: Database
) -> None:
    save(session)
    session.commit()
    assert embed_at(database, BLOG) is not None
    close_embed(session, "blog")
    session.commit()

    forget_embeds(database)

    assert embed_at(database, BLOG) is None


@pytest.mark.parametrize("name", ["", "Blog", "a b", "a/b", "-a", "ä", "x" * 41])
def test_a_name_that_could_be_a_path_or_worse_is_refused(session: Session, name: str) -> None:
    with pytest.raises(OperatorError, match="is no name"):
        save(session, name)


def test_a_list_or_a_site_that_is_not_there_is_told(session: Session) -> None:
    with pytest.raises(OperatorError, match="no newsletter daily"):
        save(session, lists=("daily",))
    with pytest.raises(OperatorError, match="no site shop"):
        close_embed(session, "shop")


def test_a_source_is_the_name_and_the_path_if_both_have_room() -> None:
    site = Embed("blog", (), frozenset(), enabled=True)

    assert site.source("/a/") == "blog/a/"
    assert site.source(None) == site.source("/" + "x" * 299) == "blog"
