"""Shelves with one gap."""

from app.sandbox.demo.drawing.palette import (
    BLUE,
    BLUE_DEEP,
    BLUE_MID,
    INK,
    INK_MID,
    INK_SOFT,
    MUTED,
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
from app.sandbox.demo.drawing.sheet import Box, Point, Sheet

BACKS = [BLUE, BLUE, BLUE_DEEP, BLUE_MID, WHEAT, WHEAT_DEEP, MUTED, STONE, SUNK, PAPER, INK_SOFT]
BROAD = 15  # a back this wide has room for a label
DOTTED = 3  # the style with a dot


def spines(
    sheet: Sheet, x0: float, x1: float, floor: float, height: float, gap: Box | None
) -> None:
    """One shelf of books from x0 to x1, leaving the gap free."""
    x = x0
    while x < x1 - 9:
        w = min(sheet.rng.uniform(13, 36), x1 - x)
        h = height * sheet.rng.uniform(0.66, 0.94)
        colour = sheet.rng.choice(BACKS if sheet.chance(0.94) else [*BACKS, SIGNAL])
        if gap and gap[0] - 4 < x + w and x < gap[2]:
            x = max(gap[2], x + w)
            continue
        if sheet.chance(0.05) and x + 60 < x1 and not (gap and gap[0] - 80 < x < gap[2]):
            sheet.poly(
                [
                    (x + 4, floor),
                    (x + 26, floor),
                    (x + 26 + h * 0.26, floor - h * 0.95),
                    (x + 4 + h * 0.26, floor - h),
                ],
                colour,
            )
            x += 30 + h * 0.27
            continue
        spine(sheet, (x, floor - h, x + w - 1.6, floor), colour)
        x += w


def spine(sheet: Sheet, box: Box, colour: str) -> None:
    """One book's back with bands, a label or a yellow dot."""
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    sheet.rect(*box, colour)
    sheet.rect(x1 - w * 0.2, y0, x1, y1, mix(colour, INK, 0.22))
    trim = mix(colour, PAPER, 0.6) if colour not in (PAPER, SUNK, MUTED) else mix(colour, INK, 0.45)
    style, broad = sheet.rng.randrange(5), w > BROAD
    if style in (0, 1):
        sheet.rect(x0, y0 + h * 0.1, x1, y0 + h * 0.1 + 4, trim)
        sheet.rect(x0, y0 + h * 0.86, x1, y0 + h * 0.86 + 4, trim)
    if style in (1, 2) and broad:
        sheet.rect(x0 + w * 0.22, y0 + h * 0.22, x1 - w * 0.24, y0 + h * 0.5, trim)
    if style == DOTTED and broad:
        sheet.disc(
            x0 + w * 0.46,
            y0 + h * 0.8,
            min(6, w * 0.26),
            WHEAT if colour not in (WHEAT, WHEAT_DEEP) else PAPER,
        )
        sheet.line([(x0 + w * 0.46, y0 + h * 0.16), (x0 + w * 0.46, y0 + h * 0.55)], trim, 2.4)


def ladder(sheet: Sheet, foot: Point, top: Point, width: float) -> None:
    """A library ladder leaning to the shelves."""
    for sign in (0, 1):
        sheet.line(
            [(foot[0] + sign * width, foot[1]), (top[0] + sign * width * 0.8, top[1])], INK, 13
        )
        sheet.line(
            [(foot[0] + sign * width - 2, foot[1]), (top[0] + sign * width * 0.8 - 2, top[1])],
            "#6B4A1E",
            7,
        )
    for i in range(1, 11):
        x, y = lerp(foot, top, i / 11)
        w = width * (1 - 0.2 * i / 11)
        sheet.line([(x, y), (x + w, y)], INK, 11)
        sheet.line([(x, y - 1.5), (x + w, y - 1.5)], "#8A6228", 6)


def draw_library(sheet: Sheet) -> None:
    """Full shelves, a ladder, and light falling through the one gap."""
    sheet.rect(0, 0, 1200, 800, "#2A2018")
    gap = (640.0, 222.0, 722.0, 372.0)
    for i in range(5):
        floor = 212 + i * 160 - 40
        sheet.rect(0, floor - 160, 1200, floor, "#1E1712")
        spines(sheet, 14, 596, floor, 136, None)
        spines(sheet, 616, 1190, floor, 136, gap if i == 1 else None)
        sheet.rect(0, floor, 1200, floor + 20, "#7A5424")
        sheet.rect(0, floor, 1200, floor + 6, "#A87A38")
        sheet.fade((0, floor + 20, 1200, floor + 56), INK, 0.65, 0)
    for x in (-10, 596, 1188):
        sheet.rect(x, 0, x + 20, 800, "#7A5424")
        sheet.rect(x, 0, x + 6, 800, "#A87A38")
    sheet.fade((0, 0, 1200, 800), "#120D0A", 0.2, 0.55)
    sheet.rect(648, 194, 718, 332, PAPER)
    sheet.glow(683, 262, 250, WHEAT_PALE, 0.8, 2.2)
    sheet.rect(650, 196, 716, 332, PAPER)
    sheet.tint([(650, 196), (716, 196), (500, 800), (90, 800)], WHEAT_PALE, 0.36, 6)
    note = [(668, 300), (702, 296), (704, 330), (670, 332)]
    sheet.poly(note, WHEAT)
    for i in range(3):
        sheet.line([(674, 306 + i * 7), (698, 304 + i * 7)], WHEAT_DARK, 1.8)
    ladder(sheet, (846, 812), (786, 40), 118)
    cat(sheet, 300, 652, 1.0)


def cat(sheet: Sheet, x: float, y: float, k: float) -> None:
    """The library's cat, asleep on a lower shelf."""
    sheet.rect(x - 92 * k, y - 100 * k, x + 92 * k, y, "#1A130E")
    sheet.glow(x + 30 * k, y - 40 * k, 90 * k, WHEAT_PALE, 0.35)
    sheet.poly(
        placed([*curve([(-76, 0), (-86, -60), (10, -84), (60, -40), (64, 0)])], x, y, k), INK
    )
    sheet.disc(*placed([(-52, -24)], x, y, k)[0], 25 * k, INK, 21 * k)
    sheet.poly(placed([(-74, -32), (-72, -56), (-56, -42)], x, y, k), INK)
    sheet.poly(placed([(-50, -42), (-36, -58), (-30, -34)], x, y, k), INK)
    sheet.line(
        placed(curve([(58, -10), (84, 4), (30, -8), (-8, -6)], 16), x, y, k), INK_MID, 10 * k
    )
    sheet.line(placed(arc(-62, -24, 6, 10, 170, 3), x, y, k), WHEAT, 2 * k)
    sheet.line(placed(arc(-42, -24, 6, 10, 170, 3), x, y, k), WHEAT, 2 * k)
