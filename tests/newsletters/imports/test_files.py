"""Files of subscribers as bytes: tables that look like archives, and archives that are broken."""

import zipfile
from pathlib import Path

import pytest

from app.core.errors import OperatorError
from app.newsletters.imports.files import opened
from app.newsletters.imports.looking import Wishes, look

ROWS = "email,name\n" + "".join(f"reader{one}@post.example,Reader\n" for one in range(300))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_archive_is_one_sentence(tmp_path: Path, method: int) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", method) as out:
        out.writestr("subscribed.csv", ROWS)
    packed = bytearray(path.read_bytes())
    packed[60:200] = bytes(byte ^ 0x5A for byte in packed[60:200])
    path.write_bytes(packed)

    with pytest.raises(OperatorError, match=r"export\.zip cannot be "), opened(path):
        pass


def test_a_table_may_begin_with_the_letters_of_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("PK,email\n1,ann@post.example\n", encoding="utf-8")

    with opened(path) as source:
        assert [(part.name, part.encoding) for part in source.parts] == [("", "utf-8-sig")]


def test_an_encoding_that_a_table_is_not_in_is_one_sentence(tmp_path: Path) -> None:
    path, told = tmp_path / "list.csv", Wishes(encoding="utf-16")
    path.write_text(ROWS, encoding="utf-8")

    with (
        pytest.raises(OperatorError, match=r"list\.csv cannot be read as utf-16"),
        opened(path, told.encoding) as source,
    ):
        look(source, told)
