"""Pictures that somebody dropped: what comes through of them, and what is refused."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pictures

from app.articles.picture_intake import MOST_BYTES, take_in
from app.articles.pictures import PictureTexts
from app.core.errors import FieldError

TEXTS = PictureTexts({"en": "A ship."}, {"en": "At six."}, {"en": "Ada"})


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 400), **options: object) -> bytes:
    """Return a picture, red on the left and blue on the right."""
    made = Pictures.new("RGB", size, "blue")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    kept = BytesIO()
    made.save(kept, kind, **options)
    return kept.getvalue()


def with_gps(orientation: int) -> bytes:
    """Return a picture of a phone that was held upright and knew where it was."""
    exif = Pictures.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[2] = (46.0, 29.0, 7.0)
    return picture(size=(700, 900), exif=exif.tobytes(), comment=b"at the quay of Odesa")


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def test_a_picture_is_kept_in_two_widths_beside_its_texts(tmp_path: Path) -> None:
    facts = take_in(picture(size=(2000, 1000)), "The Ship.JPG", tmp_path, TEXTS)

    assert facts.key.startswith("the-ship-")
    assert (facts.width, facts.height, facts.narrow_width) == (1200, 600, 640)
    assert (facts.alt, facts.caption, facts.credit) == (
        {"en": "A ship."},
        {"en": "At six."},
        {"en": "Ada"},
    )
    assert {one.name for one in tmp_path.iterdir()} == {facts.wide_file, facts.narrow_file}


def test_a_picture_stands_upright_and_says_nothing_of_where_it_was_taken(tmp_path: Path) -> None:
    facts = take_in(with_gps(6), "x.jpg", tmp_path, TEXTS)
    with Pictures.open(tmp_path / facts.wide_file) as kept:
        assert kept.size == (900, 700)
        red, _, blue = kept.convert("RGB").getpixel((450, 50))  # type: ignore[misc] # three bands

    assert red > 200 > blue
    for one in tmp_path.iterdir():
        raw = one.read_bytes()
        assert b"EXIF" not in raw
        assert b"quay" not in raw


def test_what_was_see_through_stands_on_white(tmp_path: Path) -> None:
    kept = BytesIO()
    Pictures.new("RGBA", (640, 400), (0, 0, 0, 0)).save(kept, "PNG")
    facts = take_in(kept.getvalue(), "x.png", tmp_path, TEXTS)

    with Pictures.open(tmp_path / facts.wide_file) as seen:
        assert seen.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_four_kinds_are_taken_whatever_they_are_called(kind: str, tmp_path: Path) -> None:
    facts = take_in(picture(kind), "x.gif", tmp_path, TEXTS)

    assert facts.wide_file.endswith(".webp")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Choose"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture"),
        (b"<html><script>alert(1)</script>", "no picture"),
        (b"GIF89a" + b"\0" * 99, "no picture"),
        (b"%PDF-1.7\n" + b"\0" * 99, "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 99, "HEIC"),
        (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, "20 MB"),
        (picture()[:3000], "damaged"),
        (picture("AVIF").replace(b"iloc", b"gone"), "damaged"),
        (bomb(50_000, 50_000), "50 million"),
        (bomb(9_000, 9_000), "50 million"),
        (bomb(800, 800), "damaged"),
        (picture(size=(639, 400)), "639"),
        (picture(size=(640, 2000)), "three times"),
    ],
)  # fmt: skip
def test_what_is_no_good_picture_is_refused_with_a_sentence(
    data: bytes, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(FieldError, match=sentence) as refused:
        take_in(data, "holiday.jpg", tmp_path, TEXTS)

    assert refused.value.field == "picture"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        (PictureTexts({"en": " "}, {}, {}), "alt"),
        (PictureTexts({"en": "x" * 301}, {}, {}), "alt"),
        (PictureTexts({"en": "x"}, {"en": "x" * 601}, {}), "caption"),
        (PictureTexts({"en": "x"}, {}, {"en": "x" * 201}), "credit"),
    ],
)
def test_a_picture_needs_words_of_a_fitting_length(
    texts: PictureTexts, field: str, tmp_path: Path
) -> None:
    with pytest.raises(FieldError) as refused:
        take_in(picture(), "x.jpg", tmp_path, texts)

    assert refused.value.field == field
