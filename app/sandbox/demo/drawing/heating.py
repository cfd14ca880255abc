"""Snow, lit windows and a boiler house."""

import math

from app.sandbox.demo.drawing.palette import (
    BLUE_MID,
    INK,
    MIST,
    NIGHT,
    PAPER,
    SIGNAL,
    SOIL,
    WHEAT,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.parts import (
    arc,
    banded_sky,
    curve,
    mix,
    placed,
)
from app.sandbox.demo.drawing.sheet import Box, Point, Sheet


def flats(sheet: Sheet, box: Box, colour: str, cell: tuple[float, float], lit: float) -> None:
    """A block of flats with its lit and dark windows and snow on the roof."""
    x0, y0, x1, y1 = box
    sheet.rect(x0, y0, x1, y1, colour)
    sheet.fade((x0, y0, x1, y1), INK, 0.0, 0.35)
    sheet.rect(x0 - 5, y0 - 9, x1 + 5, y0 + 3, MIST)
    columns, rows = int((x1 - x0 - 14) // cell[0]), int((y1 - y0 - 16) // cell[1])
    left = x0 + ((x1 - x0) - columns * cell[0]) / 2
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * cell[0] + cell[0] * 0.2, y0 + 18 + row * cell[1]
            window(
                sheet,
                (x, y, x + cell[0] * 0.6, y + cell[1] * 0.56),
                colour,
                lit=sheet.chance(lit),
            )


def window(sheet: Sheet, box: Box, wall: str, *, lit: bool) -> None:
    """One window: its light, its bar, its sill of snow."""
    x0, y0, x1, y1 = box
    colour = (
        sheet.rng.choice([WHEAT, WHEAT, WHEAT_PALE, "#E9AE3A"]) if lit else mix(wall, INK, 0.45)
    )
    sheet.rect(x0, y0, x1, y1, colour)
    if lit and sheet.chance(0.4):
        sheet.rect(x0, y0, x0 + (x1 - x0) * 0.35, y1, mix(colour, PAPER, 0.55))
    if lit and sheet.chance(0.16):
        middle = x0 + (x1 - x0) * 0.62
        sheet.disc(middle, y1 - (y1 - y0) * 0.52, (x1 - x0) * 0.12, SOIL)
        sheet.poly(
            [
                (middle - 5, y1),
                (middle - 4, y1 - (y1 - y0) * 0.4),
                (middle + 4, y1 - (y1 - y0) * 0.4),
                (middle + 5, y1),
            ],
            SOIL,
        )
    sheet.line([((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)], mix(wall, INK, 0.2), 1.8, cap=False)
    sheet.rect(x0 - 2, y1, x1 + 2, y1 + 3, "#C8D5DE")


def boiler_house(sheet: Sheet) -> None:
    """A low brick house with a tall chimney and its plume."""
    for i in range(9):
        t = i / 8
        sheet.tint(
            arc(556 + 250 * t**1.3, 248 - 120 * t**0.8, 20 + 62 * t, 0, 360, 16 + 40 * t),
            MIST,
            0.34 - 0.2 * t,
            7,
        )
    chimney = [(538, 560), (544, 256), (570, 256), (577, 560)]
    sheet.poly(chimney, "#7E4A33")
    sheet.shade(chimney, INK, 0.1, 0.6, 90)
    sheet.rect(541, 276, 573, 290, MIST)
    sheet.rect(540, 308, 574, 322, MIST)
    sheet.rect(470, 520, 690, 640, "#6B4535")
    sheet.fade((470, 520, 690, 640), INK, 0, 0.5)
    sheet.poly([(456, 524), (704, 524), (690, 502), (470, 502)], MIST)
    for x in (494, 552, 610):
        sheet.round_rect((x, 548, x + 36, 612), 14, WHEAT)
        sheet.line([(x + 18, 548), (x + 18, 612)], SOIL, 2.4)
        sheet.line([(x, 580), (x + 36, 580)], SOIL, 2.4)


def bare_tree(sheet: Sheet, foot: Point, angle: float, length: float, depth: int) -> None:
    """A leafless tree, branch by branch."""
    tip = (foot[0] + math.cos(angle) * length, foot[1] + math.sin(angle) * length)
    sheet.line([foot, tip], INK, max(1.2, length * 0.1))
    if depth == 0:
        return
    for turn in (-0.52, 0.08, 0.5):
        bend = turn + sheet.rng.uniform(-0.14, 0.14)
        bare_tree(sheet, tip, angle + bend, length * sheet.rng.uniform(0.62, 0.76), depth - 1)


def draw_heating(sheet: Sheet) -> None:
    """Snow over blocks of flats at night, windows lit, the boiler house between them."""
    banded_sky(sheet, ["#08172B", NIGHT, "#12304F", "#1F4A70", "#3F6C8B"], 640)
    flats(sheet, (300, 330, 480, 640), "#2B4A66", (28, 30), 0.4)
    flats(sheet, (800, 300, 960, 640), "#2B4A66", (27, 30), 0.45)
    flats(sheet, (700, 404, 812, 640), "#34546F", (28, 30), 0.45)
    boiler_house(sheet)
    flats(sheet, (40, 190, 350, 668), "#1B3651", (44, 46), 0.55)
    flats(sheet, (905, 130, 1230, 668), "#18314B", (46, 48), 0.52)
    sheet.poly(
        [
            *curve([(0, 640), (300, 610), (640, 660), (900, 620), (1200, 640)]),
            (1200, 800),
            (0, 800),
        ],
        "#9DB4C6",
    )
    sheet.poly(
        [
            *curve([(0, 700), (260, 650), (560, 720), (900, 690), (1200, 664)]),
            (1200, 800),
            (0, 800),
        ],
        MIST,
    )
    sheet.fade((0, 640, 1200, 800), BLUE_MID, 0.1, 0.3)
    for x, w in ((190, 190), (580, 130), (1080, 190)):
        sheet.tint(arc(x, 676, w, 0, 360, 16), WHEAT, 0.5, 26)
    path = curve([(580, 640), (590, 690), (500, 740), (520, 800)])
    sheet.poly([*path, *[(x + 50 + (y - 640) * 0.6, y) for x, y in reversed(path)]], "#B4C6D3")
    walker(sheet, 590, 752, 1.0)
    bare_tree(sheet, (795, 722), -1.55, 92, 5)
    bare_tree(sheet, (395, 704), -1.62, 62, 4)
    snow(sheet, 420)


def walker(sheet: Sheet, x: float, y: float, k: float) -> None:
    """Somebody on the way home with a bag."""
    sheet.tint(arc(x + 6, y, 26 * k, 0, 360, 5 * k), NIGHT, 0.4, 2)
    sheet.poly(
        placed([(-14, -12), (-12, -50), (-4, -62), (8, -62), (14, -50), (16, -12)], x, y, k), INK
    )
    sheet.line(placed([(-6, -14), (-9, 0)], x, y, k), INK, 6 * k)
    sheet.line(placed([(8, -14), (10, 0)], x, y, k), INK, 6 * k)
    sheet.disc(*placed([(2, -72)], x, y, k)[0], 10 * k, INK)
    sheet.line(placed([(-8, -60), (12, -58)], x, y, k), WHEAT, 6 * k)
    sheet.poly(placed([(16, -30), (32, -30), (34, -8), (14, -8)], x, y, k), SIGNAL)


CLOSE = 0.2  # flakes nearer than this are white


def snow(sheet: Sheet, count: int) -> None:
    """Flakes, the near ones larger."""
    for i in range(count):
        near = (i / count) ** 4
        x, y = sheet.rng.uniform(0, 1200), sheet.rng.uniform(0, 800)
        sheet.disc(x, y, 1.2 + 3.6 * near, PAPER if near > CLOSE else "#B9CBD9")
