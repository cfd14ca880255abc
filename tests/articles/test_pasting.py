"""What was copied from a document becomes Markdown, and nothing else."""

from pathlib import Path

import pytest

from app.articles.markdown import to_html
from app.articles.pasting import from_html
from tests.articles.attacks import ATTACKS
from tests.articles.test_markdown import assert_harmless

DOCUMENTS = Path(__file__).parent / "documents"


@pytest.mark.parametrize("name", ["google_docs", "word"])
def test_a_document_becomes_what_its_writer_meant(name: str) -> None:
    pasted = from_html((DOCUMENTS / f"{name}.html").read_text())

    assert pasted.markdown == (DOCUMENTS / f"{name}.md").read_text().strip()


def test_pictures_are_counted_and_left_behind() -> None:
    assert from_html((DOCUMENTS / "google_docs.html").read_text()).pictures == 1


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\n\nTwo"),
        ("One<br>two", "One\\\ntwo"),
        ("<blockquote><p>One</p><p>Two</p></blockquote><p>On</p>", "> One\n>\n> Two\n\nOn"),
        ("<p><b>Bold </b>word</p>", "**Bold** word"),
        ("<p><b><i>Both</i></b></p>", "***Both***"),
        ("<p><span style='font-weight:700'>a</span> <span style='font-weight:700'>b</span></p>",
         "**a b**"),
        ("<h1><b>Head</b></h1>", "## Head"),
        ("<p># no heading</p>", "\\# no heading"),
        ("<p>- no item</p>", "\\- no item"),
        ("<p>1. no item</p>", "1\\. no item"),
        ("<p>&lt;script&gt;</p>", "\\<script\\>"),
        ("<ol start='3'><li>x</li><li>y</li></ol>", "3. x\n4. y"),
        ("<ul><li>x<ul><li>y</li></ul></li><li>z</li></ul>", "- x\n    - y\n- z"),
        ("<table><tr><td>alone</td></tr></table>", "alone"),
        ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert from_html(html).markdown == markdown


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_comes_in_by_the_clipboard(attack: str) -> None:
    assert_harmless(to_html(from_html(attack).markdown))


@pytest.mark.parametrize("name", ["google_docs", "word"])
def test_what_was_pasted_shows_as_it_stood(name: str) -> None:
    html = to_html((DOCUMENTS / f"{name}.md").read_text())

    assert html.count("<ul>") == 2
    assert html.count("<ol>") == 1
    assert "<strong>o" in html
    assert "\\" not in html
