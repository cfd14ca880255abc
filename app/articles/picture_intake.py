"""A picture that somebody dropped: looked at before it is opened, and made anew from its pixels.

What a file is called and what it says it is count for nothing. Only four decoders are asked; sizes
are read from the header before a single pixel is unpacked; what is kept is drawn anew, so neither
the place a phone wrote down nor anything hidden behind a picture comes through.
"""

import re
import struct
from io import BytesIO
from pathlib import Path
from secrets import token_hex

from PIL import Image as Pictures
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from app.articles.arranging import PictureFacts
from app.articles.pictures import MOST_PIXELS, NARROW, PictureTexts, placed
from app.articles.slugs import slug_of
from app.core.errors import FieldError
from app.core.languages import gettext as _

MOST_BYTES = 20 * 1024 * 1024
DECODERS = ("JPEG", "PNG", "WEBP", "AVIF")
LONGEST_NAME = 48
LONGEST_ALT, LONGEST_CAPTION, LONGEST_CREDIT = 300, 600, 200
TALLEST = 3
DAMAGE = (
    OSError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, EOFError, struct.error,
)  # fmt: skip
"""What the decoders raise where bytes are not what they say."""
APPLE = re.compile(rb"ftyp(heic|heix|heif|mif1|msf1|hevc)")
UNBROKEN = re.compile(r"[\x00-\x1f\x7f]+")


def take_in(data: bytes, name: str, media: Path, texts: PictureTexts) -> PictureFacts:
    """Put a picture into the media folder in both widths.

    Args:
        data: The file, whole.
        name: What it was called; only the picture's key begins with it.
        media: The folder.
        texts: What stands with it; what it shows is required.

    Raises:
        FieldError: It is no picture that we take, or its texts are missing or too long.
    """
    check_texts(texts)
    key = f"{slug_of(Path(name).stem, LONGEST_NAME) or 'picture'}-{token_hex(4)}"
    return placed(opened(data), media, key, texts)


def check_texts(texts: PictureTexts) -> None:
    """Refuse a picture without words for who cannot see it, and words too long for their place.

    Raises:
        FieldError: At `alt`, `caption` or `credit`.
    """
    if not any(text.strip() for text in texts.alt.values()):
        raise FieldError(
            "alt", _("Say in a sentence what the picture shows, for who cannot see it.")
        )
    limits = (
        ("alt", texts.alt, LONGEST_ALT),
        ("caption", texts.caption, LONGEST_CAPTION),
        ("credit", texts.credit, LONGEST_CREDIT),
    )
    for field, words, most in limits:
        if any(len(text) > most for text in words.values()):
            raise FieldError(field, _("It is longer than %(most)d signs.", most=most))


def one_line(text: str) -> str:
    """Return what was typed as one line."""
    return " ".join(UNBROKEN.sub(" ", text).split())


def opened(data: bytes) -> Pictures.Image:
    """Return the pixels of a file, upright and in the colours of the web.

    Raises:
        FieldError: At `picture`: what is wrong with it, and what to do.
    """
    if not data:
        raise FieldError("picture", _("Choose a picture first."))
    if len(data) > MOST_BYTES:
        raise FieldError("picture", _("The file is larger than 20 MB. Save it smaller, as JPEG."))
    if APPLE.match(data[4:12]):
        raise FieldError("picture", _("This is a HEIC picture of a phone. Save it as JPEG first."))
    try:
        with Pictures.open(BytesIO(data), formats=DECODERS) as found:
            _check_size(found)
            return _drawn(found)
    except UnidentifiedImageError as error:
        raise FieldError(
            "picture",
            _("This is no picture, whatever it is called. Take a JPEG, PNG, WebP or AVIF."),
        ) from error
    except (Pictures.DecompressionBombError, Pictures.DecompressionBombWarning) as error:
        raise _too_many() from error
    except DAMAGE as error:
        raise FieldError(
            "picture", _("The picture is damaged and cannot be read to its end. Save it once more.")
        ) from error


def _too_many() -> FieldError:
    return FieldError("picture", _("It has more than 50 million pixels. Save it smaller."))


def _check_size(found: Pictures.Image) -> None:
    width, height = found.size
    if width * height > MOST_PIXELS:
        raise _too_many()
    turned = found.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    across, down = (height, width) if turned else (width, height)
    if across < NARROW:
        raise FieldError(
            "picture",
            _("It is %(width)d pixels wide; it must have %(least)d.", width=across, least=NARROW),
        )
    if down > TALLEST * across:
        raise FieldError("picture", _("It is more than three times as high as it is wide. Cut it."))


def _drawn(found: Pictures.Image) -> Pictures.Image:
    upright = ImageOps.exif_transpose(found)
    profile = found.info.get("icc_profile")
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        white = Pictures.new("RGBA", seen.size, "white")
        upright = Pictures.alpha_composite(white, seen)
    elif upright.mode.startswith("I"):
        upright = upright.point(lambda value: value / 256).convert("L")
    elif profile:
        upright = _in_srgb(upright, profile)
    plain = upright.convert("RGB")
    plain.info = {}
    return plain


def _in_srgb(picture: Pictures.Image, profile: bytes) -> Pictures.Image:
    """Keep the colours of a camera that writes them in a way of its own."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        turned = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return turned if turned is not None else picture
