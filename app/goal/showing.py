"""The standing, drawn in a terminal; where there is none, the same as plain text."""

from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from app.core.orm import in_language
from app.goal.forecast import Forecast
from app.goal.standing import WINDOWS, Standing
from app.memberships.flows import WAYS, Flow

TICKS = 20
WIDEST = 100
FAR = "beyond two years"
EIGHTHS = " ▏▎▍▌▋▊▉"
UNKNOWN = "The count is unknown: nobody has been granted or imported a membership yet."
NO_CAMPAIGN = "No campaign has begun, so there is no goal to measure by."


def draw(console: Console, standing: Standing) -> None:
    """Print the standing on a console, as wide as it is up to a limit."""
    width = min(console.width, WIDEST)
    console.print(Group(*_parts(standing, width, plain=not _speaks_unicode(console))), width=width)


def _parts(standing: Standing, width: int, *, plain: bool) -> list[RenderableType]:
    parts: list[RenderableType] = [_headline(standing)]
    if standing.campaign is not None:
        if standing.count is not None:
            goal, members = standing.campaign.goal, standing.count.members
            parts += [Text(), *ruler(members, goal, width, plain=plain)]
        parts += [_campaign_line(standing), *_ahead(standing)]
    else:
        parts.append(Text(NO_CAMPAIGN))
    if standing.count is not None:
        parts += [Text(), _flow_table(standing.flows), Text(), _source_table(standing)]
        parts += _overlap(standing, standing.count.members)
    return [*parts, *_compared(standing)]


def _headline(standing: Standing) -> Text:
    if standing.count is None:
        return Text(UNKNOWN)
    as_of = standing.count.as_of.astimezone(standing.now.tzinfo)
    members = _numbered(standing.count.members, "member")
    line = Text.assemble((members, "bold"))
    if standing.campaign is not None and standing.tenths_of_percent is not None:
        tenths = standing.tenths_of_percent
        line.append(f" of {standing.campaign.goal:,}, {tenths // 10}.{tenths % 10} %")
    return line.append(f"\nas of {as_of:%Y-%m-%d %H:%M %Z}", "dim")


def _campaign_line(standing: Standing) -> Text:
    if standing.campaign is None:
        return Text()
    name = in_language(standing.campaign.name, "en") or standing.campaign.key
    return Text(f"{name}: {_ending(standing)}")


def _ending(standing: Standing) -> str:
    days = standing.days_left
    if days is None or standing.campaign is None or standing.campaign.ends_at is None:
        return "no end is set"
    if standing.campaign.ends_at <= standing.now:
        return "over" if days == 0 else f"over for {_numbered(-days, 'day')}"
    return "ends today" if days == 0 else f"{_numbered(days, 'day')} left"


def _ahead(standing: Standing) -> list[RenderableType]:
    """Say what a day must bring, what it brings, and when the goal will be met."""
    needed, running = standing.needed_tenths, standing.running_tenths
    lines = []
    if needed is not None:
        lines.append(f"Needed per day: {needed / 10:,.1f}")
    if running is not None:
        lines.append(
            f"Running per day, over {_numbered(len(standing.days), 'day')}: {running / 10:+,.1f}"
        )
    if standing.forecast is not None:
        lines.append(_foretold(standing, standing.forecast))
    return [Text(line) for line in lines]


def _foretold(standing: Standing, forecast: Forecast) -> str:
    """Say it in one line, the band behind it."""
    early, middle, late = (
        standing.day_ahead(one) for one in (forecast.early, forecast.middle, forecast.late)
    )
    if forecast.verdict == "reached":
        return "The goal is reached."
    if early is None:
        return "Forecast: not at this pace."
    said = [FAR if day is None else f"{day:%Y-%m-%d}" for day in (middle, early, late)]
    return f"Forecast: {said[0]} ({said[1]} to {said[2]})"


def ruler(members: int, goal: int, width: int, *, plain: bool = False) -> list[Text]:
    """Return the meter: a bar, its twenty ticks, and what the first, middle and last stand for.

    The bar comes up to a tick when the count has reached it, never before.
    """
    cell = max(2, min(width, WIDEST) // TICKS)
    columns = cell * TICKS
    eighths = min(members, goal) * columns * 8 // goal
    bar = "#" * (eighths // 8) if plain else "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()
    ticks = (" " * (cell - 1) + ("|" if plain else "╵")) * TICKS
    half = f"{goal / 2:,g}"
    scale = f"0{half.rjust(columns // 2 - 1)}{f'{goal:,}'.rjust(columns // 2)}"
    return [
        Text(bar.ljust(columns, "." if plain else "·"), "green", no_wrap=True),
        Text(ticks, "dim", no_wrap=True),
        Text(scale, "dim", no_wrap=True),
    ]


def _flow_table(found: Mapping[str, Flow]) -> Table:
    table = _table("", *WAYS, "net")
    for name in WINDOWS:
        one = found[name]
        ways = (f"{getattr(one, way):,}" for way in WAYS)
        table.add_row(name, *ways, _signed(one.net))
    return table


def _source_table(standing: Standing) -> Table:
    table = _table("source", "members", *WINDOWS)
    for source in standing.sources:
        moves = (f"+{one.came:,} -{one.ended:,}" for one in source.flows.values())
        table.add_row(Text(source.name), f"{source.members:,}", *moves)
    return table


def _overlap(standing: Standing, members: int) -> list[RenderableType]:
    """Say why the sources add up to more than there are members, where they do."""
    total = sum(source.members for source in standing.sources)
    if total <= members:
        return []
    return [Text(f"Together {total:,}: a member by two sources is named in both.", "dim")]


def _compared(standing: Standing) -> list[RenderableType]:
    """Say how the last comparison with Stripe ended, if there was one."""
    if standing.compared is None:
        return []
    at = standing.compared.finished_at.astimezone(standing.now.tzinfo)
    checked = _numbered(standing.compared.checked, "object")
    said = f"compared with Stripe {at:%Y-%m-%d %H:%M %Z}, {checked}"
    drift = standing.compared.drift
    if not drift:
        return [Text(), Text(f"Drift 0, {said}.")]
    advice = "`flask --app wsgi payments check` names each."
    return [Text(), Text(f"Drift {drift:,}, {said}.", "bold red"), Text(advice)]


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(first, overflow="ellipsis", no_wrap=True, min_width=6)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _signed(number: int) -> str:
    return f"{number:+,}" if number else "0"


def _numbered(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _speaks_unicode(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")
