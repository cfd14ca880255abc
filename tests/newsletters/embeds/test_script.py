"""The script for other sites: small, alone, and kept in the right places."""

import base64
import hashlib

from app.newsletters.embeds.script import embed_script
from tests.newsletters.making import Newsroom


def test_the_script_is_small_and_speaks_every_language(newsroom: Newsroom) -> None:
    answer = newsroom.client.get("/embed.js")

    assert len(answer.data) <= 4096
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "We have sent a confirmation email" in answer.text
    assert "Ми надіслали лист для підтвердження" in answer.text
    assert "/* words */" not in answer.text


def test_the_script_touches_nothing_that_is_not_its_own(newsroom: Newsroom) -> None:
    script = newsroom.client.get("/embed.js").text

    words = ("cookie", "localStorage", "style", "innerHTML", "eval", "import", "http:", "https:")
    assert [word for word in words if word in script] == []


def test_any_page_may_load_it_even_one_that_isolates_itself(newsroom: Newsroom) -> None:
    answer = newsroom.client.get("/embed.js", headers={"Origin": "https://anybody.test"})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers


def test_it_is_kept_for_an_hour_and_then_asked_for_by_its_content(newsroom: Newsroom) -> None:
    first = newsroom.client.get("/embed.js")
    again = newsroom.client.get("/embed.js", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_copy_can_be_named_by_its_hash() -> None:
    script = embed_script()

    digest = base64.b64encode(hashlib.sha384(script.body).digest()).decode()
    assert script.integrity == f"sha384-{digest}"
