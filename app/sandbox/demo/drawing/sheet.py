"""A surface to draw on, and the tooth of the paper."""

import random
from collections.abc import Iterable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
Box = tuple[float, float, float, float]

SCALE = 2
THIN = 1.5  # lines thinner than this need no round ends
WIDTH, HEIGHT = 1200, 800


class Sheet:
    """A drawing surface in sheet coordinates with flat shapes, tints, fades and glows."""

    def __init__(self, key: str, ground: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
        """Start with an empty ground; `key` seeds what looks random."""
        self.size = size
        self.pixels = (size[0] * SCALE, size[1] * SCALE)
        self.image = Image.new("RGB", self.pixels, ground)
        self.pen = ImageDraw.Draw(self.image)
        self.rng = random.Random(key)  # noqa: S311 - a drawing, not a secret

    def chance(self, share: float) -> bool:
        """True in about this share of cases."""
        return self.rng.random() < share

    def scaled(self, points: Iterable[Point]) -> list[Point]:
        """Turn sheet coordinates into those of the enlarged image."""
        return [(x * SCALE, y * SCALE) for x, y in points]

    def rect(self, x0: float, y0: float, x1: float, y1: float, fill: str) -> None:
        """Fill an upright rectangle."""
        self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], fill)

    def poly(self, points: Sequence[Point], fill: str) -> None:
        """Fill a polygon."""
        self.pen.polygon(self.scaled(points), fill=fill)

    def disc(self, x: float, y: float, r: float, fill: str, ry: float | None = None) -> None:
        """Fill a circle, or an ellipse when `ry` is given."""
        r2 = r if ry is None else ry
        self.pen.ellipse(self.scaled([(x - r, y - r2), (x + r, y + r2)]), fill=fill)

    def line(self, points: Sequence[Point], fill: str, width: float, *, cap: bool = True) -> None:
        """Draw a line with round joints and, unless told otherwise, round ends."""
        pixels = max(1, round(width * SCALE))
        self.pen.line(self.scaled(points), fill=fill, width=pixels, joint="curve")
        if cap and width > THIN:
            for x, y in (points[0], points[-1]):
                self.disc(x, y, width / 2, fill)

    def round_rect(self, box: Box, radius: float, fill: str) -> None:
        """Fill a rectangle with round corners."""
        corners = self.scaled([box[:2], box[2:]])
        self.pen.rounded_rectangle(corners, radius * SCALE, fill=fill)

    def mask(self, points: Sequence[Point] | None = None, level: int = 255) -> Image.Image:
        """A mask of one polygon, or of the whole sheet."""
        if points is None:
            return Image.new("L", self.pixels, level)
        mask = Image.new("L", self.pixels, 0)
        ImageDraw.Draw(mask).polygon(self.scaled(points), fill=level)
        return mask

    def tint(
        self, points: Sequence[Point] | None, colour: str, alpha: float, soft: float = 0
    ) -> None:
        """Lay a translucent colour over a polygon, softly when asked."""
        mask = self.mask(points, round(alpha * 255))
        if soft:
            mask = mask.filter(ImageFilter.BoxBlur(soft * SCALE))
        self.image.paste(colour, (0, 0), mask)

    def fade(self, box: Box, colour: str, start: float, end: float, turn: int = 0) -> None:
        """Lay a colour whose strength runs from `start` to `end`, downwards (or turned)."""
        x0, y0, x1, y1 = (round(v * SCALE) for v in box)
        ramp = Image.linear_gradient("L").rotate(turn).resize((x1 - x0, y1 - y0))
        mask = ramp.point([round(255 * (start + (end - start) * v / 255)) for v in range(256)])
        self.image.paste(colour, (x0, y0, x1, y1), mask)

    def shade(
        self, points: Sequence[Point], colour: str, start: float, end: float, turn: int = 0
    ) -> None:
        """Like `fade`, but inside a polygon."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        box = (min(xs), min(ys), max(xs), max(ys))
        before = self.image.copy()
        self.fade(box, colour, start, end, turn)
        outside = ImageChops.invert(self.mask(points))
        self.image.paste(before, (0, 0), outside)

    def glow(
        self, x: float, y: float, r: float, colour: str, alpha: float, power: float = 2
    ) -> None:
        """A round light that weakens towards its edge."""
        side = round(2 * r * SCALE)
        ramp = Image.radial_gradient("L").resize((side, side))
        curve = [round(255 * alpha * max(0.0, 1 - v / 180) ** power) for v in range(256)]
        spot = ramp.point(curve)
        mask = Image.new("L", self.pixels, 0)
        mask.paste(spot, (round((x - r) * SCALE), round((y - r) * SCALE)))
        self.image.paste(colour, (0, 0), mask)

    def finish(self, size: tuple[int, int], grain: float = 7) -> Image.Image:
        """Reduce the sheet and give it the tooth of printed paper."""
        image = self.image.resize(size, Image.Resampling.LANCZOS)
        return toothed(image, grain) if grain else image


def noise(size: tuple[int, int], cell: int, amount: float, seed: str) -> Image.Image:
    """Grey noise around 128 whose cells are `cell` pixels wide."""
    small = (size[0] // cell + 1, size[1] // cell + 1)
    source = random.Random(f"{seed}:{cell}")  # noqa: S311 - grain, not a secret
    data = source.randbytes(small[0] * small[1])
    grey = Image.frombytes("L", small, data).resize(
        (small[0] * cell, small[1] * cell), Image.Resampling.BICUBIC
    )
    grey = grey.crop((0, 0, *size))
    return grey.point([128 + round((v - 128) * amount / 128) for v in range(256)])


def toothed(image: Image.Image, amount: float) -> Image.Image:
    """Add fine and coarse grain to a finished picture."""
    for cell, share in ((2, 1.0), (9, 0.4)):
        grey = noise(image.size, cell, amount * share, "paper")
        image = ImageChops.add(image, Image.merge("RGB", (grey, grey, grey)), 1, -128)
    return image
