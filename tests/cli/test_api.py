"""`flask api tokens`: made once, shown once, ended at once."""

import pytest
from click.testing import Result
from flask import Flask

from app.composing import compose
from app.core.database import Database
from app.core.settings import Settings
from app.people.token_models import ApiToken
from tests.mail.making import advance


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    return compose(settings, database)


def tokens(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["api", "tokens", *words])


def asks(app: Flask, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().get("/api/v1/newsletters", headers=headers).status_code


def test_a_token_is_shown_once_and_only_its_hash_is_kept(app: Flask, database: Database) -> None:
    made = tokens(app, "create", "crm", "--scope", "lists:read")
    token = made.stdout.strip()

    assert token.startswith("unw_")
    assert len(token) == 4 + 43  # 256 bits
    assert asks(app, token) == 200
    listed = tokens(app, "list").output
    assert listed.startswith("crm  holds  lists:read  made ")
    assert "last used" in listed
    with database.read() as session:
        kept = session.query(ApiToken).one()
        assert token not in repr(vars(kept))
        assert len(kept.token_hash) == 64


def test_a_token_is_revoked_at_once_and_its_name_stays_taken(app: Flask) -> None:
    token = tokens(app, "create", "crm", "--scope", "lists:read").stdout.strip()

    assert "opens nothing" in tokens(app, "revoke", "crm").output

    assert asks(app, token) == 401
    assert "crm  revoked " in tokens(app, "list").output
    assert "choose another name" in tokens(app, "create", "crm", "--scope", "lists:read").stderr
    assert "No token crm holds" in tokens(app, "revoke", "crm").stderr


def test_a_token_for_some_days_says_until_when(app: Flask, database: Database) -> None:
    assert tokens(app, "list").output == "There is no token.\n"
    token = tokens(app, "create", "crm", "--scope", "lists:read", "--days", "2").stdout.strip()
    assert "holds until" in tokens(app, "list").output

    advance(database, days=3)

    assert asks(app, token) == 401
    assert "expired" in tokens(app, "list").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["crm"], "Say what it is allowed"),
        (["crm", "--scope", "all"], "There is no scope all"),
        ([" ", "--scope", "lists:read"], "1 to 80 printable signs"),
    ],
)
def test_a_mistake_ends_in_a_sentence(app: Flask, words: list[str], said: str) -> None:
    result = tokens(app, "create", *words)

    assert result.exit_code == 2
    assert said in result.stderr
