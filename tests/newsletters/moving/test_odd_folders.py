"""Folders of another installation that are not as they were written: refused in a sentence."""

import pytest

from app.core.database import Database
from app.core.errors import OperatorError
from app.newsletters.moving.files import open_folder
from tests.newsletters.imports.files_of_subscribers import Moving
from tests.newsletters.moving.test_moving import ANN, empty_sqlite, into, other, out, peopled

__all__ = ["empty_sqlite", "other", "peopled"]


def test_a_folder_that_is_not_ours_or_not_whole_is_one_sentence(moving: Moving) -> None:
    folder = out(moving)
    (folder / "about.json").write_text(
        (folder / "about.json").read_text().replace('"format": 1', '"format": 2')
    )
    with pytest.raises(OperatorError, match="by a later version"):
        open_folder(folder, moving.settings)
    (folder / "about.json").unlink()
    with pytest.raises(OperatorError, match="is no folder that"):
        open_folder(folder, moving.settings)


def test_what_was_tampered_with_is_refused(peopled: Moving, other: Database) -> None:
    folder = out(peopled)
    people = folder / "people.csv"
    people.write_text(people.read_text().replace(ANN, "ann@post.example, eve@post.example"))
    with pytest.raises(OperatorError, match="these are no addresses"):
        into(other, peopled.settings, folder)


def test_what_no_export_writes_is_one_sentence(peopled: Moving, other: Database) -> None:
    for file, was, becomes, said in (
        ("lists", "slug", "slog", "it has no column 'slug'"),
        ("subscriptions", "confirmed,", "bewildered,", "it holds a value that is never there"),
    ):
        folder = out(peopled, file)
        path = folder / f"{file}.csv"
        path.write_text(path.read_text().replace(was, becomes))
        with pytest.raises(OperatorError, match=said):
            into(other, peopled.settings, folder)
