"""Files that nobody but us reads: what was brought to the desk, and what was prepared for it.

They lie in one folder that every process of ours sees and no web server serves, under names that
tell nothing. Which row a file belongs to is known to that row alone.
"""

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.core.errors import UnwalledError
from app.core.settings import Settings

PIECE = 1 << 20
OWN_FOLDER, OWN_FILE = 0o700, 0o600
_NAME = re.compile(r"[a-z]+-[0-9a-f]{32}")


class TooLargeError(UnwalledError):
    """More came than may."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was kept.

    Attributes:
        name: In the folder.
        size: In bytes.
        sha256: Of its bytes, in hex.
    """

    name: str
    size: int
    sha256: str


def keep(settings: Settings, kind: str, data: IO[bytes], most: int) -> Kept:
    """Keep a file, read piece by piece.

    Args:
        settings: Where the folder is.
        kind: A word in small letters, with which its name begins.
        data: Read to its end.
        most: How many bytes it may have.

    Raises:
        TooLargeError: It has more; nothing is kept.
    """
    digest, size = hashlib.sha256(), 0
    with writing(settings, kind) as (name, out):
        while piece := data.read(PIECE):
            size += len(piece)
            if size > most:
                raise TooLargeError(str(most))
            digest.update(piece)
            out.write(piece)
    return Kept(name, size, digest.hexdigest())


@contextmanager
def writing(settings: Settings, kind: str) -> Iterator[tuple[str, IO[bytes]]]:
    """Open a new file; give its name and what to write to. It is there whole, or not at all."""
    folder = settings.private_dir
    folder.mkdir(mode=OWN_FOLDER, parents=True, exist_ok=True)
    name = f"{kind}-{secrets.token_hex(16)}"
    half = folder / f"{name}.part"
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN_FILE), "wb") as out:
            yield name, out
            out.flush()
            os.fsync(out.fileno())
        half.replace(folder / name)
    finally:
        half.unlink(missing_ok=True)


def path_of(settings: Settings, name: str) -> Path:
    """Return where a file lies; it may be gone.

    Raises:
        ValueError: No file of ours has such a name.
    """
    if not _NAME.fullmatch(name):
        msg = f"no file of ours is called {name!r}"
        raise ValueError(msg)
    return settings.private_dir / name


def drop(settings: Settings, name: str) -> None:
    """Delete a file, if it is there."""
    path_of(settings, name).unlink(missing_ok=True)


def sweep(settings: Settings, kind: str, kept: Collection[str], seconds: float) -> int:
    """Delete files of a kind that belong to no row, and those half written; return how many.

    Args:
        settings: Where the folder is.
        kind: As it was kept.
        kept: Names that rows hold.
        seconds: How old a file must be by the machine's clock: its row may be about to come.
    """
    gone = 0
    for path in settings.private_dir.glob(f"{kind}-*"):
        if path.name not in kept and _age(path) > seconds:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            gone += 1
    return gone


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
