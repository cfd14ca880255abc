"""Whatever a file holds, its good records are read and each bad one is named."""

import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.spreadsheets import csv_text
from app.newsletters.imports.files import opened
from app.newsletters.imports.records import LONGEST_LINE, Record, Records


def read(path: Path, text: str | bytes) -> list[Record]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with opened(path) as source, closing(Records(source.parts[0])) as records:
        return list(records)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.csv"


def test_values_may_hold_line_breaks_and_quotes(path: Path) -> None:
    found = read(path, 'email,note\na@b.org,"one\n\ntwo ""said"""\nc@d.org,5" disk\n')

    assert [one.values for one in found[1:]] == [
        ["a@b.org", 'one\n\ntwo "said"'],
        ["c@d.org", '5" disk'],
    ]
    assert [one.line for one in found] == [1, 2, 5]


def test_a_quote_that_never_ends_spoils_its_own_line_only(path: Path) -> None:
    text = 'email,name\na@b.org,"Ann\n' + "".join(f"r{one}@b.org,R\n" for one in range(200))
    found = read(path, text)

    assert found[1] == Record(2, ['a@b.org,"Ann'], "a quote is not closed")
    assert [one.values[0] for one in found[2:]] == [f"r{one}@b.org" for one in range(200)]


def test_so_does_one_that_is_closed_by_the_quotes_of_others(path: Path) -> None:
    found = read(path, 'email,name\na@b.org,"Ann\nc@d.org,"Cyd"\ne@f.org,Eve\n')

    assert [bool(one.fault) for one in found] == [False, True, False, False]
    assert found[2].values == ["c@d.org", "Cyd"]


def test_an_overlong_line_is_named_and_the_next_is_read(path: Path) -> None:
    found = read(path, "email\n" + "x" * (3 * LONGEST_LINE) + "\na@b.org\n")

    assert found[1].fault == f"longer than {LONGEST_LINE} characters"
    assert found[2] == Record(3, ["a@b.org"])


def test_an_overlong_line_costs_no_memory(path: Path) -> None:
    with path.open("wb") as out:
        out.write(b"email\n")
        for _ in range(64):
            out.write(b"x" * (1 << 20))
        out.write(b"\na@b.org\n")
    tracemalloc.start()
    with opened(path) as source, closing(Records(source.parts[0])) as records:
        last = list(records)[-1]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert last.values == ["a@b.org"]
    assert peak < 16 << 20


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(path: Path, delimiter: str) -> None:
    found = read(path, delimiter.join(("email", '"name, and; more"', "x\n")) + "a@b.org\n")

    assert found[0].values == ["email", "name, and; more", "x"]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "Олена Ґудзь"),
        ("utf-8-sig", "Zoë"),
        ("utf-16", "Олена"),
        ("utf-16-le", "Zoë"),
        ("utf-16-be", "Олена"),
        ("cp1251", "Їжак"),
        ("cp1251", "Олена Ґудзь"),
        ("cp1252", "José Muñoz"),
        ("latin-1", "François"),
        ("mac_roman", "José Muñoz"),
    ],
)
def test_the_encoding_is_found(path: Path, encoding: str, name: str) -> None:
    text = f"email,name\nann@post.example,{name}\nbob@post.example,Bob\n"
    found = read(path, text.encode(encoding))

    assert [one.values for one in found] == [
        ["email", "name"],
        ["ann@post.example", name],
        ["bob@post.example", "Bob"],
    ]


def test_a_few_bytes_that_are_no_utf8_spoil_their_own_line(path: Path) -> None:
    good = "".join(f"r{one}@b.org,Олена\n" for one in range(20)).encode()
    found = read(path, b"email,name\n" + good + b"a@b.org,Jos\xe9\n")

    assert {one.fault for one in found[:-1]} == {""}
    assert found[-1].fault == "it has characters that are not utf-8"


def test_lines_end_as_any_system_ends_them(path: Path) -> None:
    assert len(read(path, "email\ra@b.org\rc@d.org")) == 3
    assert len(read(path, "email\r\na@b.org\r\n\r\nc@d.org")) == 3


@given(data=st.binary(max_size=2_000))
def test_no_bytes_whatever_stop_the_reading(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    for one in read(path, b"email,name\n" + data.replace(b"\0", b"")):
        assert one.line > 0
        assert one.values


@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\x85")),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\x85")),
        ),
        max_size=8,
    )
)
def test_every_table_of_ours_is_read_as_it_was(
    rows: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "ours.csv"
    text = csv_text([("one", "two"), *(("x" + one, "y" + two) for one, two in rows)])
    found = read(path, text)

    assert [one.values for one in found[1:]] == [["x" + one, "y" + two] for one, two in rows]
