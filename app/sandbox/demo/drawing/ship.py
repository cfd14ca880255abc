"""A ship under the arm of a grain port."""

from app.sandbox.demo.drawing.palette import (
    BLUE,
    BLUE_DEEP,
    BLUE_MID,
    INK,
    INK_MID,
    INK_SOFT,
    MUTED,
    NIGHT,
    PAPER,
    SIGNAL,
    STONE,
    SUNK,
    WHEAT,
    WHEAT_DEEP,
    WHEAT_PALE,
)
from app.sandbox.demo.drawing.parts import (
    arc,
    banded_sky,
    curve,
    gulls,
    lattice_boom,
    placed,
    ridge,
    ripples,
    sun_path,
)
from app.sandbox.demo.drawing.sheet import Sheet


def silo(sheet: Sheet, x: float, w: float, top: float, bottom: float) -> None:
    """A round grain silo, lit from the left."""
    body = [(x, top), (x + w, top), (x + w, bottom), (x, bottom)]
    sheet.poly(body, PAPER)
    sheet.shade(body, BLUE_DEEP, 0.0, 0.4, 90)
    sheet.poly([(x - 3, top + 2), (x + w / 2, top - w * 0.34), (x + w + 3, top + 2)], MUTED)
    for y in range(int(top) + 22, int(bottom), 26):
        sheet.line([(x, y), (x + w, y)], "#D5CDBA", 1.6, cap=False)


