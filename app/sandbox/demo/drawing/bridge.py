"""A bridge that gets its middle span back."""

from app.sandbox.demo.drawing.palette import (
    BLUE,
    BLUE_DEEP,
    INK,
    INK_MID,
    INK_SOFT,
    MUTED,
    NIGHT,
    PAPER,
    STONE,
    WHEAT,
    WHEAT_DARK,
    WHEAT_DEEP,
)
from app.sandbox.demo.drawing.parts import (
    banded_sky,
    curve,
    gulls,
    lattice_boom,
    placed,
    poplar,
    ridge,
    ripples,
)
from app.sandbox.demo.drawing.sheet import Point, Sheet


def truss(
    sheet: Sheet, span: tuple[float, float], top: float, deck: float, bays: int, colour: str
) -> None:
    """One span of a steel lattice bridge."""
    x0, x1 = span
    step = (x1 - x0) / bays
    for i in range(bays + 1):
        x = x0 + i * step
        if 0 < i < bays:
            sheet.line([(x, top), (x, deck)], colour, 5)
        if i < bays:
            high, low = (x, deck), (x + step, top)
            if i >= bays / 2:
                high, low = (x, top), (x + step, deck)
            sheet.line([high, low], colour, 7)
    sheet.line([(x0 + step, top), (x1 - step, top)], colour, 10)
    sheet.rect(x0, deck - 6, x1, deck + 14, colour)
    for i in range(bays * 2):
        sheet.line([(x0 + i * step / 2, deck - 26), (x0 + i * step / 2, deck)], colour, 2)
    sheet.line([(x0, deck - 26), (x1, deck - 26)], colour, 2)


def pier(sheet: Sheet, x: float, top: float, bottom: float) -> None:
    """A stone support standing in the river."""
    body = [(x - 30, top), (x + 30, top), (x + 42, bottom), (x - 42, bottom)]
    sheet.poly(body, MUTED)
    sheet.shade(body, INK, 0.0, 0.55, 90)
    sheet.rect(x - 40, top - 12, x + 40, top + 6, STONE)
    for y in range(int(top) + 30, int(bottom), 30):
        sheet.line([(x - 34, y), (x + 34, y)], "#8B836F", 1.4, cap=False)


def crane(sheet: Sheet) -> Point:
    """A yellow crawler crane on the right bank; returns the hook."""
    head = (640.0, 92.0)
    lattice_boom(sheet, (905, 432), head, 26, WHEAT)
    sheet.line([(962, 384), (936, 300), (640, 92)], INK, 2.4)
    body = [(880, 395), (990, 395), (1004, 446), (872, 446)]
    sheet.poly(body, WHEAT)
    sheet.shade(body, WHEAT_DARK, 0, 0.7)
    sheet.poly([(884, 402), (916, 402), (916, 436), (878, 436)], BLUE_DEEP)
    sheet.rect(962, 384, 1006, 440, WHEAT_DEEP)
    sheet.round_rect((860, 446, 1014, 474), 14, INK)
    for i in range(6):
        sheet.disc(876 + i * 24.5, 460, 8, INK_MID)
    sheet.line([head, (640, 318)], INK, 3)
    return (640, 318)


def girder(sheet: Sheet, x: float, y: float) -> None:
    """The new span, hanging from two slings."""
    sheet.line([(x, y), (x - 120, y + 66)], INK, 2.6)
    sheet.line([(x, y), (x + 120, y + 66)], INK, 2.6)
    sheet.disc(x, y, 9, INK)
    sheet.rect(x - 152, y + 64, x + 152, y + 74, WHEAT)
    sheet.rect(x - 152, y + 106, x + 152, y + 116, WHEAT_DEEP)
    for i in range(8):
        left, right = x - 152 + i * 38, x - 114 + i * 38
        ends = [(left, y + 106), (right, y + 74)] if i % 2 else [(left, y + 74), (right, y + 106)]
        sheet.line(ends, WHEAT_DEEP, 5)


def right_bank(sheet: Sheet) -> None:
    """The abutment and the steep bank behind it."""
    wall = [(846, 488), (1000, 488), (1000, 662), (838, 662)]
    sheet.poly(wall, STONE)
    sheet.shade(wall, INK, 0.35, 0.75, 90)
    for i in range(6):
        sheet.line([(840, 516 + i * 26), (960, 516 + i * 26)], "#3E3C36", 1.6, cap=False)
    bank = curve([(890, 484), (900, 590), (960, 640), (940, 730), (1010, 800)])
    sheet.poly([*bank, (1200, 800), (1200, 474)], INK_SOFT)
    sheet.shade([*bank, (1200, 800), (1200, 474)], INK, 0.0, 0.8)
    sheet.poly(
        [
            *curve([(960, 474), (985, 590), (1060, 640), (1050, 740), (1110, 800)]),
            (1200, 800),
            (1200, 474),
        ],
        "#1F242A",
    )


def draw_bridge(sheet: Sheet) -> None:
    """A bridge whose middle span is being lifted in."""
    banded_sky(sheet, ["#BFD2DD", "#D2DEE0", "#E4E6DC", "#F3EBD4", "#F8E9BE"], 560)
    sheet.disc(210, 190, 84, PAPER)
    ridge(sheet, 548, 12, "#A9B9B6", 1.4, 190)
    ridge(sheet, 566, 8, "#7E979B", 3.0, 140)
    for i in range(13):
        poplar(sheet, 30 + i * 27, 572 - (i % 3) * 2, 62 + (i * 37 % 23), "#6A858C")
    sheet.rect(0, 584, 1200, 800, BLUE)
    sheet.fade((0, 584, 1200, 800), BLUE_DEEP, 0, 0.9)
    ripples(sheet, (0, 590, 1200, 796), "#3D78AE", 60, 130)
    for x in (470, 812):
        sheet.tint([(x - 42, 640), (x + 42, 640), (x + 30, 790), (x - 30, 790)], NIGHT, 0.5, 3)
    sheet.tint([(500, 700), (790, 700), (770, 716), (520, 716)], WHEAT, 0.4, 3)
    for x in (110, 470, 812):
        pier(sheet, x, 486, 646)
    truss(sheet, (-70, 470), 300, 470, 6, INK)
    right_bank(sheet)
    sheet.rect(800, 472, 1200, 490, INK)
    hook = crane(sheet)
    girder(sheet, *hook)
    worker(sheet, 838, 472, 0.9)
    worker(sheet, 440, 464, 0.9, side=-1)
    gulls(sheet, [(330, 130, 16), (380, 112, 11), (1040, 180, 13)], INK_MID)


def worker(sheet: Sheet, x: float, y: float, k: float, side: int = 1) -> None:
    """A small person in a helmet, one arm raised."""
    sheet.poly(
        placed(
            [(-9, 0), (-7, -26), (-8, -48), (8, -48), (7, -26), (10, 0), (3, 0), (0, -22), (-3, 0)],
            x,
            y,
            k,
            side,
        ),
        INK,
    )
    sheet.poly(placed([(-9, -24), (-9, -49), (9, -49), (8, -24)], x, y, k, side), WHEAT)
    sheet.line(placed([(-7, -46), (-20, -62), (-16, -76)], x, y, k, side), INK, 5 * k)
    sheet.disc(*placed([(0, -57)], x, y, k, side)[0], 7 * k, "#C79A6B")
    sheet.poly(placed([(-10, -58), (-7, -66), (7, -66), (10, -58)], x, y, k, side), PAPER)
