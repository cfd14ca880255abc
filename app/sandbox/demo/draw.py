"""Draw the demo newsroom's hero pictures and its share card.

Every picture is flat, poster-like and drawn from the palette of the site; nothing is
downloaded and nothing is random between two runs, so drawing twice gives the same bytes.

    python -m app.sandbox.demo.draw            draw everything into pictures/ beside this file
    python -m app.sandbox.demo.draw KEY ...    draw only these (a hero's key, or "card")

Coordinates are those of a 1200 x 800 sheet; the sheet is held at twice that size and reduced
at the end, which smooths every edge.
"""

import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from app.sandbox.demo.drawing.bridge import draw_bridge
from app.sandbox.demo.drawing.card import draw_card
from app.sandbox.demo.drawing.court import draw_court
from app.sandbox.demo.drawing.drone import draw_drone
from app.sandbox.demo.drawing.factory import draw_factory
from app.sandbox.demo.drawing.field import draw_field
from app.sandbox.demo.drawing.grid import draw_grid
from app.sandbox.demo.drawing.heating import draw_heating
from app.sandbox.demo.drawing.lectures import draw_lectures
from app.sandbox.demo.drawing.letters import draw_letters
from app.sandbox.demo.drawing.library import draw_library
from app.sandbox.demo.drawing.orchard import draw_orchard
from app.sandbox.demo.drawing.palette import (
    BLUE,
    INK,
    NIGHT,
    PAPER,
    SOIL,
    SUNK,
    WHEAT,
)
from app.sandbox.demo.drawing.sheet import Sheet
from app.sandbox.demo.drawing.ship import draw_ship
from app.sandbox.demo.drawing.train import draw_train
from app.sandbox.demo.drawing.workshop import draw_workshop

HERE = Path(__file__).resolve().parent

SCENES: dict[str, tuple[str, Callable[[Sheet], None]]] = {
    "grid-transformer": (BLUE, draw_grid),
    "bridge-tender": (PAPER, draw_bridge),
    "demining-field": (SOIL, draw_field),
    "prosthetics-workshop": (BLUE, draw_workshop),
    "heating-budget": (NIGHT, draw_heating),
    "night-train": (NIGHT, draw_train),
    "court-recording": (BLUE, draw_court),
    "orchard-frost": (NIGHT, draw_orchard),
    "lectures-underground": (INK, draw_lectures),
    "grain-ship": (PAPER, draw_ship),
    "factory-moved": (PAPER, draw_factory),
    "library-shelves": (INK, draw_library),
    "drone-workshop": (WHEAT, draw_drone),
    "language-club": (SUNK, draw_letters),
}
SIZES = ((1200, 800, 5, 60_000), (640, 427, 4, 22_000))  # width, height, grain, most bytes


def fitted(image: Image.Image, most: int) -> bytes:
    """The picture as WebP at the best quality that keeps it within `most` bytes."""
    for quality in range(86, 20, -4):
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= most:
            return out.getvalue()
    raise ValueError("the picture does not fit")


def write_hero(key: str, folder: Path) -> None:
    """Draw one hero and write it in both sizes."""
    ground, scene = SCENES[key]
    sheet = Sheet(key, ground)
    scene(sheet)
    for width, height, grain, most in SIZES:
        data = fitted(sheet.finish((width, height), grain), most)
        (folder / f"{key}-{width}.webp").write_bytes(data)
        sys.stdout.write(f"{key}-{width}.webp {len(data)}\n")


def write_card(folder: Path) -> None:
    """Draw the card for shared links, as a PNG of few colours."""
    sheet = Sheet("card", PAPER, (1200, 630))
    draw_card(sheet)
    image = sheet.finish(sheet.size, 0).quantize(64, dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    (folder / "card.png").write_bytes(out.getvalue())
    sys.stdout.write(f"card.png {out.tell()}\n")


def main(keys: Sequence[str]) -> None:
    """Write the pictures asked for, or all of them."""
    folder = HERE / "pictures"
    folder.mkdir(exist_ok=True)
    for key in keys or [*SCENES, "card"]:
        if key == "card":
            write_card(folder)
        else:
            write_hero(key, folder)


if __name__ == "__main__":
    main(sys.argv[1:])