def harbour(sheet: Sheet) -> None:
    """Silos, their bridge and the quay."""
    for i in range(6):
        silo(sheet, 560 + i * 78, 74, 262, 520)
    sheet.rect(552, 214, 1036, 236, INK_SOFT)
    for i in range(20):
        sheet.line([(556 + i * 24, 234), (568 + i * 24, 216)], MUTED, 2)
    for i in range(6):
        sheet.line([(597 + i * 78, 234), (597 + i * 78, 246)], INK_SOFT, 6)
    sheet.rect(1028, 150, 1110, 520, SUNK)
    sheet.fade((1028, 150, 1110, 520), BLUE_DEEP, 0.05, 0.5, 90)
    sheet.rect(1020, 140, 1118, 156, INK_SOFT)
    for y in range(180, 500, 46):
        for x in (1044, 1072):
            sheet.rect(x, y, x + 14, y + 18, BLUE_MID)
    for i in range(7):
        sheet.round_rect(
            (1120 + (i % 2) * 52, 500 - (i // 2) * 20, 1168 + (i % 2) * 52, 518 - (i // 2) * 20),
            2,
            [SIGNAL, BLUE, WHEAT_DEEP][i % 3],
        )
    sheet.rect(520, 518, 1200, 556, STONE)
    sheet.rect(520, 518, 1200, 526, MUTED)
    for x in range(540, 1200, 44):
        sheet.rect(x, 534, x + 14, 552, INK_MID)


def loader(sheet: Sheet) -> None:
    """The loading arm above the holds with a stream of grain."""
    lattice_boom(sheet, (596, 226), (352, 300), 20, INK_SOFT)
    sheet.line([(596, 150), (370, 292)], INK, 2.4)
    sheet.line([(596, 226), (596, 146)], INK_SOFT, 8)
    sheet.poly([(338, 296), (366, 296), (360, 356), (346, 356)], WHEAT_DEEP)
    sheet.poly([(348, 356), (358, 356), (366, 508), (340, 508)], WHEAT)
    sheet.tint([(340, 400), (366, 400), (392, 512), (314, 512)], WHEAT_PALE, 0.45, 5)


def ship(sheet: Sheet) -> None:
    """A bulk carrier lying low, hatches open to the grain."""
    hull = [
        (36, 520),
        (110, 508),
        (800, 508),
        (1010, 508),
        (1040, 500),
        (1016, 640),
        (96, 640),
        (70, 590),
    ]
    sheet.poly(hull, INK)
    sheet.poly([(84, 612), (1022, 612), (1016, 646), (98, 646)], SIGNAL)
    sheet.line([(58, 536), (1030, 536)], PAPER, 3.2)
    for i in range(6):
        x = 190 + i * 104
        sheet.poly(
            [(x - 38, 508), (x - 34, 482), (x + 34, 482), (x + 38, 508)],
            WHEAT if i != 1 else INK_MID,
        )
        sheet.poly(
            [(x - 38, 508), (x - 36, 498), (x + 36, 498), (x + 38, 508)],
            WHEAT_DEEP if i != 1 else INK_SOFT,
        )
        if i == 1:
            sheet.poly(
                curve([(x - 56, 486), (x - 20, 444), (x, 424), (x + 20, 444), (x + 66, 486)][::-1]),
                WHEAT,
            )
    sheet.line([(130, 508), (130, 420)], INK, 6)
    sheet.line([(130, 424), (60, 516)], INK_MID, 1.8)
    sheet.line([(130, 424), (190, 482)], INK_MID, 1.8)
    ship_bridge(sheet)
    for x in (86, 92, 98):
        sheet.line([(x + 30, 556), (x + 30, 600)], PAPER, 1.6)
    sheet.line([(76, 528), (104, 592)], MUTED, 2)


def ship_bridge(sheet: Sheet) -> None:
    """Wheelhouse, funnel and mast."""
    sheet.poly([(838, 508), (838, 380), (990, 380), (1000, 508)], PAPER)
    sheet.poly([(826, 380), (826, 344), (1000, 344), (1000, 380)], PAPER)
    sheet.rect(832, 352, 994, 372, BLUE_DEEP)
    sheet.shade([(838, 508), (838, 380), (990, 380), (1000, 508)], BLUE, 0.0, 0.4, 90)
    for y in (400, 434, 468):
        for i in range(5):
            sheet.disc(864 + i * 28, y + 8, 6, BLUE)
    sheet.poly([(930, 344), (936, 276), (982, 276), (984, 344)], BLUE)
    sheet.rect(934, 296, 983, 316, WHEAT)
    for i in range(5):
        t = i / 4
        sheet.tint(
            arc(970 + 70 * t, 258 - 46 * t, 14 + 26 * t, 0, 360, 11 + 15 * t),
            INK_MID,
            0.22 - 0.15 * t,
            6,
        )
    sheet.line([(870, 344), (870, 262)], INK, 4)
    sheet.line([(852, 286), (888, 286)], INK, 3)


def draw_ship(sheet: Sheet) -> None:
    """A bulk carrier under the loading arm of a grain port."""
    banded_sky(sheet, ["#8FB4CC", "#ABC7D4", "#C8D8D6", "#E6E4CC", "#F6E3A6"], 560)
    sheet.glow(236, 250, 330, PAPER, 0.7)
    sheet.disc(236, 250, 92, WHEAT_PALE)
    ridge(sheet, 530, 7, "#8FAAB0", 0.4, 210)
    for x, k in ((60, 0.5), (452, 0.36)):
        sheet.poly(
            placed(
                [(-70, 0), (-60, 20), (58, 20), (74, -4), (40, 0), (40, -26), (22, -26), (22, 0)],
                x,
                534,
                k,
            ),
            "#4F7086",
        )
    harbour(sheet)
    sheet.rect(0, 556, 1200, 800, BLUE)
    sheet.fade((0, 556, 1200, 800), BLUE_DEEP, 0.0, 1.0)
    ship(sheet)
    loader(sheet)
    sheet.tint([(90, 648), (1022, 648), (980, 720), (130, 720)], NIGHT, 0.6, 6)
    for i in range(6):
        y = 664 + i * 18
        sheet.line([(140 + i * 22, y), (930 - i * 30, y)], "#7A2320" if i == 0 else BLUE_DEEP, 4)
    sun_path(sheet, 236, (668, 792), 150, "#D9BC5E")
    ripples(sheet, (0, 640, 1200, 796), BLUE_MID, 44, 150)
    gulls(sheet, [(440, 130, 19), (500, 102, 14), (474, 176, 11), (720, 90, 13)], INK_SOFT)
