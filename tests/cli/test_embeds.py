"""`flask newsletters embeds`: allowing other sites, and what they paste."""

from collections.abc import Callable

import pytest
from click.testing import Result

from app.composing import compose
from app.core.database import Database
from app.core.settings import Settings
from tests.newsletters.making import make_list

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _lists(database: Database) -> None:
    with database.write() as session:
        make_list(session, "daily")
        make_list(session, "weekly", position=2)
        make_list(session, "closed", position=3, open=False)
        session.commit()


@pytest.fixture
def run(settings: Settings, database: Database) -> Run:
    runner = compose(settings, database).test_cli_runner()

    def say(*words: str) -> Result:
        return runner.invoke(args=["newsletters", *words])

    return say


def test_a_site_is_allowed_listed_changed_and_removed(run: Run) -> None:
    assert run("embeds", "list").output == "No other site carries our forms.\n"
    added = run("embeds", "add", "blog", "https://Blog.test", "https://www.blog.test")
    assert added.output == "blog was allowed: https://blog.test, https://www.blog.test.\n"
    run("embeds", "add", "blog", "https://blog.test", "--list", "weekly", "--list", "daily")
    assert run("embeds", "list").output == "blog  https://blog.test  daily weekly\n"
    assert run("embeds", "remove", "blog").output == "blog may post no more.\n"
    assert run("embeds", "list").output == "blog  removed\n"


def test_a_mistake_ends_in_one_sentence_and_changes_nothing(run: Run) -> None:
    for words in (
        ("embeds", "add", "blog", "https://blog.test/news"),
        ("embeds", "add", "blog", "https://blog.test", "--list", "nothing"),
        ("embeds", "remove", "blog"),
        ("embed", "blog"),
    ):
        result = run(*words)
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
    assert run("embeds", "list").output == "No other site carries our forms.\n"


def test_the_form_of_a_site_offers_its_open_lists(run: Run) -> None:
    run("embeds", "add", "blog", "https://blog.test")
    printed = run("embed", "blog")

    assert printed.stdout.startswith('<form action="http://localhost/newsletters/subscribe"')
    assert 'value="daily"' in printed.stdout
    assert "closed" not in printed.stdout
    assert "form-action" in printed.stderr


def test_a_list_that_our_page_leaves_out_is_offered_where_it_is_named(
    run: Run, database: Database
) -> None:
    with database.write() as session:
        make_list(session, "quiet", position=4, listed=False)
        session.commit()
    run("embeds", "add", "blog", "https://blog.test")
    run("embeds", "add", "named", "https://named.test", "--list", "quiet")

    assert "quiet" not in run("embed", "blog").stdout
    assert "list=quiet" in run("embed", "named").stdout


def test_all_lists_together_in_ukrainian(run: Run) -> None:
    run("embeds", "add", "blog", "https://blog.test")
    form = run("embed", "blog", "--language", "uk", "--together").stdout

    assert "/uk/newsletters/subscribe?list=daily&amp;list=weekly" in form
    assert "Підписатися: Daily українською, Weekly українською" in form


def test_a_site_whose_lists_are_closed_has_nothing_to_paste(run: Run) -> None:
    run("embeds", "add", "blog", "https://blog.test", "--list", "closed")

    assert "none of its lists is open" in run("embed", "blog").stderr
