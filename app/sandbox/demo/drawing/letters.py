"""Wooden type and two speech bubbles."""

from collections.abc import Sequence

from app.sandbox.demo.drawing.palette import BLUE, BLUE_PALE, EMBER, INK, MUTED, PAPER, SUNK, WHEAT
from app.sandbox.demo.drawing.parts import arc, curve, mix
from app.sandbox.demo.drawing.sheet import Box, Point, Sheet


def block(sheet: Sheet, box: Box, face: str) -> None:
    """A block of wooden type seen a little from the right."""
    x0, y0, x1, y1 = box
    side = 26
    sheet.tint([(x0 + 10, y1 - 6), (x1 + 80, y1 - 6), (x1 + 50, y1 + 8), (x0, y1 + 8)], INK, 0.5, 5)
    sheet.poly([(x1, y0), (x1 + side, y0 + 16), (x1 + side, y1), (x1, y1)], mix(face, INK, 0.5))
    sheet.rect(x0, y0, x1, y1, face)
    for i in range(9):
        y = y0 + (i + 0.5) * (y1 - y0) / 9
        swing = sheet.rng.uniform(-6, 6)
        sheet.line(
            curve([(x0 + 3, y), ((x0 + x1) / 2, y + swing), (x1 - 3, y + swing * 0.3)], 14),
            mix(face, INK, 0.1),
            2,
        )
    sheet.rect(x0, y0, x1, y0 + 5, mix(face, PAPER, 0.45))


def stem(
    sheet: Sheet, x: float, top: float, bottom: float, wide: tuple[float, float], ink: str
) -> None:
    """An upright stroke with slab serifs; `wide` is the stroke and its feet."""
    w, foot = wide
    sheet.rect(x - w / 2, top, x + w / 2, bottom, ink)
    for y in (top, bottom - 15):
        sheet.rect(x - w / 2 - foot, y, x + w / 2 + foot, y + 15, ink)


def letter_yi(sheet: Sheet, x: float, top: float, bottom: float, ink: str) -> None:
    """The letter that is an upright with two dots."""
    stem(sheet, x, top + 66, bottom, (46, 24), ink)
    for sign in (-1, 1):
        sheet.disc(x + sign * 33, top + 24, 22, ink)


def letter_ye(sheet: Sheet, x: float, top: float, bottom: float, ink: str, face: str) -> None:
    """The letter that is an open bow with a tongue."""
    y, r2 = (top + bottom) / 2, (bottom - top) / 2
    outer = arc(x, y, 92, 42, 318, r2)
    inner = arc(x + 6, y, 46, 312, 48, r2 - 20)
    sheet.poly([*outer, *inner], ink)
    sheet.rect(x - 60, y - 11, x + 34, y + 11, ink)
    for sign in (-1, 1):
        sheet.poly(
            [
                (x + 56, y + sign * r2 * 0.92),
                (x + 80, y + sign * r2 * 0.92),
                (x + 80, y + sign * r2 * 0.42),
                (x + 66, y + sign * r2 * 0.42),
            ],
            ink,
        )
    sheet.disc(x + 34, y, 11, face)


def letter_ghe(sheet: Sheet, x: float, top: float, bottom: float, ink: str) -> None:
    """The letter with the upturned arm."""
    stem(sheet, x - 36, top + 36, bottom, (46, 24), ink)
    sheet.rect(x - 60, top + 36, x + 76, top + 62, ink)
    sheet.rect(x + 52, top, x + 76, top + 60, ink)


def letter_shcha(sheet: Sheet, x: float, top: float, bottom: float, ink: str) -> None:
    """The letter with three uprights and a tail."""
    low = bottom - 34
    for dx in (-78, 0, 78):
        stem(sheet, x + dx, top, low, (36, 10), ink)
    sheet.rect(x - 96, low - 24, x + 118, low, ink)
    sheet.poly(
        [(x + 92, low - 10), (x + 118, low - 10), (x + 116, bottom + 6), (x + 98, bottom + 6)], ink
    )


def bubble(
    sheet: Sheet, box: Box, colour: str, tip: Sequence[Point], lines: Sequence[float], ink: str
) -> None:
    """A speech bubble with lines of unreadable writing."""
    sheet.round_rect(box, 46, colour)
    sheet.poly(tip, colour)
    for i, share in enumerate(lines):
        x, y = box[0] + 48, box[1] + 52 + i * 40
        end = x + (box[2] - box[0] - 96) * share
        while x < end:
            w = sheet.rng.uniform(24, 74)
            sheet.line([(x, y), (min(x + w, end), y)], ink, 11)
            x += w + 22


def draw_letters(sheet: Sheet) -> None:
    """Wooden type on a shelf, two speech bubbles above."""
    sheet.rect(0, 0, 1200, 800, SUNK)
    for i in range(0, 1300, 50):
        sheet.line([(i, 0), (i, 700)], "#E9E2D0", 2, cap=False)
    sheet.fade((0, 0, 1200, 700), MUTED, 0.0, 0.5)
    bubble(
        sheet,
        (120, 70, 610, 250),
        BLUE,
        [(200, 240), (300, 240), (214, 324)],
        (0.95, 0.8, 0.5),
        PAPER,
    )
    bubble(
        sheet, (660, 130, 1080, 290), WHEAT, [(900, 280), (990, 280), (984, 360)], (0.9, 0.6), INK
    )
    sheet.rect(0, 676, 1200, 800, "#6B4A1E")
    sheet.rect(0, 676, 1200, 756, "#A87A38")
    sheet.fade((0, 676, 1200, 756), "#6B4A1E", 0.45, 0)
    sheet.rect(0, 756, 1200, 762, "#C9A063")
    sheet.fade((0, 762, 1200, 800), INK, 0.2, 0.6)
    block(sheet, (92, 366, 266, 688), WHEAT)
    letter_yi(sheet, 179, 404, 652, INK)
    block(sheet, (322, 420, 548, 688), PAPER)
    letter_ye(sheet, 430, 452, 656, BLUE, PAPER)
    block(sheet, (604, 384, 800, 688), BLUE)
    letter_ghe(sheet, 694, 416, 652, PAPER)
    block(sheet, (856, 410, 1116, 688), "#C9A063")
    letter_shcha(sheet, 978, 444, 656, INK)
    pot(sheet)


def pot(sheet: Sheet) -> None:
    """Two glasses of tea at the front edge."""
    for x in (560, 826):
        sheet.tint(arc(x + 6, 742, 40, 0, 360, 7), INK, 0.5, 3)
        sheet.poly([(x - 26, 664), (x + 26, 664), (x + 22, 742), (x - 22, 742)], BLUE_PALE)
        sheet.poly([(x - 24, 684), (x + 24, 684), (x + 20, 738), (x - 20, 738)], "#B5631C")
        sheet.poly([(x - 24, 684), (x + 24, 684), (x + 23, 692), (x - 23, 692)], EMBER)
        sheet.line([(x - 16, 672), (x - 13, 730)], PAPER, 3)
        for i in range(2):
            steam = curve(
                [
                    (x - 8 + i * 14, 656),
                    (x - 22 + i * 14, 634),
                    (x + 8 + i * 14, 616),
                    (x - 6 + i * 14, 592),
                ],
                16,
            )
            sheet.line(steam, PAPER, 3)
