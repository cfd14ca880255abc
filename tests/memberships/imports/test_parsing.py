"""Every line of a file is a good row, or has its reason."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.core.errors import OperatorError
from app.memberships.imports.parsing import LONGEST_LINE, Problem, Row, Rules, opened
from tests.memberships.making import at

HEADER = "email,name,source,source_ref,starts_at,ends_at"
KYIV = ZoneInfo("Europe/Kyiv")


def read(tmp_path: Path, content: str | bytes, zone: ZoneInfo = KYIV) -> list[Row | Problem]:
    path = tmp_path / "members.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with opened(path, Rules(zone)) as file:
        return list(file.lines())


def read_line(tmp_path: Path, line: str) -> Row | Problem:
    (found,) = read(tmp_path, f"{HEADER}\n{line}\n")
    return found


def reason(tmp_path: Path, line: str) -> str:
    found = read_line(tmp_path, line)
    assert isinstance(found, Problem)
    assert found.line == 2
    return found.reason


def times(tmp_path: Path, starts_at: str, ends_at: str = "") -> tuple[datetime, datetime | None]:
    found = read_line(tmp_path, f"a@b.org,,s,1,{starts_at},{ends_at}")
    assert isinstance(found, Row), found
    return found.starts_at, found.ends_at


GOOD = "Ann@Example.org,Ann A.,patreon,p-1,2026-11-23,2027-01-01"
ANN = Row(
    2,
    "Ann@example.org",
    "ann@example.org",
    "Ann A.",
    "patreon",
    "p-1",
    datetime(2026, 11, 22, 22, tzinfo=UTC),
    datetime(2026, 12, 31, 22, tzinfo=UTC),
)


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n{GOOD}\n",
        f"{HEADER}\n{GOOD}",
        f"\ufeff{HEADER}\r\n{GOOD}\r\n",
        f"{HEADER}\r{GOOD}\r",
        f"{HEADER}\n{GOOD}\n".replace(",", ";"),
        f"{HEADER}\n{GOOD}\n".replace(",", "\t"),
        f"{HEADER.upper()}\n{GOOD}\n",
        f"{HEADER.replace(',', ' , ')}\n{GOOD.replace(',', ' , ')}\n",
        *(
            "\n".join(f'"{one}"' for one in (HEADER, GOOD)).replace(",", f'"{mark}"')
            for mark in ",;\t"
        ),
        f"{HEADER}\n{GOOD}\n\n   \n,,,,,\n",
    ],
)
def test_the_same_row_is_read_however_it_is_written(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == [ANN]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    content = (
        "ends_at,source_ref,name,starts_at,email,source\n"
        "2027-01-01,p-1,Ann A.,2026-11-23,Ann@Example.org,patreon\n"
    )
    assert read(tmp_path, content) == [ANN]


def test_a_name_may_be_empty_and_a_membership_without_end(tmp_path: Path) -> None:
    found = read_line(tmp_path, "a@b.org,,patreon,1,2026-01-01,")

    assert isinstance(found, Row)
    assert (found.name, found.ends_at) == (None, None)


def test_names_keep_quotes_commas_and_letters_of_any_script(tmp_path: Path) -> None:
    found = read_line(tmp_path, 'a@b.org,"Ганна, ""Аня"" О\'Ніл",patreon,1,2026-01-01,')

    assert isinstance(found, Row)
    assert found.name == 'Ганна, "Аня" О\'Ніл'


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (",n,s,1,2026-01-01,", "email is empty"),
        ("nobody,n,s,1,2026-01-01,", "email is not an address: nobody"),
        ("a@b,n,s,1,2026-01-01,", "email is not an address"),
        ("a@b.org; c@d.org,n,s,1,2026-01-01,", "more than one"),
        (f"{'a' * 250}@b.org,n,s,1,2026-01-01,", "email is"),
        ("аня@b.org,n,s,1,2026-01-01,", "relay cannot take"),
        ("a@b.org,n,,1,2026-01-01,", "source is empty"),
        ("a@b.org,n,s,,2026-01-01,", "source_ref is empty"),
        ("a@b.org,n,s,1,,", "starts_at is empty"),
        ("a@b.org,n,s,1,01/02/2026,", "starts_at is no date like 2027-01-31"),
        ("a@b.org,n,s,1,2026-02-30,", "starts_at is no date"),
        ("a@b.org,n,s,1,2026-01-01,soon", "ends_at is no date"),
        ("a@b.org,n,s,1,2026-01-01,9999-12-31", "ends_at is no date"),
        ("a@b.org,n,s,1,0001-01-01,", "starts_at is no date"),
        ("a@b.org,n,s,1,٢٠٢٦-01-01,", "starts_at is no date"),
        ("a@b.org,n,s,1,2026-01-01T25:00,", "starts_at is no date"),
        ("a@b.org,n,s,1,2026-01-02,2026-01-01", "ends_at is before starts_at"),
        ("a@b.org,n,s,1,2026-01-01", "5 values where the header has 6"),
        ("a@b.org,n,s,1,2026-01-01,,more", "7 values where the header has 6"),
        ('a@b.org,"n,s,1,2026-01-01,', "quote"),
        ('a@b.org,"n"x,s,1,2026-01-01,', "quote"),
        ("a@b.org,n\x00n,s,1,2026-01-01,", "name has a control character"),
        ("a@b.org,n\u202en,s,1,2026-01-01,", "name has a control character"),
        ("a@b.org,n\x1bn,s,1,2026-01-01,", "name has a control character"),
        (f"a@b.org,{'n' * 201},s,1,2026-01-01,", "name is longer than 200"),
        (f"a@b.org,n,{'s' * 41},1,2026-01-01,", "source is longer than 40"),
        (f"a@b.org,n,s,{'1' * 121},2026-01-01,", "source_ref is longer than 120"),
        (f"a@b.org,{'n' * 3 * LONGEST_LINE},s,1,2026-01-01,", "longer than"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(tmp_path: Path, line: str, words: str) -> None:
    assert words in reason(tmp_path, line)


@pytest.mark.parametrize("spoilt", ['a@b.org,"n,s,1,2026-01-01,', "x" * 3 * LONGEST_LINE])
def test_a_lone_quote_or_an_endless_line_spoils_no_other(tmp_path: Path, spoilt: str) -> None:
    found = read(tmp_path, f"{HEADER}\n{GOOD}\n{spoilt}\n{GOOD}\n")

    assert [(type(one), one.line) for one in found] == [(Row, 2), (Problem, 3), (Row, 4)]


def test_a_line_in_another_encoding_is_named(tmp_path: Path) -> None:
    line = "a@b.org,Ганна,s,1,2026-01-01,".encode("cp1251")
    found = read(tmp_path, HEADER.encode() + b"\n" + GOOD.encode() + b"\n" + line)

    assert found[0] == ANN
    assert found[1] == Problem(3, "not UTF-8: save the file in that encoding")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        (f"{HEADER}\n".encode("utf-16"), "UTF-16"),
        ("email,name,source,source_ref,starts_at\n", "lacks ends_at"),
        (f"{HEADER},country\n", "unknown country"),
        (f"{HEADER},email\n", "repeats email"),
        ("a@b.org,n,s,1,2026-01-01,\n", "lacks email"),
        ("\n\n", "lacks email"),
        ('"email,name\n', "quote"),
        (HEADER.replace("name", "Ім'я").encode("cp1251"), "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
    ],
)
def test_a_file_without_our_header_is_refused(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    with pytest.raises(OperatorError, match=words):
        read(tmp_path, content)


def test_a_file_that_is_not_there_or_a_folder_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(OperatorError, match="cannot be read"), opened(path, Rules(KYIV)):
            pass


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, f"{HEADER}\n") == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01", "2026-06-30 21:00"),
        ("2026-12-01", "2026-11-30 22:00"),
        ("2026-07-01T12:30", "2026-07-01 09:30"),
        ("2026-07-01 12:30:15", "2026-07-01 09:30:15"),
        ("2026-07-01T12:30:15Z", "2026-07-01 12:30:15"),
        ("2026-07-01T12:30+05:30", "2026-07-01 07:00"),
    ],
)
def test_dates_and_times_are_meant_in_the_newsrooms_zone(
    tmp_path: Path, text: str, moment: str
) -> None:
    assert times(tmp_path, text) == (at(moment), None)


def test_an_hour_that_comes_twice_can_have_an_end_after_its_start(tmp_path: Path) -> None:
    # 25 October 2026, 03:30 in Kyiv: first at +03:00, then at +02:00.
    start, end = times(tmp_path, "2026-10-25T03:45+03:00", "2026-10-25T03:15+02:00")

    assert end is not None
    assert (end - start).total_seconds() == 30 * 60


def test_a_midnight_that_the_clock_skips_is_still_a_moment(tmp_path: Path) -> None:
    (found,) = read(tmp_path, f"{HEADER}\na@b.org,,s,1,2026-04-24,\n", ZoneInfo("Africa/Cairo"))

    assert isinstance(found, Row)
    assert found.starts_at == at("2026-04-23 22:00")


def test_addresses_are_kept_as_written_and_compared_case_folded(tmp_path: Path) -> None:
    found = read_line(tmp_path, "Ann.B+x@EXÄMPLE.org,,s,1,2026-01-01,")

    assert isinstance(found, Row)
    assert found.address == "Ann.B+x@exämple.org"
    assert found.address_key == "ann.b+x@xn--exmple-cua.org"
