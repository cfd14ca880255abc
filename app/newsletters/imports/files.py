"""A file of subscribers as bytes: a CSV file, or the zip archive in which several of them come.

Nothing of it is trusted: archives are read through limits, so that a small file cannot become a
large one, and nothing is ever unpacked to disk.
"""

import hashlib
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from app.core.errors import OperatorError
from app.newsletters.imports.encodings import Encoding

PIECE = 1 << 20
MOST_PARTS = 50
LARGEST_PART = 4 << 30
MOST_SHRUNK = 200
"""How many times smaller than its contents an archive may be; addresses shrink to a fifth."""

SMALL = 10 << 20
ARCHIVE = b"PK\x03\x04", b"PK\x05\x06"
"""How a zip archive begins, full or empty; a table may begin with a column `PK`."""

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What comes of unpacking what is damaged, locked, or packed in a way that Python knows not."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a file: the file itself, or a CSV file in an archive.

    Attributes:
        name: Of the file in the archive; empty for the file itself.
        size: In bytes, as they are read.
        encoding: As found, or as told.
        open: Opens it for reading from its beginning.
    """

    name: str
    size: int
    encoding: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Source:
    """A file, opened.

    Attributes:
        name: Of the file, without its folder.
        file_hash: SHA-256 of its bytes, in hex.
        parts: Its tables, in the order of their names.
    """

    name: str
    file_hash: str
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """How many bytes there are to be read."""
        return sum(part.size for part in self.parts)


@contextmanager
def opened(path: Path, encoding: str | None = None, name: str = "") -> Iterator[Source]:
    """Open a file: hash it, and find how its tables are written.

    Args:
        path: Where it lies.
        encoding: If the operator knows better.
        name: What it is called, if not as it lies there.

    Raises:
        OperatorError: It cannot be read, is empty, no text, or an archive of something else.
    """
    shown = name or str(path)
    try:
        start = _start(path, shown)
        file_hash = _hash(path)
        if start in ARCHIVE:
            with zipfile.ZipFile(path) as archive:
                parts = tuple(_members(shown, archive, encoding))
                yield Source(name or path.name, file_hash, parts)
        else:
            whole = _part("", path.stat().st_size, lambda: path.open("rb"), encoding, shown)
            yield Source(name or path.name, file_hash, (whole,))
    except OSError as error:
        raise OperatorError(f"{shown} cannot be read: {error.strerror or error}.") from error
    except UnicodeError as error:
        raise OperatorError(f"{shown} cannot be read as {encoding}: choose another one.") from error
    except _BROKEN as error:
        raise OperatorError(f"{shown} cannot be unpacked: {error}.") from error


def _start(path: Path, shown: str) -> bytes:
    with path.open("rb") as data:
        start = data.read(4)
    if not start:
        raise OperatorError(f"{shown} is empty.")
    return start


def _hash(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _members(shown: str, archive: zipfile.ZipFile, encoding: str | None) -> Iterator[Part]:
    """Yield the tables in an archive."""
    found = sorted(
        (one for one in archive.infolist() if _is_table(one.filename)),
        key=lambda one: one.filename,
    )
    if not found:
        raise OperatorError(f"{shown} is an archive without a CSV file: save the table as CSV.")
    if len(found) > MOST_PARTS:
        raise OperatorError(f"{shown} holds {len(found)} CSV files: {MOST_PARTS} is the most.")
    for one in found:
        _refuse_bomb(shown, one)

        def open_(info: zipfile.ZipInfo = one) -> IO[bytes]:
            return archive.open(info)

        if one.file_size:
            name = PurePosixPath(one.filename).name[:120]
            yield _part(name, one.file_size, open_, encoding, f"{shown}, {name}")


def _is_table(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in {".csv", ".tsv", ".txt"} and not hidden


def _refuse_bomb(shown: str, one: zipfile.ZipInfo) -> None:
    """Refuse what grows beyond measure; no more than the size that it declares is ever read."""
    grows = one.file_size > SMALL and one.file_size > MOST_SHRUNK * max(one.compress_size, 1)
    if grows or one.file_size > LARGEST_PART:
        raise OperatorError(
            f"{shown} would unpack to {one.file_size:,} bytes of {one.filename}: that is no list "
            "of subscribers. Unpack it yourself if it is one."
        )


def _part(
    name: str, size: int, open_: Callable[[], IO[bytes]], encoding: str | None, shown: str
) -> Part:
    found = encoding or _encoding(open_)
    if found is None:
        raise OperatorError(f"{shown} is not text: save the table as CSV.")
    return Part(name, size, found, open_)


def _encoding(open_: Callable[[], IO[bytes]]) -> str | None:
    seen = Encoding()
    with open_() as data:
        while piece := data.read(PIECE):
            seen.feed(piece)
    return seen.found()
