"""Two artificial legs on a bench."""

from app.sandbox.demo.drawing.palette import (
    BLUE,
    BLUE_DEEP,
    BLUE_PALE,
    INK,
    INK_MID,
    INK_SOFT,
    MUTED,
    NIGHT,
    PAPER,
    SIGNAL,
    STONE,
    SUNK,
    WHEAT,
    WHEAT_DARK,
    WHEAT_DEEP,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.parts import arc, curve, lerp, mix, placed
from app.sandbox.demo.drawing.sheet import Sheet


def tool_wall(sheet: Sheet) -> None:
    """A pegboard with the outlines of tools."""
    sheet.rect(0, 0, 1200, 800, BLUE)
    for y in range(46, 560, 34):
        for x in range(20, 1200, 34):
            sheet.disc(x, y, 2.6, BLUE_DEEP)
    saw(sheet, 120, 150)
    for i, length in enumerate((150, 128, 108)):
        x = 940 + i * 62
        sheet.round_rect((x - 10, 130, x + 10, 196), 8, WHEAT_DEEP if i % 2 else INK)
        sheet.rect(x - 3.5, 190, x + 3.5, 150 + length, MUTED)
    sheet.line(arc(1146, 190, 34, 40, 320), MUTED, 15, cap=False)
    sheet.line([(1122, 214), (1096, 330)], MUTED, 16)
    sheet.line([(216, 300), (216, 420)], WHEAT_DEEP, 15)
    sheet.round_rect((172, 286, 262, 324), 6, INK)
    for x, w in ((60, 15), (92, 12), (120, 10)):
        sheet.round_rect((x - w, 330, x + w, 460), 6, BLUE_DEEP)
        sheet.rect(x - w, 362, x + w, 372, WHEAT)


def saw(sheet: Sheet, x: float, y: float) -> None:
    """A hand saw hung level."""
    sheet.poly([(x, y - 26), (x + 168, y - 14), (x + 168, y + 12), (x, y + 34)], MUTED)
    for i in range(16):
        sheet.poly(
            [
                (x + i * 10, y + 34 - i * 1.31),
                (x + i * 10 + 5, y + 44 - i * 1.31),
                (x + i * 10 + 10, y + 33 - i * 1.31),
            ],
            MUTED,
        )
    sheet.round_rect((x - 66, y - 36, x + 10, y + 46), 22, WHEAT_DEEP)
    sheet.round_rect((x - 46, y - 14, x - 12, y + 24), 15, BLUE)


def blade_leg(sheet: Sheet, x: float, y: float) -> None:
    """A runner's carbon blade with its socket, toe to the left."""
    spine = curve(
        [
            (x + 22, y - 244),
            (x + 190, y - 236),
            (x + 150, y - 16),
            (x - 10, y - 96),
            (x - 16, y + 46),
            (x - 140, y - 22),
        ],
        300,
    )
    for i, (px, py) in enumerate(spine):
        sheet.disc(px, py, 13 - 7 * i / 300, INK)
    sheet.line([(px + 5, py - 3) for px, py in spine[40:260]], INK_MID, 4)
    sheet.line([(px, py + 8) for px, py in spine[200:295]], WHEAT_DEEP, 6)
    socket(sheet, x + 8, y - 226, 0.92, WHEAT)
    sheet.round_rect((x - 6, y - 262, x + 44, y - 218), 6, STONE)
    for dy in (-250, -232):
        sheet.disc(x + 8, y + dy, 4.5, INK)
        sheet.disc(x + 30, y + dy, 4.5, INK)


def socket(sheet: Sheet, x: float, y: float, k: float, colour: str) -> None:
    """The cup that takes the stump."""
    cup = placed(
        [
            (-66, -178),
            (-20, -196),
            (40, -190),
            (74, -168),
            (58, -70),
            (28, -6),
            (-22, -6),
            (-50, -66),
        ],
        x,
        y,
        k,
    )
    sheet.poly(cup, colour)
    sheet.shade(cup, INK, 0.0, 0.38, 90)
    sheet.poly(
        placed(
            [(-66, -178), (-20, -196), (40, -190), (74, -168), (30, -164), (-24, -166)], x, y, k
        ),
        mix(colour, INK, 0.55),
    )
    sheet.line(placed([(-46, -150), (-36, -70)], x, y, k), mix(colour, PAPER, 0.55), 7 * k)
    for t in (0.35, 0.62):
        a, b = lerp((-58, -178), (-44, -66), t), lerp((72, -168), (54, -66), t)
        sheet.line(
            placed(curve([a, (0, a[1] + 18), b], 14), x, y, k), mix(colour, INK, 0.45), 4 * k
        )


def jointed_leg(sheet: Sheet, x: float, y: float) -> None:
    """A leg with socket, knee, tube and a shoe."""
    socket(sheet, x, y - 356, 1.0, PAPER)
    sheet.round_rect((x - 40, y - 372, x + 42, y - 268), 22, INK)
    sheet.disc(x + 2, y - 318, 29, STONE)
    sheet.disc(x + 2, y - 318, 17, INK_SOFT)
    sheet.disc(x + 2, y - 318, 6, WHEAT)
    sheet.rect(x - 17, y - 270, x + 19, y - 74, MUTED)
    sheet.fade((x - 17, y - 270, x + 19, y - 74), INK, 0, 0.6, 90)
    sheet.round_rect((x - 25, y - 118, x + 27, y - 78), 8, INK_SOFT)
    shoe = [
        (-38, -84),
        (38, -84),
        (46, -60),
        (48, -14),
        (-150, -14),
        (-156, -32),
        (-120, -48),
        (-62, -62),
    ]
    sheet.poly(placed(shoe, x, y, 1), BLUE_PALE)
    sheet.shade(placed(shoe, x, y, 1), BLUE_DEEP, 0, 0.55)
    sheet.round_rect((x - 160, y - 18, x + 54, y), 8, PAPER)
    for i in range(4):
        sheet.line([(x - 66 - i * 16, y - 60 + i * 4), (x - 48 - i * 16, y - 42 + i * 3)], PAPER, 4)


def draw_workshop(sheet: Sheet) -> None:
    """Two artificial legs on a bench, in the light of a hanging lamp."""
    tool_wall(sheet)
    sheet.fade((0, 0, 1200, 640), NIGHT, 0.8, 0.25)
    sheet.tint([(560, 140), (672, 140), (1020, 640), (200, 640)], WHEAT_PALE, 0.26, 7)
    sheet.glow(616, 180, 430, WHEAT_PALE, 0.4)
    sheet.line([(616, 0), (616, 84)], INK, 6)
    sheet.disc(616, 148, 34, PAPER)
    sheet.poly(
        curve([(600, 80), (560, 96), (528, 130), (520, 154)])
        + curve([(712, 154), (704, 130), (672, 96), (632, 80)]),
        INK,
    )
    sheet.rect(0, 640, 1200, 800, WHEAT_DARK)
    sheet.rect(0, 640, 1200, 662, WHEAT_DEEP)
    sheet.tint(arc(616, 650, 430, 0, 360, 13), WHEAT_PALE, 0.85, 6)
    sheet.fade((0, 662, 1200, 800), INK, 0.35, 0.85)
    for x in (250, 640, 980):
        sheet.line([(x, 664), (x, 800)], "#4A3A14", 3)
    sheet.tint(arc(420, 652, 150, 0, 360, 7), INK, 0.6, 4)
    sheet.tint(arc(730, 652, 150, 0, 360, 7), INK, 0.6, 4)
    blade_leg(sheet, 440, 638)
    jointed_leg(sheet, 790, 650)
    bench_things(sheet)


def bench_things(sheet: Sheet) -> None:
    """A roll of plaster bandage, a mug and a ruler."""
    sheet.disc(1010, 616, 36, SUNK)
    sheet.disc(1010, 616, 36, SUNK)
    sheet.line(arc(1010, 616, 26, 0, 360), MUTED, 3)
    sheet.line(arc(1010, 616, 15, 0, 360), MUTED, 3)
    sheet.disc(1010, 616, 7, STONE)
    sheet.line([(1010, 650), (1120, 650)], SUNK, 6)
    sheet.round_rect((150, 566, 216, 650), 8, SIGNAL)
    sheet.line(arc(148, 604, 20, 90, 270), SIGNAL, 9)
    sheet.fade((150, 570, 216, 648), INK, 0, 0.4, 90)
