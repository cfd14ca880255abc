"""Two texts beside each other: what went, what came, what stayed."""

import pytest

from app.articles.comparing import GONE, NEW, SAME, Paragraph, compared


def said(paragraph: Paragraph) -> str:
    """Write a paragraph down with its marks: [-gone-] and [+new+]."""
    marks = {SAME: ("", ""), GONE: ("[-", "-]"), NEW: ("[+", "+]")}
    return "".join(marks[one.kind][0] + one.text + marks[one.kind][1] for one in paragraph.pieces)


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("Ten ships left.", "Twelve ships left.", "[-Ten-][+Twelve+] ships left."),
        ("He said so, then left.", "He said so then left.", "He said so[-,-] then left."),
        ("The port is open.", "The port of Odesa is open.", "The port[+ of Odesa+] is open."),
        (
            "The old grey ship left the port.",
            "The new blue ship left the port.",
            "The [-old grey-][+new blue+] ship left the port.",
        ),
        ("Порт відкрито зранку.", "Порт закрито зранку.", "Порт [-відкрито-][+закрито+] зранку."),
    ],
)
def test_words_are_compared_within_a_paragraph(before: str, after: str, marked: str) -> None:
    assert [said(one) for one in compared(before, after)] == [marked]


def test_a_paragraph_that_came_or_went_is_marked_whole() -> None:
    before, after = "First.\n\nSecond goes.\n\nThird.", "First.\n\nThird.\n\nFourth comes."

    assert [said(one) for one in compared(before, after)] == [
        "First.", "[-Second goes.-]", "Third.", "[+Fourth comes.+]",
    ]  # fmt: skip


def test_what_is_nothing_alike_is_not_torn_into_words() -> None:
    before = "A quiet morning at the quay.\n\nThen the grain came by rail."
    after = "Nobody expected thirty trucks.\n\nThen the grain came by road."

    assert [said(one) for one in compared(before, after)] == [
        "[-A quiet morning at the quay.-]",
        "[+Nobody expected thirty trucks.+]",
        "Then the grain came by [-rail-][+road+].",
    ]


def test_one_line_is_held_against_one_line() -> None:
    assert [said(one) for one in compared("Old head", "New title")] == ["[-Old head-][+New title+]"]


def test_line_ends_of_another_system_are_no_change() -> None:
    assert all(one.is_same for one in compared("One.\r\n\r\nTwo.", "One.\n\nTwo."))
