"""Pylons, a river and a barge."""

from itertools import pairwise

from app.sandbox.demo.drawing.palette import (
    BLUE,
    BLUE_DEEP,
    INK,
    INK_SOFT,
    NIGHT,
    WHEAT,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.parts import (
    banded_sky,
    curve,
    gulls,
    lerp,
    placed,
    ridge,
    ripples,
    sag,
    sun_path,
)
from app.sandbox.demo.drawing.sheet import Point, Sheet


def pylon(sheet: Sheet, x: float, base: float, height: float, colour: str) -> list[Point]:
    """A lattice tower; returns where its wires hang."""
    levels = [
        (0, 0.15),
        (0.2, 0.105),
        (0.38, 0.07),
        (0.54, 0.042),
        (0.68, 0.034),
        (0.8, 0.03),
        (0.91, 0.026),
        (1, 0.004),
    ]
    weight = max(1.6, height * 0.009)
    rows = [
        ((x - w * height, base - t * height), (x + w * height, base - t * height))
        for t, w in levels
    ]
    for (l0, r0), (l1, r1) in pairwise(rows):
        sheet.line([l0, l1], colour, weight)
        sheet.line([r0, r1], colour, weight)
        sheet.line([l0, r1], colour, weight * 0.55)
        sheet.line([r0, l1], colour, weight * 0.55)
        sheet.line([l1, r1], colour, weight * 0.55)
    hooks: list[Point] = []
    for t, reach in ((0.66, 0.2), (0.78, 0.26), (0.9, 0.17)):
        hooks += pylon_arm(sheet, x, base - t * height, reach * height, weight, colour)
    return hooks


def pylon_arm(
    sheet: Sheet, x: float, y: float, reach: float, weight: float, colour: str
) -> list[Point]:
    """Both halves of one cross-arm with their insulators."""
    hooks: list[Point] = []
    for sign in (-1, 1):
        tip = (x + sign * reach, y)
        root = (x, y - reach * 0.27)
        sheet.line([(x, y), tip, root], colour, weight * 0.9)
        for t in (0.3, 0.55, 0.78):
            low, high = lerp((x, y), tip, t), lerp(root, tip, t - 0.12)
            sheet.line([high, low, lerp(root, tip, t)], colour, weight * 0.5)
        drop = reach * 0.2
        sheet.line([tip, (tip[0], y + drop)], colour, weight * 0.9)
        for i in range(3):
            sheet.disc(tip[0], y + drop * (0.4 + 0.3 * i), weight * 1.1, colour, weight * 0.5)
        hooks.append((tip[0], y + drop))
    return hooks


def barge(sheet: Sheet, x: float, y: float, k: float) -> None:
    """A flat boat with one heavy machine on deck."""
    sheet.poly(placed([(-150, 0), (150, 0), (128, 26), (-138, 26)], x, y, k), INK)
    sheet.poly(placed([(96, 0), (96, -40), (136, -40), (136, 0)], x, y, k), INK)
    sheet.poly(placed([(104, -32), (128, -32), (128, -20), (104, -20)], x, y, k), WHEAT)
    sheet.poly(placed([(-70, 0), (-70, -44), (40, -44), (40, 0)], x, y, k), INK_SOFT)
    for i in range(6):
        sheet.poly(
            placed(
                [(-64 + i * 17, -4), (-64 + i * 17, -38), (-56 + i * 17, -38), (-56 + i * 17, -4)],
                x,
                y,
                k,
            ),
            INK,
        )
    for px in (-50, -15, 20):
        sheet.poly(
            placed([(px - 4, -44), (px - 2, -66), (px + 2, -66), (px + 4, -44)], x, y, k), INK_SOFT
        )


def draw_grid(sheet: Sheet) -> None:
    """Pylons against a low sun, the river and the barge."""
    banded_sky(sheet, [BLUE_DEEP, BLUE, "#2C659C", "#6E97B4", "#C9BE93", "#EFC95A"], 610)
    sheet.glow(330, 575, 520, WHEAT_PALE, 0.75)
    sheet.disc(330, 560, 138, WHEAT)
    for y in (500, 532, 560, 584):
        sheet.rect(180, y, 480, y + (y - 480) / 18, "#EBC75E")
    ridge(sheet, 590, 9, "#4C6E86", 0.6, 210)
    ridge(sheet, 606, 7, "#23476A", 2.2, 160)
    sheet.rect(0, 618, 1200, 800, "#1B4C79")
    sheet.fade((0, 618, 1200, 800), NIGHT, 0, 0.75)
    sun_path(sheet, 330, (624, 790), 210, "#E9BF3E")
    ripples(sheet, (420, 626, 1200, 780), "#3B6C95", 26, 110)
    barge(sheet, 610, 668, 0.95)
    bank = curve([(640, 800), (800, 770), (880, 690), (1040, 655), (1200, 640)])
    sheet.poly([*bank, (1200, 800)], INK)
    far = pylon(sheet, 118, 608, 150, "#1C3C5C")
    near = pylon(sheet, 545, 612, 290, "#13263C")
    front = pylon(sheet, 985, 700, 640, INK)
    for i, hook in enumerate(front):
        sheet.line(sag(near[i], hook, 46), INK, 2.2)
        sheet.line(sag(far[i], near[i], 22), "#16304D", 1.6)
        sheet.line(sag(hook, (1480, hook[1] - 120), 60), INK, 2.6)
        sheet.line(sag((-160, far[i][1] + 20), far[i], 12), "#1C3C5C", 1.2)
    gulls(sheet, [(690, 190, 17), (740, 168, 12), (655, 236, 10)], "#C9D6DC")
