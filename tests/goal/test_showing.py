"""The standing as it is drawn: in any width, with and without a terminal."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len
from rich.console import Console

from app.goal.forecast import Forecast, Range
from app.goal.queries import CampaignRead
from app.goal.showing import draw, ruler
from app.goal.sources import Source
from app.goal.standing import DayFlow, Standing
from app.memberships.flows import Flow
from app.memberships.queries import Count
from app.payments.drift import Compared
from tests.memberships.making import NOW, at

FLOWS = {
    "today": Flow(joined=12, lapsed=3),
    "7 d": Flow(joined=60, reinstated=20, cancelled=40, lapsed=50),
    "28 d": Flow(joined=1_018, lapsed=18),
}
FORECAST = Forecast(
    pace=40.0,
    days=28,
    early=33,
    middle=40,
    late=51,
    at_end=Range(19_000, 19_900, 20_800),
    verdict="open",
)
CAMPAIGN = CampaignRead(
    id=1,
    key="winter",
    name={"en": "Winter drive"},
    goal=20_000,
    currency="EUR",
    amounts={},
    starts_at=at("2026-01-01"),
    ends_at=at("2026-12-31"),
    joining_opens_at=None,
    reached_at=None,
    words={},
)
STANDING = Standing(
    NOW,
    Count(18_412, NOW, 1, None),
    CAMPAIGN,
    FLOWS,
    (DayFlow(NOW.date(), Flow(joined=1)), DayFlow(NOW.date(), Flow(joined=1, lapsed=3))),
    (Source("patreon", 18_000, FLOWS), Source("банк-переказ " * 3, 500, FLOWS)),
    forecast=FORECAST,
)


def drawn(
    standing: Standing, width: int = 80, encoding: str = "utf-8", *, terminal: bool = False
) -> str:
    data = io.BytesIO()
    out = io.TextIOWrapper(data, encoding=encoding, write_through=True)
    draw(Console(file=out, width=width, highlight=False, force_terminal=terminal), standing)
    return data.getvalue().decode(encoding)


def test_everything_that_staff_ask_for_is_there() -> None:
    text = drawn(STANDING)

    for words in (
        "18,412 members of 20,000, 92.0 %",
        "Winter drive: 38 days left",
        "Needed per day: 42.4",
        "Running per day, over 2 days: -0.5",
        "Forecast: 2027-01-02 (2026-12-26 to 2027-01-13)",
    ):
        assert words in text
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.strip()}
    assert rows["today"] == ["12", "0", "0", "3", "+9"]
    assert rows["7"] == ["d", "60", "20", "40", "50", "-10"]
    assert rows["patreon"] == ["18,000", "+12", "-3", "+80", "-90", "+1,018", "-18"]
    assert "Together 18,500" in text


@pytest.mark.parametrize("width", [60, 72, 80, 100, 140, 200])
def test_no_line_is_wider_than_the_terminal_and_none_is_broken(width: int) -> None:
    lines = drawn(STANDING, width).splitlines()

    assert max(cell_len(line) for line in lines) <= width
    assert len(lines) == len(drawn(STANDING, 200).splitlines())


def test_without_a_terminal_it_is_plain_text() -> None:
    assert "\x1b" not in drawn(STANDING)


def test_in_a_terminal_it_has_colour() -> None:
    assert "\x1b[" in drawn(STANDING, terminal=True)


def test_where_letters_beyond_ascii_cannot_be_shown_the_ruler_is_drawn_with_others() -> None:
    standing = replace(STANDING, sources=())

    assert "####" in drawn(standing, encoding="ascii")


@pytest.mark.parametrize("width", range(60, 201, 7))
@pytest.mark.parametrize("plain", [True, False])
def test_the_ruler_has_twenty_ticks(width: int, *, plain: bool) -> None:
    bar, ticks, scale = (str(line) for line in ruler(18_412, 20_000, width, plain=plain))

    assert ticks.count("|" if plain else "╵") == 20
    assert len(bar) == len(ticks) == len(scale) <= width
    assert scale.split() == ["0", "10,000", "20,000"]


@pytest.mark.parametrize(
    ("members", "filled"),
    [(0, 0), (999, 3), (1_000, 4), (19_999, 79), (20_000, 80), (99_999, 80)],
)
def test_the_bar_comes_up_to_a_tick_only_when_it_is_reached(members: int, filled: int) -> None:
    bar, *_others = ruler(members, 20_000, 80, plain=True)

    assert str(bar).count("#") == filled


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": None}, "The count is unknown"),
        ({"campaign": None}, "No campaign has begun"),
        ({"campaign": None, "count": None}, "No campaign has begun"),
        ({"campaign": replace(CAMPAIGN, ends_at=None)}, "no end is set"),
        ({"campaign": replace(CAMPAIGN, ends_at=NOW + timedelta(hours=1))}, "ends today"),
        ({"campaign": replace(CAMPAIGN, ends_at=NOW + timedelta(days=1))}, "1 day left"),
        ({"campaign": replace(CAMPAIGN, ends_at=NOW)}, "Winter drive: over\n"),
        ({"campaign": replace(CAMPAIGN, ends_at=NOW - timedelta(days=2))}, "over for 2 days"),
        ({"campaign": replace(CAMPAIGN, name={})}, "winter: "),
    ],
)
def test_what_is_missing_or_over_is_said(changes: dict[str, object], words: str) -> None:
    assert words in drawn(replace(STANDING, **changes))  # type: ignore[arg-type] # fields by name


def test_a_source_is_no_markup() -> None:
    assert "[red]x" in drawn(replace(STANDING, sources=(Source("[red]x", 1, FLOWS),)))


@pytest.mark.parametrize(
    ("drift", "words"),
    [
        (0, "Drift 0, compared with Stripe 2026-11-23 12:00 UTC, 1 object.\n"),
        (1_200, "Drift 1,200, compared with Stripe 2026-11-23 12:00 UTC, 1 object.\n`flask"),
    ],
)
def test_how_the_last_comparison_with_stripe_ended_stands_at_the_end(
    drift: int, words: str
) -> None:
    assert words in drawn(replace(STANDING, compared=Compared(NOW, 1, drift)))
