"""A picture from a file: brought into two widths and put into the media folder."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image as Pictures
from PIL import ImageOps, UnidentifiedImageError

from app.articles.arranging import PictureFacts, Texts
from app.core.errors import OperatorError

WIDE, NARROW = 1200, 640
QUALITY = 82
MOST_PIXELS = 50_000_000
HASH_DIGITS = 10


def place_picture(path: Path, media: Path, key: str, alt: Texts, credit: Texts) -> PictureFacts:
    """Put a picture into the media folder, 640 and up to 1,200 pixels wide, as WebP.

    Files are named after what is in them, so putting the same picture there twice changes nothing.

    Raises:
        OperatorError: The file cannot be read, is no picture, or is too small or too large.
    """
    return placed(_opened(path), media, key, PictureTexts(alt, {}, credit))


@dataclass(frozen=True, slots=True)
class PictureTexts:
    """What stands with a picture, in every language: what it shows, a caption, whose it is."""

    alt: Texts
    caption: Texts
    credit: Texts


def placed(whole: Pictures.Image, media: Path, key: str, texts: PictureTexts) -> PictureFacts:
    """Put an opened picture into the media folder in both widths; nothing else of it is kept."""
    wide = whole if whole.width <= WIDE else _resized(whole, WIDE)
    narrow = _resized(whole, NARROW)
    return PictureFacts(
        key=key,
        wide_file=_placed(wide, media, key),
        narrow_file=_placed(narrow, media, key),
        width=wide.width,
        height=wide.height,
        narrow_width=narrow.width,
        alt=texts.alt,
        caption=texts.caption,
        credit=texts.credit,
    )


def _opened(path: Path) -> Pictures.Image:
    try:
        with Pictures.open(path) as found:
            if found.width * found.height > MOST_PIXELS:
                raise OperatorError(f"{path} is too large: it may have 50 million pixels.")
            if found.width < NARROW:
                raise OperatorError(f"{path} is {found.width} pixels wide; it must have {NARROW}.")
            return ImageOps.exif_transpose(found).convert("RGB")
    except UnidentifiedImageError as error:
        raise OperatorError(f"{path} is no picture that can be read.") from error
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror or error}.") from error


def _resized(picture: Pictures.Image, width: int) -> Pictures.Image:
    height = round(picture.height * width / picture.width)
    return picture.resize((width, height), Pictures.Resampling.LANCZOS)


def _placed(picture: Pictures.Image, media: Path, key: str) -> str:
    """Write a file unless it is there; return its name."""
    kept = BytesIO()
    # Said in full, for Pillow passes on what it found: a phone writes down where it was.
    picture.save(kept, "WEBP", quality=QUALITY, exif=b"", xmp=b"", icc_profile=b"")
    digest = hashlib.sha256(kept.getvalue()).hexdigest()[:HASH_DIGITS]
    name = f"{key}-{picture.width}.{digest}.webp"
    media.mkdir(parents=True, exist_ok=True)
    target, half = media / name, media / f"{name}.part"
    if not target.exists():
        half.write_bytes(kept.getvalue())
        half.replace(target)
    return name
