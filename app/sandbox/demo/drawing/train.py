"""A train at night."""

import math

from app.sandbox.demo.drawing.palette import (
    BLUE,
    INK,
    MUTED,
    NIGHT,
    PAPER,
    WHEAT,
    WHEAT_DEEP,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.parts import (
    banded_sky,
    lerp,
    mix,
    placed,
    poplar,
    ridge,
    traveller,
)
from app.sandbox.demo.drawing.sheet import Sheet


def draw_train(sheet: Sheet) -> None:
    """A night train coming round the bend towards a small station."""
    banded_sky(sheet, ["#061325", "#0A1D36", "#0D2C4F", "#174470", "#3A6A8C"], 430)
    for _ in range(120):
        x, y = sheet.rng.uniform(0, 1200), sheet.rng.uniform(0, 330) ** 1.0
        sheet.disc(x, y, sheet.rng.choice([0.9, 1.2, 1.9]), "#C9D6E2")
    sheet.disc(1010, 118, 44, WHEAT_PALE)
    sheet.disc(1030, 106, 40, "#0A2039")
    ridge(sheet, 404, 12, "#123251", 0.4, 190)
    for i in range(12):
        poplar(sheet, 30 + i * 31, 424, 66 + (i * 41 % 34), "#0D2742")
    sheet.rect(0, 420, 1200, 800, "#0B2036")
    sheet.fade((0, 420, 1200, 800), INK, 0.1, 0.9)
    station(sheet)
    sheet.glow(520, 416, 330, WHEAT_PALE, 0.5, 2.4)
    beam = [(516, 430), (534, 430), (900, 800), (240, 800)]
    sheet.tint(beam, WHEAT, 0.3, 10)
    track(sheet)
    train_front(sheet, 520, 448, 1.0)


def rail_at(t: float) -> tuple[float, float, float]:
    """Centre, height and half gauge of the track: 0 at the train, 1 at the viewer."""
    y = 446 + 360 * t**1.7
    return 524 + 64 * math.sin(t * 2.0) * t, y, 11 + 172 * t**1.7


def track(sheet: Sheet) -> None:
    """Sleepers and two rails that catch the light."""
    for i in range(44):
        t = (i + 0.5) / 44
        x, y, half = rail_at(t)
        height = 1.5 + 13 * t**1.7
        near = mix("#8C7431", "#2A2620", min(1.0, t * 1.05))
        w = half * 1.5
        sheet.poly(
            [(x - w, y), (x + w, y), (x + w * 1.03, y + height), (x - w * 1.03, y + height)], near
        )
    for sign in (-1, 1):
        inner, outer = [], []
        for i in range(61):
            x, y, half = rail_at(i / 60)
            inner.append((x + sign * half * 0.97, y))
            outer.append((x + sign * half * 1.07, y))
        sheet.poly([*inner, *reversed(outer)], "#E8D9A4")
        shade = [(px + sign * 0.35 * (py - 446) * 0.06, py + 2) for px, py in outer]
        sheet.poly([*outer, *reversed(shade)], "#6A6450")


def station(sheet: Sheet) -> None:
    """A small station with warm windows and a platform."""
    sheet.glow(960, 400, 260, WHEAT, 0.3)
    sheet.poly([(700, 440), (1200, 452), (1200, 500), (760, 462)], "#274058")
    sheet.poly([(700, 440), (1200, 446), (1200, 456), (704, 444)], MUTED)
    sheet.rect(830, 312, 1110, 444, "#1C3957")
    sheet.poly([(806, 318), (1134, 318), (1084, 246), (858, 246)], "#0A1B30")
    sheet.rect(934, 214, 1006, 262, "#1C3957")
    sheet.poly([(924, 218), (1016, 218), (970, 180)], "#0A1B30")
    sheet.disc(970, 238, 15, PAPER)
    sheet.line([(970, 238), (970, 227)], INK, 2.4)
    sheet.line([(970, 238), (962, 242)], INK, 2.4)
    for x in (852, 908, 1006, 1062):
        sheet.round_rect((x, 344, x + 30, 402), 14, WHEAT)
        sheet.line([(x + 15, 344), (x + 15, 402)], "#1C3957", 2.4)
        sheet.line([(x, 372), (x + 30, 372)], "#1C3957", 2.4)
    sheet.round_rect((954, 346, 990, 446), 16, WHEAT_PALE)
    for x, k in ((800, 0.62), (778, 0.56), (1030, 0.62), (884, 0.6)):
        traveller(sheet, x, 446, k)
    sheet.line([(730, 446), (730, 320), (748, 312)], "#0A1B30", 4)
    sheet.disc(750, 318, 6, "#4A5F78")


def train_front(sheet: Sheet, x: float, y: float, k: float) -> None:
    """The engine seen from the front with one lamp lit."""
    cars = [(52, -112), (300, -66), (318, -60), (318, -26), (52, -2)]
    sheet.poly(placed([(-px, py) for px, py in cars], x, y, k), "#0A1626")
    for i in range(8):
        t = i / 8
        a, b = lerp((-66, -78), (-300, -54), t), lerp((-66, -78), (-300, -54), t + 0.075)
        sheet.poly(
            placed([a, b, (b[0], b[1] + 17 - 8 * t), (a[0], a[1] + 19 - 8 * t)], x, y, k), "#6E8FB0"
        )
    body = [(-62, 0), (-62, -104), (-46, -132), (46, -132), (62, -104), (62, 0)]
    sheet.poly(placed(body, x, y, k), BLUE)
    sheet.shade(placed(body, x, y, k), NIGHT, 0.1, 0.7)
    sheet.poly(
        placed([(-62, -54), (62, -54), (62, -38), (0, -26), (-62, -38)], x, y, k), WHEAT_DEEP
    )
    for sign in (-1, 1):
        sheet.poly(
            placed(
                [(sign * 6, -112), (sign * 42, -112), (sign * 50, -72), (sign * 6, -72)], x, y, k
            ),
            "#0A1626",
        )
    sheet.poly(placed([(-66, 0), (66, 0), (54, 20), (-54, 20)], x, y, k), INK)
    for sign in (-1, 1):
        sheet.disc(*placed([(sign * 40, -20)], x, y, k)[0], 7 * k, "#33455A")
    lamp = placed([(0, -124)], x, y, k)[0]
    sheet.glow(*lamp, 150, WHEAT_PALE, 0.95, 2.2)
    sheet.disc(*lamp, 12, PAPER)
