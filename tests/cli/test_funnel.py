"""`flask newsletters funnel`: the numbers on a terminal and as a table for programs."""

import csv
import io
from datetime import timedelta

import pytest
from click.testing import Result

from app.composing import compose
from app.core.clock import now
from app.core.database import Database
from app.core.settings import Settings
from app.newsletters.funnel.models import FunnelDay
from tests.newsletters.making import make_list


@pytest.fixture(autouse=True)
def _numbers(database: Database, settings: Settings) -> None:
    with database.write() as session:
        today = now(session).astimezone(settings.time_zone).date()
        daily, weekly = make_list(session, "daily").id, make_list(session, "weekly").id
        for newsletter, ago, path in (
            (daily, 0, "/bread/"),
            (daily, 40, "/salt/"),
            (weekly, 1, ""),
        ):
            session.add(
                FunnelDay(
                    newsletter_id=newsletter, day=today - timedelta(days=ago), from_path=path,
                    form="article", seen=1000, asked=20, accepted=19, confirmed=10,
                )
            )  # fmt: skip
        session.commit()


def show(settings: Settings, database: Database, *words: str) -> Result:
    runner = compose(settings, database).test_cli_runner()
    return runner.invoke(args=["newsletters", "funnel", *words])


def test_a_list_is_shown_day_by_day_with_rates(settings: Settings, database: Database) -> None:
    lines = show(settings, database, "--list", "daily", "--days", "3").output.splitlines()

    assert len(lines) == 5
    assert lines[-1].split() == [
        "total", "1,000", "20", "19", "10", "0", "2.0%", "50.0%", "30%", "to", "70%",
    ]  # fmt: skip
    assert lines[-2].split()[1:] == lines[-1].split()[1:]


def test_for_programs_it_is_csv_by_source_of_all_lists(
    settings: Settings, database: Database
) -> None:
    output = show(settings, database, "--by", "source", "--csv").output

    rows = list(csv.DictReader(io.StringIO(output)))
    assert [(row["from_path"], row["form"], row["confirmed"]) for row in rows] == [
        ("", "article", "10"),
        ("/bread/", "article", "10"),
    ]


def test_a_list_that_is_not_there_is_told(settings: Settings, database: Database) -> None:
    result = show(settings, database, "--list", "nothing")

    assert (result.exit_code, result.stderr) == (2, "There is no newsletter nothing.\n")
