"""A dump of the database opens nothing, and no log tells what it should not."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.core import logs
from app.tables import metadata
from tests.newsletters.making import ANN, Newsroom, code_in, link_in


def dump(newsroom: Newsroom) -> str:
    with newsroom.database.read() as session:
        return "\n".join(
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in session.execute(select(table))
        )


def test_the_database_holds_neither_token_nor_code(newsroom: Newsroom) -> None:
    waiting = newsroom.asks()
    (mail,) = newsroom.mails
    held = dump(newsroom)

    assert ANN in held
    assert link_in(mail).rpartition("/")[2] not in held
    assert waiting.rpartition("/")[2] not in held
    assert f"'{code_in(mail)}'" not in held


def test_the_logs_hold_no_address_and_no_token(
    newsroom: Newsroom, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.configure(replace(newsroom.settings, log_level="debug"))
    waiting = newsroom.asks()
    newsroom.client.get(link_in(newsroom.mails[0]))
    newsroom.post(f"{waiting}/code", code="000000")
    newsroom.confirms()
    said = "".join(capfd.readouterr())
    logs.configure(newsroom.settings)

    assert ANN not in said
    assert waiting.rpartition("/")[2] not in said
    assert link_in(newsroom.mails[0]).rpartition("/")[2] not in said


def test_where_somebody_comes_from_is_kept_as_a_hash(newsroom: Newsroom) -> None:
    newsroom.asks()
    assert "127.0.0.1" not in dump(newsroom)
    assert len(newsroom.consents()[0].network_hash or "") == 64
