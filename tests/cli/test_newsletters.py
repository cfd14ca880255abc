"""`flask newsletters`: lists from their files, whole or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

from app.composing import compose
from app.core.database import Database
from app.core.settings import Settings
from app.newsletters.lists import ListRead, all_lists
from tests.articles.making import make_newsroom
from tests.conftest import make_settings

EXAMPLE = Path(__file__).parents[2] / "docs/newsletter.example.toml"
PICTURE = '[picture]\nfile = "light.png"\n[picture.alt]\nen = "A lighthouse at dusk."\n'
Run = Callable[..., Result]
Write = Callable[..., Path]


@pytest.fixture
def run(settings: Settings, database: Database) -> Run:
    """Run a command of `flask newsletters`."""

    def invoke(*words: str) -> Result:
        runner = compose(settings, database).test_cli_runner()
        return runner.invoke(args=["newsletters", *words])

    return invoke


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the example with some of its words changed, and more behind it."""

    def written(*changes: tuple[str, str], more: str = "") -> Path:
        text = EXAMPLE.read_text()
        for before, after in changes:
            assert before in text
            text = text.replace(before, after, 1)
        path = tmp_path / "list.toml"
        path.write_text(text + more)
        return path

    return written


def lists(database: Database) -> list[ListRead]:
    with database.read() as session:
        return all_lists(session)


def test_the_example_makes_a_list_and_changes_it(
    run: Run, write: Write, database: Database
) -> None:
    made = run("save", str(write()))
    assert (made.exit_code, made.output) == (0, "Newsletter harbour-light was made.\n")
    changed = run("save", str(write(('en = "Every Wednesday"', 'en = "Every Friday"'))))
    assert changed.output == "Newsletter harbour-light was changed.\n"

    (read,) = lists(database)
    assert read.cadence == {"en": "Every Friday", "uk": "Щосереди"}


def test_a_picture_beside_the_file_comes_in_two_widths(
    run: Run, write: Write, database: Database, settings: Settings, tmp_path: Path
) -> None:
    Image.new("RGB", (1500, 1000), "navy").save(tmp_path / "light.png")
    result = run("save", str(write(more=PICTURE)))
    assert result.exit_code == 0, result.output

    picture = lists(database)[0].picture
    assert picture is not None
    assert (picture.width, picture.narrow_width) == (1200, 640)
    assert picture.alt == {"en": "A lighthouse at dusk."}
    for file in (picture.wide_file, picture.narrow_file):
        assert (Path(settings.media_dir) / file).stat().st_size > 0


def test_a_picture_that_is_there_is_taken_by_its_key(
    run: Run, write: Write, database: Database
) -> None:
    with database.write() as session:
        make_newsroom(session)
        session.commit()
    assert run("save", str(write(more='[picture]\nkey = "ship"\n'))).exit_code == 0
    assert lists(database)[0].picture is not None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('slug = "harbour-light"', 'slug = "waiting"', "slug: The site itself uses"),
        ('language = "en"', 'language = "fr"', "language: The site has no language fr"),
        ('# author = "ada-field"', 'author = "nobody"', "author: There is no author nobody."),
        ("open = true", 'open = "yes"', "open must be true or false."),
        ("open = true", "opened = true", "opened is unknown"),
        ("welcome = true", "welcome = 1", "welcome must be true or false."),
        ('en = "Harbour Light"', "en = 3", "name.en must be a text in quotes."),
        ("harbour@newsroom.example", "harbour", "reply_to: It is no email address."),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_nothing_is_changed(
    run: Run, write: Write, database: Database, before: str, after: str, said: str
) -> None:
    result = run("save", str(write((before, after))))
    assert result.exit_code == 2
    assert said in result.output
    assert "nothing was changed" in result.output
    assert lists(database) == []


@pytest.mark.parametrize(
    ("width", "said"), [(None, "cannot be read"), (600, "600 pixels wide; it must have 640")]
)
def test_a_picture_that_cannot_be_taken_is_told(
    run: Run, write: Write, tmp_path: Path, width: int | None, said: str
) -> None:
    if width:
        Image.new("RGB", (width, 400)).save(tmp_path / "light.png")
    result = run("save", str(write(more=PICTURE)))
    assert (result.exit_code, said in result.output) == (2, True)


def test_what_is_no_picture_is_told(run: Run, write: Write, tmp_path: Path) -> None:
    (tmp_path / "light.png").write_text("not a picture")
    assert "no picture that can be read" in run("save", str(write(more=PICTURE))).output


def test_lists_are_shown_closed_and_ordered(run: Run, write: Write) -> None:
    assert "no newsletter yet" in run("list").output
    run("save", str(write()))
    run("save", str(write(('slug = "harbour-light"', 'slug = "ebb"'))))
    run("close", "harbour-light")
    run("order", "ebb")

    lines = run("list").output.splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["ebb", "harbour-light"]
    assert ["everybody" in lines[0], "closed" in lines[1]] == [True, True]
    assert "takes sign-ups" in run("open", "harbour-light").output
    assert "closed" not in run("list").output


def test_forms_are_put_on_a_section_and_on_an_article(
    run: Run, write: Write, database: Database
) -> None:
    with database.write() as session:
        make_newsroom(session)
        session.commit()
    run("save", str(write()))
    placed = run("on-section", "economy", "harbour-light", "--language", "uk")
    assert placed.output == "Articles of economy have forms for: harbour-light.\n"


@pytest.mark.parametrize(
    "words", [("close", "gone"), ("order", "gone"), ("on-section", "gone"), ("on-article", "gone")]
)
def test_what_is_not_there_is_told(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "There is no" in result.output


def test_settings_name_the_media_folder(database_url: str, tmp_path: Path) -> None:
    assert Path(make_settings(database_url, tmp_path).media_dir).is_relative_to(tmp_path)
