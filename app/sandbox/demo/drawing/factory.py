"""A lorry full of chairs."""

from app.sandbox.demo.drawing.palette import (
    BLUE,
    BLUE_DEEP,
    BLUE_PALE,
    INK,
    INK_MID,
    INK_SOFT,
    MUTED,
    PAPER,
    SOIL,
    SUNK,
    WHEAT,
    WHEAT_DEEP,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.parts import arc, banded_sky, gulls, placed, poplar, ridge, stubble
from app.sandbox.demo.drawing.sheet import Sheet


def chair(sheet: Sheet, x: float, y: float, k: float, colour: str, side: int = 1) -> None:
    """A wooden chair from the side, upright or upside down."""
    parts = [
        [(-16, 0), (-14, -36)],
        [(18, 0), (16, -36)],
        [(-20, -37), (20, -37)],
        [(-15, -38), (-22, -86)],
        [(-14, -18), (16, -18)],
    ]
    for part in parts:
        sheet.line(
            placed([(px, side * py) for px, py in part], x, y, k),
            colour,
            (7 if part is parts[2] else 4.6) * k,
        )
    for py in (-56, -70, -84):
        sheet.line(
            placed(
                [(-18 + (py + 56) * 0.1, side * py), (-21 + (py + 56) * 0.16, side * (py - 3))],
                x,
                y,
                k,
            ),
            colour,
            7 * k,
        )


def lorry(sheet: Sheet, x: float, y: float, k: float) -> None:
    """A flat-bed lorry loaded with chairs, driving to the right."""
    sheet.tint(arc(x + 10 * k, y + 4, 280 * k, 0, 360, 12 * k), INK, 0.5, 4)
    for tier in range(2):
        for i in range(6):
            cx, cy = x + (-208 + i * 54 + tier * 4) * k, y - (77 + tier * 86) * k
            chair(sheet, cx, cy - 84 * k, 0.92 * k, "#A9713A", side=-1)
            chair(sheet, cx, cy, 0.92 * k, "#6B3A1E")
    sheet.line(placed([(-240, -76), (-226, -254), (92, -254), (100, -80)], x, y, k), SUNK, 3)
    sheet.poly(placed([(-246, -76), (104, -76), (104, -44), (-246, -44)], x, y, k), WHEAT)
    sheet.poly(placed([(-246, -56), (104, -56), (104, -44), (-246, -44)], x, y, k), WHEAT_DEEP)
    cab = placed(
        [(112, -26), (112, -170), (196, -170), (232, -100), (252, -88), (252, -26)], x, y, k
    )
    sheet.poly(cab, BLUE)
    sheet.shade(cab, BLUE_DEEP, 0, 0.8)
    sheet.poly(placed([(140, -154), (188, -154), (216, -100), (140, -100)], x, y, k), BLUE_PALE)
    sheet.disc(*placed([(178, -116)], x, y, k)[0], 14 * k, INK_SOFT)
    sheet.poly(placed([(162, -100), (168, -110), (190, -110), (196, -100)], x, y, k), INK_SOFT)
    sheet.poly(placed([(-246, -44), (256, -44), (256, -22), (-246, -22)], x, y, k), INK)
    sheet.poly(placed([(240, -70), (254, -70), (254, -54), (240, -54)], x, y, k), WHEAT_PALE)
    for px in (-178, -112, 186):
        wheel(sheet, x + px * k, y - 22 * k, 28 * k)


def wheel(sheet: Sheet, x: float, y: float, r: float) -> None:
    """A tyre and its hub."""
    sheet.disc(x, y, r, INK)
    sheet.disc(x, y, r * 0.52, MUTED)
    sheet.disc(x, y, r * 0.2, INK_MID)


def hall(sheet: Sheet) -> None:
    """A brick hall with a saw-tooth roof."""
    for i in range(5):
        x = 700 + i * 104
        sheet.poly([(x, 420), (x, 320), (x + 104, 392), (x + 104, 420)], INK_SOFT)
        sheet.poly([(x + 4, 408), (x + 4, 332), (x + 18, 342), (x + 18, 408)], BLUE_PALE)
        sheet.poly([(x, 320), (x + 104, 392), (x + 104, 384), (x, 312)], INK)
    sheet.rect(690, 406, 1200, 520, "#8A4B33")
    sheet.fade((690, 406, 1200, 520), INK, 0.0, 0.35)
    for row in range(7):
        for i in range(18):
            x = 694 + i * 30 + (row % 2) * 15
            sheet.line([(x, 416 + row * 15), (x + 18, 416 + row * 15)], "#7A402B", 1.6, cap=False)
    for i in range(5):
        x = 716 + i * 104
        sheet.round_rect((x, 428, x + 62, 496), 5, WHEAT_PALE)
        for t in (1, 2):
            sheet.line([(x + t * 20.6, 428), (x + t * 20.6, 496)], SOIL, 2.4, cap=False)
        sheet.line([(x, 462), (x + 62, 462)], SOIL, 2.4, cap=False)
    sheet.poly([(1110, 330), (1116, 170), (1144, 170), (1150, 410), (1110, 410)], "#8A4B33")
    sheet.shade([(1110, 410), (1116, 170), (1144, 170), (1150, 410)], INK, 0.0, 0.5, 90)
    sheet.rect(1112, 168, 1148, 180, INK_SOFT)


def draw_factory(sheet: Sheet) -> None:
    """A lorry with chairs on a road of poplars, the hall ahead."""
    banded_sky(sheet, ["#9DBDD2", "#BBD0D6", "#D9DFD3", "#F2E6BE", "#F7DD8E"], 500)
    sheet.disc(430, 250, 86, PAPER)
    ridge(sheet, 476, 14, "#A5B5A4", 0.2, 240)
    ridge(sheet, 500, 8, "#7F9684", 2.0, 170)
    hall(sheet)
    sheet.rect(0, 516, 1200, 800, WHEAT_DEEP)
    for i in range(9):
        poplar(sheet, 30 + i * 84, 536, 250 - i * 15, "#2F4A45" if i % 2 else "#3B5A51")
    road = [(0, 612), (1200, 560), (1200, 618), (0, 716)]
    sheet.poly(road, "#565A5E")
    sheet.poly([(0, 606), (1200, 556), (1200, 564), (0, 616)], MUTED)
    sheet.poly([(0, 712), (1200, 614), (1200, 624), (0, 728)], MUTED)
    for i in range(9):
        x = 20 + i * 140
        y = 664 - x * 0.0625
        sheet.poly([(x, y), (x + 70, y - 4.4), (x + 70, y + 0.6), (x, y + 6)], WHEAT_PALE)
    stubble(sheet, 716, -0.08)
    lorry(sheet, 470, 660, 1.02)
    gulls(sheet, [(640, 130, 17), (700, 106, 12), (676, 158, 10)], INK_MID)
