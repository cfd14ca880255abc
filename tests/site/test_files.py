"""Files: kept for good under addresses that name their content, and none from elsewhere."""

import re

import pytest

from tests.site.making import Page, Reader

FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.fixture
def media(reader: Reader) -> Reader:
    folder = reader.site.settings.media_dir
    folder.mkdir(parents=True)
    (folder / "clip.abc.mp3").write_bytes(bytes(range(200)))
    (folder / ".hidden").write_text("no")
    (folder.parent / "secret.txt").write_text("no")
    return reader


def test_style_and_script_are_kept_for_good(reader: Reader) -> None:
    (sheet,) = Page(reader.text("/")).all("link", rel="stylesheet")
    response = reader.get(sheet["href"])

    assert re.fullmatch(r"/assets/[0-9a-f]{12}/css/site\.css", sheet["href"])
    assert response.headers["Cache-Control"] == FOR_GOOD
    assert response.mimetype == "text/css"


def test_an_address_of_an_earlier_content_is_not_kept(reader: Reader) -> None:
    response = reader.get("/assets/000000000000/css/site.css")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"


def test_fonts_are_kept_for_good(reader: Reader) -> None:
    for font in Page(reader.text("/")).all("link", rel="preload"):
        response = reader.get(font["href"])
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == FOR_GOOD


def test_media_are_kept_for_good(media: Reader) -> None:
    response = media.get("/media/clip.abc.mp3")

    assert response.headers["Cache-Control"] == FOR_GOOD
    assert response.mimetype == "audio/mpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_recording_is_sent_in_parts(media: Reader) -> None:
    response = media.get("/media/clip.abc.mp3", Range="bytes=10-19")

    assert response.status_code == 206
    assert response.data == bytes(range(10, 20))
    assert response.headers["Content-Range"] == "bytes 10-19/200"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/media/.hidden",
            "/media/nothing.webp",
            "/media/../secret.txt",
            "/media/%2e%2e/secret.txt",
        ),
        *("/media/..%2fsecret.txt", "/assets/x/../../wsgi.py", "/assets/x/%2e%2e/__init__.py"),
        *("/static/../__init__.py", "/media/a%00b", "/media/"),
    ],
)
def test_nothing_else_is_served(media: Reader, path: str) -> None:
    assert media.get(path).status_code == 404
