"""Addresses that nothing can have."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.routes import LARGEST, use_names


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
