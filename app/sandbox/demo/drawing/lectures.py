"""A lecture in a vault."""

from app.sandbox.demo.drawing.palette import (
    BLUE_MID,
    BLUE_PALE,
    INK,
    INK_SOFT,
    MUTED,
    PAPER,
    WHEAT,
    WHEAT_DARK,
    WHEAT_DEEP,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.parts import arc, curve, mix, placed
from app.sandbox.demo.drawing.sheet import Point, Sheet

HEADS = ("short", "knot", "long", "cap")


def draw_lectures(sheet: Sheet) -> None:
    """A brick vault, a bright blackboard at its end, heads in the foreground."""
    sheet.rect(0, 0, 1200, 800, "#231C19")
    rings = 7
    for i in range(rings):
        vault_ring(sheet, i / rings, (i + 1) / rings)
    sheet.rect(391, 371, 809, 560, "#D8BE8E")
    sheet.poly([*arc(600, 372, 208, 180, 360, 150), (808, 560), (392, 560)], "#D8BE8E")
    sheet.glow(600, 360, 330, WHEAT_PALE, 0.7)
    board(sheet)
    lecturer(sheet, 724, 560, 0.98)
    floor = [(392, 560), (808, 560), (1200, 800), (0, 800)]
    sheet.poly(floor, "#5B4630")
    sheet.shade(floor, INK, 0.0, 0.8)
    for i, (y, k) in enumerate(((146, 1.25), (222, 0.86), (262, 0.62))):
        for sign in (-1, 1):
            hanging_lamp(sheet, 600 + sign * (300 - i * 84), y, k)
    for row, (y, k, count) in enumerate(
        ((590, 0.62, 9), (644, 0.86, 8), (720, 1.18, 7), (828, 1.66, 6))
    ):
        audience(sheet, y, k, count, row)


def vault_ring(sheet: Sheet, start: float, stop: float) -> None:
    """One bay of the vault with its courses of brick."""

    def outline(t: float) -> list[Point]:
        k = 1 / (1 + 1.95 * t)
        y = 372 + (430 - 372) * (k - 0.34)
        w, h = 620 * k, 440 * k
        walls = [(y + (900 - y) * i / 12 * k) for i in range(12, 0, -1)]
        left = [(600 - w, 900.0), *((600 - w, wall) for wall in walls)]
        right = [(1200 - px, py) for px, py in reversed(left)]
        return [*left, *arc(600, y, w, 180, 360, h), *right]

    near = mix("#6B3B2A", "#B07A4C", start)
    sheet.poly(outline(start), mix(near, INK, 0.35))
    courses = 7
    for j in range(courses):
        t = start + (stop - start) * (0.22 + 0.78 * j / courses)
        sheet.poly(outline(t), mix(near, INK if j % 2 else WHEAT, 0.12))
        outer, inner = outline(t), outline(t + (stop - start) * 0.78 / courses)
        for i in range(1 + j % 2, len(outer), 2):
            sheet.line([outer[i], inner[i]], mix(near, INK, 0.4), 2.2 * (1.15 - start), cap=False)


def board(sheet: Sheet) -> None:
    """The blackboard with a section through a river under ice."""
    sheet.rect(438, 352, 676, 506, WHEAT_DARK)
    sheet.rect(446, 360, 668, 498, "#17382F")
    sheet.line(curve([(462, 410), (520, 480), (590, 480), (652, 404)]), PAPER, 3)
    sheet.line([(474, 426), (640, 426)], PAPER, 2.4)
    sheet.line([(482, 436), (632, 436)], BLUE_PALE, 2.4)
    for i in range(4):
        sheet.line([(510 + i * 26, 452), (528 + i * 26, 452)], BLUE_PALE, 2)
    for i, w in enumerate((88, 60, 74)):
        sheet.line([(466, 376 + i * 12), (466 + w, 376 + i * 12)], MUTED, 2.4)
    sheet.rect(438, 506, 676, 513, WHEAT_DEEP)


def lecturer(sheet: Sheet, x: float, y: float, k: float) -> None:
    """An old man pointing at the board."""
    sheet.poly(
        placed([(-26, 0), (-28, -100), (-18, -136), (16, -138), (30, -104), (28, 0)], x, y, k), INK
    )
    sheet.line(placed([(-18, -124), (-50, -116), (-84, -138)], x, y, k), INK, 13 * k)
    sheet.line(placed([(-84, -138), (-122, -160)], x, y, k), WHEAT_DARK, 3 * k)
    sheet.line(placed([(22, -126), (40, -84), (30, -52)], x, y, k), INK, 13 * k)
    sheet.disc(*placed([(-2, -158)], x, y, k)[0], 18 * k, "#C79A6B")
    sheet.poly(placed([*arc(2, -160, 20, 275, 420), (6, -150), (8, -164)], x, y, k), PAPER)
    sheet.poly(
        placed([(-18, -150), (8, -146), (2, -134), (-12, -126), (-20, -138)], x, y, k), PAPER
    )
    sheet.disc(*placed([(-10, -160)], x, y, k)[0], 5 * k, INK_SOFT)
    sheet.disc(*placed([(-10, -160)], x, y, k)[0], 3.4 * k, WHEAT_PALE)


def hanging_lamp(sheet: Sheet, x: float, y: float, k: float) -> None:
    """A cone lamp on a cord."""
    sheet.glow(x, y + 20 * k, 170 * k, WHEAT_PALE, 0.7, 2.4)
    sheet.line([(x, y - 150 * k), (x, y - 24 * k)], INK, 3 * k)
    sheet.disc(x, y + 8 * k, 13 * k, PAPER)
    sheet.poly(
        [
            (x - 8 * k, y - 26 * k),
            (x + 8 * k, y - 26 * k),
            (x + 40 * k, y + 8 * k),
            (x - 40 * k, y + 8 * k),
        ],
        INK,
    )


def audience(sheet: Sheet, y: float, k: float, count: int, row: int) -> None:
    """A row of heads and shoulders with a rim of light."""
    colour = [mix("#4A382B", INK, 0.25), "#33291F", "#241F1B", "#141517"][row]
    rim = mix(colour, WHEAT, 0.5 - row * 0.08)
    gap = 1240 / count if row > 1 else (560 + row * 300) / count
    start = 600 - gap * (count - 1) / 2 + (row % 2) * gap * 0.2
    for i in range(count):
        x = start + i * gap + sheet.rng.uniform(-9, 9) * k
        dy = sheet.rng.uniform(-9, 9) * k
        shoulders = curve(
            [(-58, 40), (-56, -18), (-20, -24), (0, -24), (20, -24), (56, -18), (58, 40)], 20
        )
        sheet.poly(placed([(px, py - 4) for px, py in shoulders], x, y + dy, k), rim)
        sheet.poly(placed([*shoulders, (60, 120), (-60, 120)], x, y + dy, k), colour)
        head(sheet, (x, y + dy), k, HEADS[(i * 3 + row) % 4], colour, rim)


def head(sheet: Sheet, place: Point, k: float, kind: str, colour: str, rim: str) -> None:
    """One head from behind: short hair, a knot, long hair or a cap."""
    x, y = place
    sheet.disc(x, y - 52 * k, 27 * k, rim, 31 * k)
    sheet.disc(x, y - 49 * k, 27 * k, colour, 31 * k)
    sheet.rect(x - 11 * k, y - 36 * k, x + 11 * k, y - 8 * k, colour)
    if kind == "knot":
        sheet.disc(x, y - 86 * k, 12 * k, rim)
        sheet.disc(x, y - 84 * k, 12 * k, colour)
    if kind == "long":
        sheet.poly(placed([(-27, -52), (27, -52), (33, 6), (-33, 6)], x, y, k), colour)
    if kind == "cap":
        sheet.poly(
            placed([*arc(0, -56, 30, 180, 360), (30, -46), (-30, -46)], x, y, k),
            mix(colour, BLUE_MID, 0.3),
        )
