"""Addresses that nothing can have, and how addresses are built."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.core.routes import LARGEST, LateRule, use_names


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("named", root_path=str(Path(__file__).parent))
    use_names(app)
    app.add_url_rule("/rows/<int:number>/", "row", lambda number: f"row {number}")
    app.add_url_rule("/lists/<name>/", "named", lambda name: f"list {name}")
    return app.test_client()


@pytest.mark.parametrize(
    "path", ["rows/0", "rows/12", f"rows/{LARGEST}", "lists/вечір", "lists/a b"]
)
def test_what_can_be_is_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/{path}/").text == path.replace("s/", " ")


@pytest.mark.parametrize(
    "path",
    [
        f"rows/{LARGEST + 1}",
        "rows/" + "9" * 5000,
        "rows/" + "0" * 20 + "1",
        "lists/a%00b",
        "lists/a%0Db",
    ],
)
def test_what_no_row_can_be_called_is_found_nowhere(client: FlaskClient, path: str) -> None:
    assert client.get(f"/{path}/").status_code == 404


def test_an_address_is_built_as_ever_by_what_is_learned_when_it_is_first_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learned: list[str] = []
    learn = Rule._compile_builder

    def note(rule: Rule, *how: bool) -> object:
        learned.append(rule.rule)
        return learn(rule, *how)

    monkeypatch.setattr(Rule, "_compile_builder", note)
    app = Flask("late", root_path=str(Path(__file__).parent))
    learned.clear()  # the folder of static files comes before any of ours
    use_names(app)
    for name in ("rule", "self", "other"):
        app.add_url_rule(f"/{name}/<{name}>/", name)
    assert app.url_rule_class is LateRule
    assert learned == []

    build = app.url_map.bind("test.example").build
    for _ in range(2):
        assert build("rule", {"rule": "a b"}) == "/rule/a%20b/"
        assert build("self", {"self": "вечір", "page": 2}).endswith("/?page=2")
    assert sorted(learned) == ["/rule/<rule>/", "/self/<self>/"]
