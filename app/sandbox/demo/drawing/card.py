"""The card for shared links: masthead and ferry."""

from PIL import ImageFont

from app.sandbox.demo.drawing.palette import BLUE, BLUE_MID, INK, INK_MID, PAPER, WHEAT
from app.sandbox.demo.drawing.parts import placed, ridge, ripples, traveller
from app.sandbox.demo.drawing.sheet import SCALE, Point, Sheet


def ferry(sheet: Sheet, x: float, y: float, k: float) -> None:
    """The newsroom's sign: a flat river ferry with a few passengers."""
    sheet.poly(placed([(-260, 0), (260, 0), (226, 44), (-226, 44)], x, y, k), INK)
    sheet.poly(placed([(-252, 10), (252, 10), (246, 18), (-246, 18)], x, y, k), WHEAT)
    for sign in (-1, 1):
        sheet.poly(
            placed(
                [(sign * 250, 0), (sign * 306, -34), (sign * 312, -26), (sign * 262, 8)], x, y, k
            ),
            INK,
        )
    sheet.poly(placed([(110, 0), (110, -92), (206, -92), (206, 0)], x, y, k), PAPER)
    sheet.poly(placed([(98, -92), (218, -92), (210, -104), (106, -104)], x, y, k), INK)
    for px in (122, 164):
        sheet.poly(placed([(px, -76), (px + 30, -76), (px + 30, -44), (px, -44)], x, y, k), BLUE)
    sheet.line(placed([(158, -104), (158, -190)], x, y, k), INK, 4 * k)
    sheet.poly(placed([(158, -188), (214, -174), (158, -160)], x, y, k), WHEAT)
    for px, h in ((-196, 0.95), (-150, 1.1), (-112, 0.72), (-52, 1.04), (-12, 1.0), (52, 1.08)):
        traveller(sheet, x + px * k, y, h * k)
    for px in range(-240, 100, 34):
        sheet.line(placed([(px, 0), (px, -26)], x, y, k), INK, 3 * k)
    sheet.line(placed([(-240, -26), (104, -26)], x, y, k), INK, 3 * k)


def lettering(
    sheet: Sheet, text: str, place: Point, size: float, fill: str, weight: float = 0
) -> None:
    """Text centred on a place, in Pillow's own typeface."""
    font = ImageFont.load_default(size=size * SCALE)
    stroke = round(weight * SCALE)
    sheet.pen.text(
        sheet.scaled([place])[0],
        text,
        font=font,
        fill=fill,
        anchor="ms",
        stroke_width=stroke,
        stroke_fill=fill,
    )


def draw_card(sheet: Sheet) -> None:
    """The masthead between rules above the ferry."""
    sheet.rect(0, 0, 1200, 12, WHEAT)
    sheet.rect(70, 64, 1130, 72, INK)
    sheet.rect(70, 80, 1130, 82, INK)
    lettering(sheet, "The Morning Ferry", (600, 196), 112, INK, 1.6)
    sheet.rect(70, 240, 1130, 242, INK)
    lettering(sheet, "News from Ukraine, and nobody left on the bank", (600, 292), 36, INK_MID)
    sheet.disc(600, 500, 150, WHEAT)
    ridge(sheet, 478, 7, "#C9D2CC", 0.6, 200)
    sheet.rect(0, 500, 1200, 630, BLUE)
    for i in range(21):
        x = 70 + i * 53
        sheet.rect(x - 1.5, 604 if i % 5 else 590, x + 1.5, 630, WHEAT)
    ferry(sheet, 560, 486, 0.8)
    ripples(sheet, (60, 534, 1140, 584), BLUE_MID, 26, 130)
