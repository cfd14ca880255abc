"""A bounce, the whole way: a real relay, its report piped into the command, nothing more sent."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.composing import compose
from app.core.database import Database
from app.core.work import Runtime
from app.mail import event_jobs
from app.mail.models import Suppression
from app.wiring import HEARERS
from tests.cli.conftest import FLASK
from tests.conftest import make_settings
from tests.mail.relays import taking_all
from tests.mail.returning import delivery_report, failed
from tests.newsletters.making import ANN, Newsroom, make_list
from tests.schema import ROOT


@pytest.fixture
def newsroom(database_url: str, tmp_path: Path) -> Iterator[Newsroom]:
    """A newsroom of two lists behind a relay that takes everything."""
    with taking_all() as mailbox:
        settings = make_settings(
            database_url,
            tmp_path,
            SMTP_PORT=str(mailbox.port),
            MAIL_BOUNCES="bounces@test.example",
            LOG_LEVEL="error",
        )
        database = Database(database_url)
        with database.write() as session:
            lists = {
                "daily": make_list(session, "daily").id,
                "weekly": make_list(session, "weekly", position=2, welcomes=True).id,
            }
            session.commit()
        client = compose(settings, database).test_client()
        yield Newsroom(client, database, settings, mailbox, lists)
        database.dispose()


def test_a_mail_that_comes_back_ends_the_subscription_and_is_the_last_one(
    newsroom: Newsroom, environment: dict[str, str]
) -> None:
    newsroom.asks(ANN, "weekly")
    newsroom.confirms()
    newsroom.work()
    welcome = newsroom.mails_to(ANN)[-1]
    assert welcome.sender.startswith("bounces+")
    assert len({mail.sender for mail in newsroom.mails}) == len(newsroom.mails)

    report = delivery_report(failed("5.1.1"), to=welcome.sender)
    piped = subprocess.run(
        [*FLASK, "mail", "inbound", "--recipient", welcome.sender],
        input=report, env=environment, cwd=ROOT, check=False,
    )  # fmt: skip
    assert piped.returncode == 0
    event_jobs.lane(HEARERS).drain(Runtime(newsroom.database, newsroom.settings))

    assert newsroom.states() == {"weekly": "bounced"}
    with newsroom.database.read() as session:
        assert session.scalars(select(Suppression.reason)).all() == ["bounce"]
    sent = len(newsroom.mails)
    newsroom.advance(days=8)
    newsroom.asks(ANN, "daily")
    newsroom.asks(ANN, "weekly")
    assert len(newsroom.mails) == sent
