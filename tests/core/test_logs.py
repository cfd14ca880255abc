"""No address and no token in any log line."""

import json
import logging
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from app.core import logs
from app.core.tokens import new_token
from tests.conftest import make_settings


@pytest.mark.parametrize(
    "line",
    [
        "sent to olha@example.org",
        "<olha+news@example.org>: refused",
        "to=olha@example.org,marko@example.org",
        "550 5.1.1 <olha@пошта.укр> unknown",
        '{"address": "olha@example.org"}',
    ],
)
def test_an_address_is_taken_out_of_a_line(line: str) -> None:
    assert "olha" not in logs.redact(line)
    assert "[address]" in logs.redact(line)


def test_a_token_is_taken_out_of_a_path() -> None:
    token = new_token()

    assert token not in logs.redact(f"GET /newsletters/confirm/{token}")


def test_a_password_is_taken_out_of_a_database_url() -> None:
    line = logs.redact("postgresql+psycopg://unwalled:hunter2@127.0.0.1/news")

    assert "hunter2" not in line


@given(st.from_regex(r"[a-z0-9.]{1,20}@[a-z]{1,20}\.[a-z]{2,5}", fullmatch=True))
def test_whatever_the_address_none_of_it_is_left(address: str) -> None:
    assert address not in logs.redact(f"mail to {address} failed")


def test_lines_of_ours_and_of_libraries_are_json_without_addresses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure(make_settings("sqlite:///none", tmp_path, LOG_FORMAT="json"))
    try:
        structlog.get_logger("ours").info("confirmed", who="olha@example.org", request="abc")
        logging.getLogger("library").warning("refused %s", "marko@example.org")
        try:
            int("nina@example.org")
        except ValueError:
            logging.getLogger("library").exception("it failed")
    finally:
        root.handlers[:], root.level = before[0], before[1]
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["confirmed", "refused [address]", "it failed"]
    assert lines[0]["who"] == "[address]"
    assert "nina" not in json.dumps(lines)
    assert "ValueError" in lines[2]["exception"]
