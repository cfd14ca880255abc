"""Writing articles: states, slugs, hashes, and the version that moves with every change."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles import arranging, service
from app.articles.arranging import FeedFacts, SectionFacts
from app.articles.models import ArticleAuthor, Edition, FormerSlug
from app.articles.service import ArticleFacts, UnknownReferenceError, WrongStateError, body_hash
from app.articles.versions import content_version
from app.core.clock import now
from app.core.errors import FieldError
from tests.articles.making import make_article, make_draft, make_edition, make_newsroom


@pytest.fixture(autouse=True)
def newsroom(session: Session) -> None:
    make_newsroom(session)


def test_an_edition_begins_as_a_draft(session: Session) -> None:
    edition = make_draft(session)

    assert edition.state == "draft"
    assert edition.published_at is None


def test_the_body_is_cleaned_when_it_is_written(session: Session) -> None:
    edition = make_draft(session, body="[x](javascript:alert(1)) <script>y</script>")

    assert "<script" not in edition.body_html
    assert "href" not in edition.body_html


def test_saving_again_brings_the_same_edition_up_to_date(session: Session) -> None:
    first = make_draft(session)
    second = make_draft(session, headline="Another")

    assert second.id == first.id
    assert first.headline == "Another"


def test_a_correction_of_what_readers_see_is_dated(session: Session) -> None:
    edition = make_edition(session)
    make_draft(session, body="Corrected.")

    assert edition.updated_at is not None
    assert edition.published_at is not None
    assert edition.updated_at > edition.published_at


def test_a_new_headline_alone_is_no_correction(session: Session) -> None:
    edition = make_edition(session)
    make_draft(session, headline="Sharper")

    assert edition.updated_at is None


def test_a_draft_that_changes_is_not_dated(session: Session) -> None:
    make_draft(session)

    assert make_draft(session, body="Another body.").updated_at is None


def test_the_hash_names_the_body(session: Session) -> None:
    assert make_draft(session, body="One.").body_hash == body_hash("One.")
    assert body_hash("One.") != body_hash("One!")


@pytest.mark.parametrize(
    "slug", ["", "Big", "a--b", "-a", "a-", "a b", "a/b", "жито", "a.b", "a_b"]
)
def test_a_slug_is_plain(session: Session, slug: str) -> None:
    with pytest.raises(FieldError) as refused:
        make_draft(session, slug=slug)

    assert refused.value.field == "slug"


def test_an_edition_needs_a_headline(session: Session) -> None:
    with pytest.raises(FieldError, match="headline"):
        make_draft(session, headline="  ")


def test_two_editions_cannot_share_a_slug_in_one_language(session: Session) -> None:
    make_draft(session, "one", slug="same")

    with pytest.raises(FieldError, match="has or had"):
        make_draft(session, "two", slug="same")


def test_the_same_slug_may_stand_in_each_language(session: Session) -> None:
    make_draft(session, slug="same")

    assert make_draft(session, language="uk", slug="same").slug == "same"


def test_a_changed_slug_is_kept(session: Session) -> None:
    edition = make_edition(session, slug="old")
    service.change_slug(session, edition, "new")

    kept = session.scalars(select(FormerSlug.slug)).all()
    assert edition.slug == "new"
    assert kept == ["old"]


def test_saving_with_another_slug_keeps_the_first(session: Session) -> None:
    make_draft(session, slug="old")
    make_draft(session, slug="new")

    assert session.scalars(select(FormerSlug.slug)).all() == ["old"]


def test_a_slug_can_come_back(session: Session) -> None:
    edition = make_edition(session, slug="old")
    service.change_slug(session, edition, "new")
    service.change_slug(session, edition, "old")

    assert edition.slug == "old"
    assert session.scalars(select(FormerSlug.slug)).all() == ["new"]


def test_nobody_takes_over_a_former_slug(session: Session) -> None:
    edition = make_edition(session, "one", slug="old")
    service.change_slug(session, edition, "new")

    with pytest.raises(FieldError):
        make_draft(session, "two", slug="old")


def test_what_was_withdrawn_comes_back_on_its_first_day(session: Session) -> None:
    day = now(session) - timedelta(days=9)
    edition = make_edition(session, at=day)
    service.withdraw(session, edition)
    service.publish(session, edition, now(session))

    assert edition.state == "published"
    assert edition.published_at == day


def test_a_draft_cannot_be_withdrawn(session: Session) -> None:
    with pytest.raises(WrongStateError):
        service.withdraw(session, make_draft(session))


def test_what_is_published_cannot_be_scheduled(session: Session) -> None:
    with pytest.raises(WrongStateError):
        service.schedule(session, make_edition(session), now(session))


@pytest.mark.parametrize("missing", [{"section": "no"}, {"hero": "no"}, {"authors": ("no",)}])
def test_what_an_article_names_must_be_there(session: Session, missing: dict[str, Any]) -> None:
    with pytest.raises(UnknownReferenceError):
        make_article(session, **missing)


def test_saving_an_article_replaces_its_authors(session: Session) -> None:
    make_article(session, authors=("ada", "bo"))
    make_article(session, authors=("bo",))

    assert session.scalar(select(func.count()).select_from(ArticleAuthor)) == 1


def test_a_section_cannot_hide_the_sites_own_pages(session: Session) -> None:
    facts = SectionFacts("news", 9, {"en": "News"}, {})

    with pytest.raises(FieldError, match="site itself"):
        arranging.save_section(session, facts, taken={"news"})


def schedule(session: Session, edition: Edition) -> None:
    service.schedule(session, edition, now(session))


def rename(session: Session, edition: Edition) -> None:
    service.change_slug(session, edition, "other")


def publish(session: Session, edition: Edition) -> None:
    service.publish(session, edition, now(session))


def add_line(session: Session, _edition: Edition) -> None:
    facts = FeedFacts("line", {"en": "Line"}, {"en": ""}, now(session))
    arranging.save_feed_item(session, facts)


def drop_line(session: Session, _edition: Edition) -> None:
    arranging.remove_feed_item(session, "line")


def put_forward(session: Session, _edition: Edition) -> None:
    arranging.set_picks(session, ["grain"])


def file_elsewhere(session: Session, _edition: Edition) -> None:
    service.save_article(session, ArticleFacts("grain", "culture", ("bo",)))


CHANGES = (schedule, rename, publish, add_line, drop_line, put_forward, file_elsewhere)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_moves_the_content_version(
    session: Session, change: Callable[[Session, Edition], None]
) -> None:
    edition = make_draft(session)
    before = content_version(session)
    change(session, edition)

    assert content_version(session) > before
