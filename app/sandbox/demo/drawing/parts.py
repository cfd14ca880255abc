"""Small things that several pictures have: trees, birds, water, wires."""

import math
from collections.abc import Sequence
from itertools import pairwise

from app.sandbox.demo.drawing.palette import (
    INK,
    WHEAT,
    WHEAT_DARK,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.sheet import Box, Point, Sheet


def mix(a: str, b: str, share: float) -> str:
    """A colour between two."""
    one = [int(a[i : i + 2], 16) for i in (1, 3, 5)]
    two = [int(b[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(p + (q - p) * share):02X}" for p, q in zip(one, two, strict=True))


def lerp(a: Point, b: Point, t: float) -> Point:
    """The point between two points."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)


def curve(points: Sequence[Point], steps: int = 40) -> list[Point]:
    """A Bezier curve through any number of control points."""
    out: list[Point] = []
    for i in range(steps + 1):
        level = list(points)
        while len(level) > 1:
            level = [lerp(p, q, i / steps) for p, q in pairwise(level)]
        out.append(level[0])
    return out


def arc(
    x: float, y: float, r: float, start: float, end: float, ry: float | None = None
) -> list[Point]:
    """Points on an arc, degrees clockwise from three o'clock."""
    r2 = r if ry is None else ry
    angles = [math.radians(start + (end - start) * i / 36) for i in range(37)]
    return [(x + r * math.cos(a), y + r2 * math.sin(a)) for a in angles]


def placed(points: Sequence[Point], x: float, y: float, k: float, side: int = 1) -> list[Point]:
    """Move and enlarge a small drawing."""
    return [(x + side * px * k, y + py * k) for px, py in points]


def banded_sky(sheet: Sheet, colours: Sequence[str], bottom: float) -> None:
    """Flat bands of sky whose edges are softened a little."""
    step = bottom / len(colours)
    for i, colour in enumerate(colours):
        sheet.rect(0, i * step, sheet.size[0], bottom + 2, colour)
    for i in range(1, len(colours)):
        y = i * step
        sheet.fade((0, y - step, sheet.size[0], y), colours[i], 0, 1)


def ridge(
    sheet: Sheet, base: float, swing: float, colour: str, phase: float, length: float = 300
) -> None:
    """A line of hills from edge to edge."""
    top = [
        (
            x,
            base
            + swing * math.sin(x / length + phase)
            + swing * 0.4 * math.sin(x / length * 2.7 + phase * 3),
        )
        for x in range(0, sheet.size[0] + 11, 10)
    ]
    sheet.poly([*top, (sheet.size[0] + 10, sheet.size[1]), (0, sheet.size[1])], colour)


def poplar(sheet: Sheet, x: float, base: float, height: float, colour: str) -> None:
    """A slim tree as it stands along country roads."""
    w = height * 0.12
    left = curve(
        [
            (x, base),
            (x - w * 1.7, base - height * 0.25),
            (x - w * 0.9, base - height * 0.7),
            (x, base - height),
        ]
    )
    right = [(2 * x - px, py) for px, py in reversed(left)]
    sheet.poly(left + right, colour)
    sheet.line([(x, base - height * 0.3), (x, base + height * 0.03)], colour, max(1.0, w * 0.3))


def gulls(sheet: Sheet, places: Sequence[tuple[float, float, float]], colour: str) -> None:
    """Birds, each two strokes."""
    for x, y, r in places:
        left = curve([(x - r, y - r * 0.35), (x - r * 0.4, y - r * 0.5), (x, y)], 8)
        right = curve([(x, y), (x + r * 0.4, y - r * 0.55), (x + r, y - r * 0.3)], 8)
        sheet.line(left + right, colour, max(1.6, r * 0.14))


def ripples(sheet: Sheet, box: Box, colour: str, count: int, longest: float) -> None:
    """Short level strokes, longer and further apart towards the viewer."""
    x0, y0, x1, y1 = box
    for i in range(count):
        t = (i / count) ** 1.5
        y = y0 + (y1 - y0) * t
        w = longest * (0.25 + 0.75 * t) * sheet.rng.uniform(0.5, 1)
        x = sheet.rng.uniform(x0, x1)
        sheet.line([(x - w / 2, y), (x + w / 2, y)], colour, 1.2 + 2.6 * t)


def sun_path(sheet: Sheet, x: float, box: tuple[float, float], width: float, colour: str) -> None:
    """The broken reflection of a light on water."""
    y0, y1 = box
    y = y0
    while y < y1:
        t = (y - y0) / (y1 - y0)
        w = width * (0.5 + 0.8 * t) * sheet.rng.uniform(0.45, 1)
        shift = sheet.rng.uniform(-0.15, 0.15) * width
        sheet.line([(x + shift - w / 2, y), (x + shift + w / 2, y)], colour, 2.4 + 3 * t)
        y += 8 + 9 * t


def sag(a: Point, b: Point, depth: float) -> list[Point]:
    """A hanging wire."""
    return [
        (lerp(a, b, t)[0], lerp(a, b, t)[1] + 4 * depth * t * (1 - t))
        for t in (i / 30 for i in range(31))
    ]


def lattice_boom(sheet: Sheet, a: Point, b: Point, width: float, colour: str) -> None:
    """A crane's boom: two chords and a zigzag."""
    length = math.dist(a, b)
    nx, ny = -(b[1] - a[1]) / length * width / 2, (b[0] - a[0]) / length * width / 2
    count = round(length / width)
    for sign in (-1, 1):
        sheet.line(
            [
                (a[0] + sign * nx, a[1] + sign * ny),
                (b[0] + sign * nx * 0.5, b[1] + sign * ny * 0.5),
            ],
            colour,
            5,
        )
    for i in range(count):
        p, q = lerp(a, b, i / count), lerp(a, b, (i + 1) / count)
        sign = 1 if i % 2 else -1
        sheet.line(
            [
                (p[0] + sign * nx * 0.9, p[1] + sign * ny * 0.9),
                (q[0] - sign * nx * 0.8, q[1] - sign * ny * 0.8),
            ],
            colour,
            2.6,
        )


def traveller(sheet: Sheet, x: float, y: float, k: float) -> None:
    """A waiting figure with a suitcase."""
    sheet.poly(
        placed([(-13, 0), (-13, -54), (-5, -66), (7, -66), (13, -54), (12, 0)], x, y, k), INK
    )
    sheet.disc(*placed([(1, -77)], x, y, k)[0], 10 * k, INK)
    sheet.poly(placed([(18, 0), (18, -26), (42, -26), (42, 0)], x, y, k), INK)


def stubble(sheet: Sheet, top: float, slope: float) -> None:
    """The near edge of a wheat field, ears against the light."""
    sheet.poly([(0, top + 22), (1200, top + 22 + slope * 1200), (1200, 800), (0, 800)], WHEAT)
    sheet.fade((0, round(top + slope * 1200 + 40), 1200, 800), WHEAT_DARK, 0, 0.75)
    for _ in range(360):
        x = sheet.rng.uniform(-10, 1210)
        y = sheet.rng.uniform(top + 40 + slope * x, 850)
        k = 0.35 + 0.9 * (y - top - slope * x) / 150
        colour = sheet.rng.choice([WHEAT_PALE, WHEAT, WHEAT_DARK, "#7A5A10"])
        lean = sheet.rng.uniform(2, 9) * k
        sheet.line([(x, y), (x + lean, y - 34 * k)], colour, 1.3 * k + 0.4)
        sheet.disc(x + lean, y - 38 * k, 2.6 * k, colour, 8 * k)
