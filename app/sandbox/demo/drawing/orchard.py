"""Fires between trees in blossom."""

import math

from app.sandbox.demo.drawing.palette import (
    EMBER,
    INK,
    MIST,
    PAPER,
    WHEAT,
    WHEAT_DEEP,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.parts import (
    arc,
    banded_sky,
    curve,
    mix,
    placed,
    ridge,
)
from app.sandbox.demo.drawing.sheet import Sheet


def blossom_tree(sheet: Sheet, x: float, y: float, k: float, cold: float) -> None:
    """A fruit tree in flower; `cold` turns it towards the blue of the distance."""
    bark = mix("#1B1A1E", "#2C4964", cold)
    for bend in (-46, -16, 20, 50):
        sheet.line(
            placed(curve([(0, 0), (bend * 0.1, -50), (bend, -110)], 10), x, y, k), bark, 9 * k
        )
    sheet.line(placed([(0, 8), (0, -50)], x, y, k), bark, 15 * k)
    tones = [mix(c, "#5F83A2", cold * 0.8) for c in ("#B9A5A4", "#D9C8C2", "#F1E6DD", PAPER)]
    layers = zip((34, 34, 80, 80), (23, 15, 7, 4), tones, strict=True)
    for layer, (count, widest, tone) in enumerate(layers):
        for _ in range(count):
            a, d = sheet.rng.uniform(0, math.tau), sheet.rng.random() ** 0.6
            px, py = 88 * d * math.cos(a), -132 - layer * 7 + 58 * d * math.sin(a)
            size = widest * sheet.rng.uniform(0.7, 1.1)
            sheet.disc(x + px * k, y + py * k, size * k, tone)


def small_fire(sheet: Sheet, x: float, y: float, k: float) -> None:
    """A straw fire with its light on the ground."""
    sheet.glow(x, y - 14 * k, 150 * k, EMBER, 0.75, 2.2)
    sheet.tint(arc(x, y + 2, 74 * k, 0, 360, 9 * k), WHEAT, 0.5, 3)
    for r, colour in ((1.0, "#C8501E"), (0.74, EMBER), (0.46, WHEAT), (0.24, PAPER)):
        flame = curve([(-20 * r, 0), (-30 * r, -26 * r), (-2, -26 * r), (2 * r, -66 * r)], 14)
        other = curve([(2 * r, -66 * r), (10 * r, -36 * r), (32 * r, -24 * r), (20 * r, 0)], 14)
        sheet.poly(placed([*flame, *other], x, y, k), colour)
    for dx in (-24, -6, 12):
        sheet.line(placed([(dx - 8, 4), (dx + 20, -4)], x, y, k), INK, 5 * k)


def draw_orchard(sheet: Sheet) -> None:
    """Fires between blossoming trees before dawn, the smoke lying flat."""
    banded_sky(sheet, ["#0C1F38", "#123358", "#23547F", "#5383A3", "#A9B9B3", "#EBC98F"], 320)
    for _ in range(60):
        sheet.disc(
            sheet.rng.uniform(0, 1200),
            sheet.rng.uniform(0, 120),
            sheet.rng.choice([1, 1.4, 2]),
            "#C9D6E2",
        )
    ridge(sheet, 300, 10, "#3F6480", 0.9, 250)
    sheet.rect(0, 318, 1200, 800, "#24405A")
    sheet.fade((0, 318, 1200, 800), "#101C26", 0, 0.95)
    rows = ((346, 0.3, 15, 0.85), (410, 0.46, 10, 0.6), (522, 0.76, 6, 0.28), (716, 1.22, 4, 0.0))
    for i, (y, k, count, cold) in enumerate(rows):
        gap = 1320 / count
        for j in range(count):
            x = -60 + gap * (j + 0.5 + (i % 2) * 0.3)
            small_fire(sheet, x + gap * 0.5, y + 4 * k, k * 0.8)
        for j in range(count):
            x = -60 + gap * (j + 0.5 + (i % 2) * 0.3)
            sheet.tint(arc(x, y + 6 * k, 70 * k, 0, 360, 8 * k), INK, 0.35, 3)
            blossom_tree(sheet, x, y, k, cold)
        if cold:
            smoke(sheet, y - 132 * k, 26 * k + 8)
    grower(sheet, 640, 752, 1.1)


def smoke(sheet: Sheet, y: float, depth: float) -> None:
    """A flat layer of smoke with a ragged lower edge."""
    top = [(x, y + 5 * math.sin(x / 90 + y)) for x in range(0, 1201, 20)]
    bottom = [(x, y + depth * (1.1 + 0.5 * math.sin(x / 61 + y))) for x in range(1200, -1, -20)]
    sheet.tint([*top, *bottom], MIST, 0.5, 7)


def grower(sheet: Sheet, x: float, y: float, k: float) -> None:
    """A man with a fork of straw, dark against the fire."""
    sheet.poly(
        placed(
            [
                (-15, 0),
                (-13, -52),
                (-18, -98),
                (-8, -108),
                (10, -108),
                (18, -96),
                (12, -52),
                (18, 0),
                (6, 0),
                (0, -44),
                (-4, 0),
            ],
            x,
            y,
            k,
        ),
        INK,
    )
    sheet.disc(*placed([(2, -122)], x, y, k)[0], 12 * k, INK)
    sheet.poly(placed([(-12, -126), (-8, -137), (10, -137), (22, -124)], x, y, k), INK)
    sheet.line(placed([(12, -98), (36, -70), (52, -76)], x, y, k), INK, 9 * k)
    sheet.line(placed([(10, -40), (92, -112)], x, y, k), "#3A2A18", 4 * k)
    for i in range(26):
        a = sheet.rng.uniform(-1.9, 0.5)
        r = sheet.rng.uniform(14, 34)
        tip = (98 + r * math.cos(a), -116 + r * math.sin(a))
        sheet.line(placed([(92, -110), tip], x, y, k), WHEAT_DEEP if i % 3 else WHEAT_PALE, 2.4 * k)
