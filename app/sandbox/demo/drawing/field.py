"""A ploughed field and a searcher."""

from itertools import pairwise

from app.sandbox.demo.drawing.palette import (
    BLUE,
    BLUE_DEEP,
    BLUE_MID,
    BLUE_PALE,
    INK,
    INK_MID,
    PAPER,
    SIGNAL,
    SOIL,
    SOIL_DARK,
    STONE,
    SUNK,
    WHEAT,
    WHEAT_DEEP,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.parts import (
    arc,
    banded_sky,
    curve,
    gulls,
    lerp,
    placed,
    poplar,
    ridge,
    sag,
)
from app.sandbox.demo.drawing.sheet import Point, Sheet


def draw_field(sheet: Sheet) -> None:
    """Furrows that meet at the horizon, a fenced strip and a searcher on his knees."""
    banded_sky(sheet, ["#C4D4DB", "#D6DED9", "#E9E6D2", "#F6E6B6"], 318)
    sheet.disc(905, 236, 60, PAPER)
    ridge(sheet, 296, 8, "#9FB0A6", 0.3, 230)
    for i in range(30):
        poplar(
            sheet,
            20 + i * 41 + (i * 17 % 19),
            318,
            40 + (i * 29 % 31),
            "#5E7668" if i % 3 else "#6F867A",
        )
    sheet.rect(0, 314, 1200, 800, SOIL)
    furrows(sheet, (720, 250))
    sheet.fade((0, 314, 1200, 430), WHEAT_PALE, 0.38, 0)
    sheet.fade((0, 560, 1200, 800), SOIL_DARK, 0, 0.55)
    fenced_strip(sheet)
    searcher(sheet, 566, 640, 1.55)
    gulls(sheet, [(230, 120, 15), (275, 100, 10), (300, 142, 9)], INK_MID)


def furrows(sheet: Sheet, eye: Point) -> None:
    """Ridges of ploughed soil as wedges from the vanishing point, lit from the right."""
    for i in range(-90, 100):
        x = 600 + i * 92
        start = lerp(eye, (x, 830), 0.118)
        stop = lerp(eye, (x + 92, 830), 0.118)
        mid, crest = lerp(start, stop, 0.5), lerp(start, stop, 0.78)
        sheet.poly([start, mid, (x + 46, 830), (x, 830)], SOIL_DARK)
        sheet.poly([mid, crest, (x + 72, 830), (x + 46, 830)], "#54493C")
        sheet.poly([crest, stop, (x + 92, 830), (x + 72, 830)], "#6E5D48")
    for _ in range(420):
        t = sheet.rng.random() ** 0.6
        place = (sheet.rng.uniform(-40, 1240), 322 + 478 * t)
        colour = sheet.rng.choice(["#2B2620", "#7C6A52", "#463C31"])
        sheet.disc(*place, 0.8 + 4.2 * t, colour, 0.5 + 2.2 * t)


def fenced_strip(sheet: Sheet) -> None:
    """The strip still to be searched: red-topped stakes and a tape."""
    strip = [(676, 322), (718, 322), (560, 800), (60, 800)]
    sheet.tint(strip, WHEAT_DEEP, 0.2)
    for near, far in (((60, 800), (676, 322)), ((560, 800), (718, 322))):
        tops: list[Point] = []
        for t in (0.06, 0.27, 0.45, 0.6, 0.72, 0.81, 0.88, 0.94):
            x, y = lerp(near, far, t)
            k = 1 - t * 0.93
            sheet.line([(x, y), (x, y - 108 * k)], PAPER, 7 * k + 0.8, cap=False)
            sheet.line([(x, y - 80 * k), (x, y - 110 * k)], SIGNAL, 9 * k + 1, cap=False)
            tops.append((x, y - 74 * k))
        for a, b in pairwise(tops):
            sheet.line(sag(a, b, (a[1] - b[1]) * 0.1 + 2), WHEAT, 3.6 * (a[1] - 250) / 500 + 0.6)


def searcher(sheet: Sheet, x: float, y: float, k: float) -> None:
    """A kneeling figure with visor, apron and detector."""
    sheet.tint(arc(x + 2, y + 3, 82 * k, 0, 360, 9 * k), INK, 0.55, 4)
    shin = [(22, -16), (70, -12), (82, -2), (78, 4), (14, 2)]
    sheet.poly(placed(shin, x, y, k), "#132A42")
    sheet.poly(placed([(66, -14), (92, -24), (96, -14), (84, 4), (72, 2)], x, y, k), INK)
    sheet.line(placed([(16, -42), (26, -10)], x, y, k), "#132A42", 24 * k)
    sheet.line(placed([(10, -42), (-26, -36)], x, y, k), "#1D3E5F", 24 * k)
    sheet.line(placed([(-27, -34), (-24, -6)], x, y, k), "#1D3E5F", 18 * k)
    sheet.poly(placed([(-34, -8), (-14, -8), (-14, 3), (-48, 3), (-46, -4)], x, y, k), INK)
    back = curve([(28, -34), (44, -66), (30, -104), (2, -104)], 14)
    sheet.poly(placed([*back, (-14, -92), (-16, -40)], x, y, k), BLUE)
    sheet.poly(
        placed([(-14, -94), (2, -98), (4, -36), (-14, -26), (-26, -30), (-18, -60)], x, y, k),
        BLUE_MID,
    )
    sheet.line(placed([(-52, -62), (-112, -8)], x, y, k), SUNK, 4 * k)
    sheet.line(placed([(14, -90), (-8, -64), (-46, -66)], x, y, k), BLUE_DEEP, 13 * k)
    sheet.disc(*placed([(-50, -66)], x, y, k)[0], 7 * k, "#C79A6B")
    sheet.disc(*placed([(-116, -4)], x, y, k)[0], 24 * k, INK, 7 * k)
    sheet.disc(*placed([(-116, -6)], x, y, k)[0], 15 * k, STONE, 3.5 * k)
    searcher_head(sheet, x, y, k)


def searcher_head(sheet: Sheet, x: float, y: float, k: float) -> None:
    """Helmet and the long clear visor, looking down at the soil."""
    sheet.disc(*placed([(-4, -114)], x, y, k)[0], 15 * k, "#C79A6B")
    helmet = arc(-3, -117, 19, 172, 368)
    sheet.poly(placed([*helmet, (12, -104)], x, y, k), INK)
    sheet.poly(placed([(-23, -122), (-4, -118), (-10, -88), (-30, -94)], x, y, k), BLUE_PALE)
    sheet.line(placed([(-21, -117), (-26, -98)], x, y, k), PAPER, 2.2 * k)
