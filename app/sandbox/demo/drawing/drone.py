"""A drone over a field."""

from app.sandbox.demo.drawing.palette import (
    BLUE,
    BLUE_DEEP,
    BLUE_PALE,
    INK,
    INK_MID,
    INK_SOFT,
    PAPER,
    SIGNAL,
    WHEAT,
    WHEAT_DEEP,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.parts import (
    arc,
    banded_sky,
    lerp,
    mix,
    placed,
    poplar,
    ridge,
    stubble,
)
from app.sandbox.demo.drawing.sheet import Point, Sheet


def draw_drone(sheet: Sheet) -> None:
    """A four-rotor drone over a wheat field at sunset, its shadow below."""
    banded_sky(sheet, ["#0A3A6B", "#2A618F", "#6D93AC", "#BFC1A8", "#F0CC74", "#EFAE45"], 520)
    sheet.glow(830, 500, 460, WHEAT_PALE, 0.8)
    sheet.disc(830, 492, 112, WHEAT_PALE)
    for y, x0, x1 in (
        (120, 90, 330),
        (146, 150, 420),
        (204, 870, 1130),
        (228, 930, 1060),
        (392, 60, 260),
        (410, 130, 360),
    ):
        sheet.round_rect((x0, y, x1, y + 13), 6, mix(BLUE_PALE, WHEAT_PALE, y / 420))
    ridge(sheet, 508, 10, "#7C7A55", 0.8, 220)
    for i in range(16):
        poplar(sheet, 40 + i * 34, 528, 36 + (i * 31 % 30), "#4A4F3A")
    sheet.rect(0, 524, 1200, 800, WHEAT_DEEP)
    wheat_rows(sheet, (760, 470))
    sheet.fade((0, 524, 1200, 600), WHEAT_PALE, 0.55, 0)
    sheet.fade((0, 620, 1200, 800), "#5B3E08", 0, 0.6)
    sheet.tint(arc(520, 668, 120, 0, 360, 11), INK, 0.6, 5)
    for dx in (-150, 150):
        sheet.tint(arc(520 + dx, 668, 60, 0, 360, 5), INK, 0.5, 4)
    drone(sheet, 520, 300, 1.0)
    stubble(sheet, 726, 0.0)


def wheat_rows(sheet: Sheet, eye: Point) -> None:
    """Rows of stubble that run to the horizon."""
    for i in range(-60, 70):
        x = 600 + i * 84
        start, stop = lerp(eye, (x, 820), 0.155), lerp(eye, (x + 40, 820), 0.155)
        sheet.poly([start, stop, (x + 40, 820), (x, 820)], "#C08F16")
        third = lerp(eye, (x + 56, 820), 0.155)
        sheet.poly([stop, third, (x + 56, 820), (x + 40, 820)], "#E8BC3C")


def drone(sheet: Sheet, x: float, y: float, k: float) -> None:
    """The machine from the front and a little below."""
    for sign in (-1, 1):
        far = placed([(sign * 60, -14), (sign * 190, -50)], x, y, k)
        sheet.line(far, INK_SOFT, 12 * k)
        rotor(sheet, *far[1], 96 * k, INK_SOFT)
    for sign in (-1, 1):
        near = placed([(sign * 70, 4), (sign * 286, -22)], x, y, k)
        sheet.line(near, INK, 19 * k)
        sheet.line([(near[0][0], near[0][1] - 4), (near[1][0], near[1][1] - 5)], INK_MID, 3 * k)
        rotor(sheet, *near[1], 136 * k, INK)
        sheet.disc(near[1][0], near[1][1] + 20 * k, 4.5 * k, SIGNAL if sign < 0 else "#3FA06B")
        leg = placed([(sign * 52, 30), (sign * 74, 84), (sign * 100, 88)], x, y, k)
        sheet.line(leg, INK, 7 * k)
    body = placed([(-92, -10), (-62, -40), (62, -40), (92, -10), (76, 34), (-76, 34)], x, y, k)
    sheet.poly(body, INK)
    sheet.poly(placed([(-62, -40), (62, -40), (74, -28), (-74, -28)], x, y, k), INK_MID)
    sheet.poly(placed([(-40, -40), (-34, -62), (34, -62), (40, -40)], x, y, k), WHEAT)
    sheet.line(placed([(16, -62), (16, -96)], x, y, k), INK, 4 * k)
    sheet.disc(*placed([(16, -100)], x, y, k)[0], 6 * k, INK)
    sheet.disc(*placed([(0, 36)], x, y, k)[0], 31 * k, INK)
    for r, colour in ((23, INK_MID), (18, BLUE), (11, BLUE_DEEP)):
        sheet.disc(*placed([(0, 38)], x, y, k)[0], r * k, colour)
    sheet.disc(*placed([(-6, 32)], x, y, k)[0], 4.4 * k, PAPER)


def rotor(sheet: Sheet, x: float, y: float, r: float, colour: str) -> None:
    """A motor and its turning blades."""
    sheet.rect(x - r * 0.1, y - r * 0.2, x + r * 0.1, y + r * 0.12, colour)
    sheet.tint(arc(x, y - r * 0.22, r, 0, 360, r * 0.12), PAPER, 0.34)
    sheet.tint(arc(x, y - r * 0.22, r * 0.96, 0, 360, r * 0.09), colour, 0.25)
    sheet.poly(
        [(x - r, y - r * 0.25), (x, y - r * 0.2), (x + r, y - r * 0.17), (x, y - r * 0.26)], colour
    )
    sheet.disc(x, y - r * 0.22, r * 0.07, colour)
