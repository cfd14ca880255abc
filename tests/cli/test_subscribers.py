"""`flask newsletters import`: what an operator sees, and how a mistake ends."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from app.cli.subscriber_words import ONLY_LOOKED
from app.composing import compose
from app.core.database import Database
from app.core.job_rows import JobRow
from app.core.jobs import Payload
from app.core.settings import Settings
from app.core.work import Runtime
from app.newsletters.imports.importing import JOB
from app.newsletters.imports.jobs import jobs
from tests.newsletters.imports.files_of_subscribers import MAILCHIMP, table
from tests.newsletters.making import make_list

Run = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = [{"Email Address": one} for one in ("ann@post.example", "=nobody", "bob@post.example")]
    path = tmp_path / "subscribed_members_export_1a.csv"
    path.write_text(table(MAILCHIMP, *rows))
    return path


@pytest.fixture
def run(settings: Settings, database: Database) -> Run:
    with database.write() as session:
        make_list(session, "daily")
        session.commit()
    runner = compose(settings, database).test_cli_runner()
    return lambda *words: runner.invoke(args=["newsletters", *map(str, words)])


def test_a_dry_run_shows_how_the_file_is_understood_and_what_would_happen(
    run: Run, path: Path
) -> None:
    said = run("import", path, "--list", "daily").output

    assert said.startswith("subscribed_members_export_1a.csv: Mailchimp, utf-8, comma\n")
    assert "  email            from column 1, Email Address\n" in said
    assert "  state            confirmed, for everybody\n" in said
    assert "left out         MEMBER_RATING, OPTIN_IP" in said
    assert "         2  new: subscribed, no mail is sent\n" in said
    assert "         1  rows cannot be taken: --errors FILE says why\n" in said
    assert said.endswith(f"{ONLY_LOOKED}\n")


def test_it_is_applied_on_somebodys_word_alone(run: Run, path: Path) -> None:
    without = run("import", path, "--list", "daily", "--apply")
    done = run("import", path, "--list", "daily", "--apply", "--as", "Vira")
    listed = run("imports").output

    assert without.exit_code != 0
    assert without.output == ("Say with --as NAME who vouches that these people agreed to this.\n")
    assert done.exit_code == 0
    assert done.output.endswith("What was done:\n" + WHAT_WAS_DONE)
    assert "Nothing was changed" not in done.output
    assert "subscribed_members_export_1a.csv  applied by Vira: 3 rows read\n" in listed


WHAT_WAS_DONE = """\
         2  new: subscribed, no mail is sent
         1  rows cannot be taken: --errors FILE says why
         2  people become known
"""


def test_errors_come_with_line_reason_and_row_and_no_formula(
    run: Run, path: Path, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.csv"
    run("import", path, "--list", "daily", "--errors", errors)
    with errors.open(newline="") as handle:
        header, bad = csv.reader(handle)

    assert header == ["file", "line", "reason", *MAILCHIMP]
    assert bad[:4] == ["", "3", "Email Address is not an address: =nobody", "'=nobody"]
    assert run("imports", "--errors", "1").output == errors.read_text()


def test_a_corrected_file_of_errors_is_taken_as_it_is(run: Run, path: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    run("import", path, "--list", "daily", "--errors", errors)
    errors.write_text(errors.read_text().replace("'=nobody", "cyd@post.example"))
    said = run("import", errors, "--list", "daily").output

    assert "Mailchimp" in said
    assert "         1  new: subscribed, no mail is sent\n" in said


def test_in_the_background_it_is_read_now_and_applied_by_a_worker(
    run: Run, path: Path, database: Database, settings: Settings
) -> None:
    said = run("import", path, "--list", "daily", "--in-background", "--as", "Vira").output
    assert "Import 1 is applied by the next worker that is free" in said
    assert "applying by Vira: 3 rows read, 2 rows wait" in run("imports").output

    with database.read() as session:
        row = session.scalars(select(JobRow).where(JobRow.name == JOB)).one()
    payload: Payload = row.payload
    (applying,) = (one for one in jobs() if one.name == JOB)
    applying.run(Runtime(database, settings), payload)
    applying.run(Runtime(database, settings), payload)
    assert "applied by Vira: 3 rows read\n" in run("imports").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say which list with --list SLUG"),
        (("--list", "noon"), "There is no list 'noon': the lists are daily."),
        (("--list", "daily", "--column", "mail=X"), "'mail' is not one of email, name"),
        (("--list", "daily", "--column", "email=X"), "there is no column 'X'. The table has "),
        (("--list", "daily", "--encoding", "klingon"), "There is no encoding 'klingon'."),
        (("--list", "daily", "--encoding", "undefined"), "There is no encoding 'undefined'."),
        (("--list", "daily", "--zone", "Mars/Base"), "There is no zone 'Mars/Base'."),
        (("--list", "daily", "--delimiter", ";;"), "A delimiter is one character."),
    ],
)
def test_a_mistake_is_one_sentence_and_nothing_is_written(
    run: Run, path: Path, words: tuple[str, ...], said: str
) -> None:
    result = run("import", path, *words)

    assert result.exit_code != 0
    assert said in result.output.splitlines()[-1]
    assert run("imports").output == "No file has been imported.\n"


def test_subscribers_go_out_as_csv_to_a_new_file_or_to_the_terminal(
    run: Run, path: Path, tmp_path: Path
) -> None:
    run("import", path, "--list", "daily", "--apply", "--as", "Vira")
    said = run("export", "--list", "daily", "--state", "confirmed", "--since", "2020-01-01")
    first = run("export", "--out", tmp_path / "out.csv")
    again = run("export", "--out", tmp_path / "out.csv")

    assert said.output.splitlines()[1].startswith("ann@post.example,,en,daily,confirmed,,")
    assert said.output.count("\n") == 3
    assert (first.exit_code, first.output) == (0, f"{tmp_path / 'out.csv'} is written.\n")
    assert (tmp_path / "out.csv").read_text() == said.output
    assert "is there already: name a new file" in again.output
    assert [one.name for one in tmp_path.glob("out*")] == ["out.csv"]


def test_everything_goes_out_and_is_taken_in_on_somebodys_word(
    run: Run, path: Path, tmp_path: Path
) -> None:
    run("import", path, "--list", "daily", "--apply", "--as", "Vira")
    folder = tmp_path / "everything"
    gone = run("export", "--everything", folder)
    dry, done = run("import", folder), run("import", folder, "--apply", "--as", "Vira")

    assert "         2  subscriptions\n" in gone.output
    assert "take UNWALLED_PERMANENT_KEY along" in gone.output
    assert dry.output.endswith("Nothing was changed: add --apply --as NAME to take it in.\n")
    assert "subscriptions  0 new, 2 here already\n" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--list", "noon"), "There is no list 'noon': the lists are daily."),
        (("--since", "soon"), "--since is a day like 2027-01-31, not 'soon'."),
        (("--out", "/nowhere/at/all.csv"), "/nowhere/at/all.csv cannot be written"),
        (("--everything", "x", "--list", "daily"), "--everything takes no choice"),
    ],
)
def test_a_mistake_in_an_export_is_one_sentence(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    result = run("export", *words)

    assert result.exit_code != 0
    assert said in result.output


def test_another_permanent_key_is_said_before_anything_is_done(
    run: Run, path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "everything"
    run("export", "--everything", folder)
    about = folder / "about.json"
    about.write_text(about.read_text().replace('"key": "', '"key": "0'))

    assert "Take that key along" in run("import", folder, "--apply", "--as", "Vira").output
    assert run("import", folder, "--apply", "--as", "Vira", "--other-key").exit_code == 0
