"""The folder that another installation of ours wrote, read back: nothing in it is trusted."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import OperatorError
from app.core.settings import Settings
from app.core.spreadsheets import unguarded
from app.newsletters.moving.moving_out import ABOUT, FORMAT, fingerprint

BATCH = 500
LONGEST_CELL = 1 << 20
FILES = ("lists", "imports", "people", "subscriptions", "consents", "suppressions")

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Folder:
    """Everything of an installation, as it was exported.

    Attributes:
        path: Where it lies.
        rows: How many rows each file has.
        same_key: Whether it was written under our permanent key.
    """

    path: Path
    rows: Mapping[str, int]
    same_key: bool

    def batches(self, name: str) -> Iterator[Sequence[Record]]:
        """Yield a file's records, some at a time.

        Raises:
            OperatorError: It cannot be read, or holds more or fewer records than it should.
        """
        count = 0
        batch: list[Record] = []
        for record in self._records(name):
            count += 1
            batch.append(record)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if count != self.rows[name]:
            raise OperatorError(
                f"{self.path / name}.csv has {count} records where {ABOUT} says "
                f"{self.rows[name]}: it is not whole."
            )
        if batch:
            yield batch

    def _records(self, name: str) -> Iterator[Record]:
        path = self.path / f"{name}.csv"
        csv.field_size_limit(LONGEST_CELL)
        try:
            with path.open(newline="", encoding="utf-8") as lines:
                reader = csv.reader(lines, strict=True)
                titles = next(reader, [])
                for values in reader:
                    if len(values) != len(titles):
                        raise OperatorError(f"{path}, line {reader.line_num}: a value too few.")
                    cells = map(unguarded, values)
                    yield dict(zip(titles, cells, strict=True))
        except OSError as error:
            raise OperatorError(f"{path} cannot be read: {error.strerror}.") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise OperatorError(f"{path} is not as it was written: {error}.") from error


def open_folder(path: Path, settings: Settings) -> Folder:
    """Return what is in a folder.

    Raises:
        OperatorError: It is not one of ours, or of a later version.
    """
    try:
        about: Any = json.loads((path / ABOUT).read_text(encoding="utf-8"))
        rows = {name: int(about["rows"][name]) for name in FILES}
        known = about["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(
            f"{path} is no folder that `newsletters export --everything` wrote to its end."
        ) from error
    if not known:
        raise OperatorError(f"{path} was written by a later version: upgrade this one first.")
    return Folder(path, rows, about["key"] == fingerprint(settings))
