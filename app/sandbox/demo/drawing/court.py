"""A courthouse and the shadow of a microphone."""

from PIL import Image, ImageDraw, ImageFilter

from app.sandbox.demo.drawing.palette import (
    BLUE,
    BLUE_DEEP,
    INK,
    INK_MID,
    MUTED,
    NIGHT,
    PAPER,
    SIGNAL,
    STONE,
    SUNK,
    WHEAT,
    WHEAT_DARK,
    WHEAT_DEEP,
)
from app.sandbox.demo.drawing.parts import arc, banded_sky, curve, mix, placed
from app.sandbox.demo.drawing.sheet import SCALE, Sheet


def column(sheet: Sheet, x: float, w: float, top: float, bottom: float) -> None:
    """A fluted column, lit from the left."""
    shaft = [(x - w * 0.43, top), (x + w * 0.43, top), (x + w * 0.5, bottom), (x - w * 0.5, bottom)]
    sheet.poly(shaft, PAPER)
    for i in range(7):
        t = (i + 0.5) / 7 - 0.5
        colour = mix("#EFE9DA", "#A79E88", (i / 6) ** 1.4)
        sheet.line(
            [(x + t * w * 0.86, top + 4), (x + t * w, bottom - 4)], colour, w * 0.06, cap=False
        )
    sheet.shade(shaft, BLUE_DEEP, 0.0, 0.42, 90)
    sheet.rect(x - w * 0.62, top - 22, x + w * 0.62, top, PAPER)
    sheet.poly(
        [
            (x - w * 0.62, top),
            (x + w * 0.62, top),
            (x + w * 0.45, top + 20),
            (x - w * 0.45, top + 20),
        ],
        MUTED,
    )
    sheet.rect(x - w * 0.66, bottom - 20, x + w * 0.66, bottom, PAPER)
    sheet.rect(x - w * 0.66, bottom - 5, x + w * 0.66, bottom, MUTED)


def draw_court(sheet: Sheet) -> None:
    """A courthouse porch and, across it, the shadow of a microphone."""
    banded_sky(sheet, [BLUE, "#15558F", "#2C679C"], 800)
    sheet.rect(60, 176, 1140, 610, BLUE_DEEP)
    sheet.fade((60, 176, 1140, 610), NIGHT, 0.7, 0.0)
    court_door(sheet)
    for i in range(6):
        column(sheet, 150 + i * 180, 78, 216, 600)
    court_roof(sheet)
    court_steps(sheet)
    shadow_of_microphone(sheet)
    pigeon(sheet, 318, 652, 1.0)
    pigeon(sheet, 402, 678, 0.95, side=-1)


def court_door(sheet: Sheet) -> None:
    """The tall door in the middle, half open, light inside."""
    sheet.rect(540, 330, 660, 606, "#0A2444")
    sheet.rect(552, 342, 648, 606, WHEAT)
    sheet.fade((552, 342, 648, 606), WHEAT_DARK, 0.6, 0)
    sheet.poly([(552, 342), (598, 352), (598, 606), (552, 606)], "#173A5E")
    for y in (372, 450, 528):
        sheet.poly([(560, y), (590, y + 4), (590, y + 58), (560, y + 56)], "#0F2E4F")
    sheet.disc(590, 492, 4, WHEAT)
    for x in (240, 420, 780, 960):
        sheet.round_rect((x - 34, 330, x + 34, 500), 30, "#0A2444")
        sheet.round_rect((x - 26, 338, x + 26, 492), 24, "#234F7A")


def court_roof(sheet: Sheet) -> None:
    """Entablature and pediment."""
    sheet.rect(56, 132, 1144, 196, SUNK)
    sheet.rect(40, 118, 1160, 138, PAPER)
    sheet.rect(56, 188, 1144, 196, MUTED)
    for i in range(44):
        sheet.rect(70 + i * 24.6, 138, 82 + i * 24.6, 150, MUTED)
    sheet.poly([(40, 118), (1160, 118), (600, -44)], PAPER)
    sheet.poly([(150, 108), (1050, 108), (600, -20)], "#CFC7B4")
    sheet.line([(600, 30), (600, 96)], STONE, 6)
    sheet.line([(548, 44), (652, 44)], STONE, 5)
    for x in (552, 648):
        sheet.line([(x, 44), (x - 20, 80)], STONE, 2)
        sheet.line([(x, 44), (x + 20, 80)], STONE, 2)
        sheet.poly(arc(x, 80, 24, 0, 180, 11), STONE)


def court_steps(sheet: Sheet) -> None:
    """Broad steps, each a light step and a darker riser."""
    for i in range(8):
        y = 600 + i * 28
        spread = 40 + i * 26
        sheet.rect(60 - spread, y, 1140 + spread, y + 13, PAPER)
        sheet.rect(60 - spread, y + 13, 1140 + spread, y + 29, mix("#D9D1BE", "#B8AF9A", i / 7))
    sheet.fade((0, 600, 1200, 800), BLUE_DEEP, 0.0, 0.22)
    sheet.tint([(560, 600), (652, 600), (760, 800), (520, 800)], WHEAT, 0.28, 6)


def shadow_of_microphone(sheet: Sheet) -> None:
    """A long slanting shadow: stand below, head across the columns."""
    layer = Image.new("L", sheet.pixels, 0)
    pen = ImageDraw.Draw(layer)
    neck = sheet.scaled([(1130, 830), (905, 500)])
    pen.line(neck, fill=255, width=22 * SCALE)
    head = Image.new("L", (230 * SCALE, 440 * SCALE), 0)
    inner = ImageDraw.Draw(head)
    inner.rounded_rectangle(
        (40 * SCALE, 10 * SCALE, 190 * SCALE, 300 * SCALE), 75 * SCALE, fill=255
    )
    for i in range(4):
        y = (70 + i * 34) * SCALE
        inner.rectangle((40 * SCALE, y, 190 * SCALE, y + 9 * SCALE), fill=0)
    inner.arc(
        (8 * SCALE, 110 * SCALE, 222 * SCALE, 370 * SCALE), 0, 180, fill=255, width=20 * SCALE
    )
    inner.rectangle((104 * SCALE, 362 * SCALE, 126 * SCALE, 436 * SCALE), fill=255)
    head = head.rotate(34, expand=True, resample=Image.Resampling.BICUBIC)
    layer.paste(head, (round(615 * SCALE), round(140 * SCALE)), head)
    layer = layer.filter(ImageFilter.GaussianBlur(2.2 * SCALE)).point(
        [round(v * 0.72) for v in range(256)]
    )
    sheet.image.paste(INK, (0, 0), layer)


def pigeon(sheet: Sheet, x: float, y: float, k: float, side: int = 1) -> None:
    """A pigeon on the steps."""
    body = curve([(-34, 4), (-6, -26), (12, -20), (22, -10), (14, 8), (-8, 10), (-34, 4)], 24)
    sheet.poly(placed(body, x, y, k, side), INK_MID)
    sheet.line(placed([(8, -12), (14, -24)], x, y, k, side), INK_MID, 9 * k)
    sheet.disc(*placed([(15, -26)], x, y, k, side)[0], 6.4 * k, INK_MID)
    sheet.poly(placed([(20, -28), (28, -25), (20, -23)], x, y, k, side), WHEAT_DEEP)
    sheet.line(placed([(0, 4), (0, 14)], x, y, k, side), SIGNAL, 2 * k)
    sheet.line(placed([(6, 4), (7, 14)], x, y, k, side), SIGNAL, 2 * k)
