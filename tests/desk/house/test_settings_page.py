"""Settings at the desk: changed while everything runs, taken back, written down."""

import re

from sqlalchemy import select

from app.articles.versions import bump
from app.core.answering import the_settings
from app.core.chosen import choose
from app.core.clock import now
from app.core.database import Database
from app.people.audit import AuditEntry
from tests.desk.conftest import SitDown
from tests.desk.making import Desk, words_of

HERE = "/desk/settings/"


def changes(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [(one.what, one.before["value"], one.after["value"]) for one in entries]


def undo(at: Desk) -> None:
    """Press the button that the notice carries."""
    found = re.search(r'action="(/desk/settings/\w+/undo/\d+/)"', at.get(HERE).text)
    assert found is not None
    at.post(found[1])


def front(at: Desk) -> str:
    """Return the front page as readers have it a moment later."""
    at.app.extensions["unwalled_site"].watch.forget()
    return at.app.test_client().get("/").text


def test_a_change_is_on_readers_pages_and_can_be_taken_back(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    assert "Independent since 2014" not in front(at)

    at.post(f"{HERE}site_tagline/", value="  Independent  since 2014 ")
    assert "Independent since 2014" in front(at)
    said = words_of(at.get(HERE))
    assert "Chosen here" in said

    at.post(f"{HERE}site_tagline/", value="Another")
    undo(at)
    assert "Independent since 2014" in front(at)
    at.post(f"{HERE}site_tagline/back/")
    assert "Independent since 2014" not in front(at)
    undo(at)
    assert "Independent since 2014" in front(at)
    assert changes(database) == [
        ("setting.changed", "", "Independent since 2014"),
        ("setting.changed", "Independent since 2014", "Another"),
        ("setting.undone", "Another", "Independent since 2014"),
        ("setting.taken-back", "Independent since 2014", ""),
        ("setting.undone", "", "Independent since 2014"),
    ]


def test_what_another_process_changed_is_on_no_page_of_the_new_version_without_it(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    front(at)  # by now this process has just read that nothing was chosen
    with database.write() as session:
        choose(session, at.app.extensions["unwalled_settings"], "site_tagline", "New", now(session))
        bump(session)
        session.commit()

    assert '<p class="tagline">New</p>' in front(at)


def test_a_cap_that_is_changed_holds_at_once(desk: SitDown) -> None:
    at = desk("admin")
    at.post(f"{HERE}joins_per_network/", value="3")
    with at.app.app_context():
        assert the_settings().joins_per_network == 3


WRONG = (
    ("confirm_rate_floor", "101", "Write a whole number from 0 to 100."),
    ("signups_per_domain", "ten", "Write a whole number of 0 or more."),
    ("refuse_roles", "maybe", "This cannot be taken."),
)


def test_what_cannot_hold_is_told_at_its_field_with_what_was_typed(
    desk: SitDown, database: Database
) -> None:
    at = desk("admin")
    for name, value, said in WRONG:
        answer = at.post(f"{HERE}{name}/", value=value)
        assert answer.status_code == 422, name
        assert said in answer.text
        assert f'id="error-{name}"' in answer.text
    assert 'value="ten"' in at.post(f"{HERE}signups_per_domain/", value="ten").text
    assert changes(database) == []


def test_other_settings_are_the_servers(desk: SitDown) -> None:
    at = desk("admin")
    assert at.post(f"{HERE}secret_key/", value="x").status_code == 404
    assert at.post(f"{HERE}nothing/", value="x").status_code == 404
    assert desk("membership").post(f"{HERE}site_tagline/", value="x").status_code == 403
