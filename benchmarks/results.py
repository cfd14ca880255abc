"""What is measured, held against its bar, and printed."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.load import Outcome

ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """One comparison: rates and p99s of ours and of the floor, paired round by round."""

    name: str
    ours: list[Outcome]
    floor: list[Outcome]
    bar: float

    @property
    def ratio(self) -> float:
        """Median of the ratios of the rates, pair by pair."""
        pairs = zip(self.ours, self.floor, strict=True)
        return statistics.median(one.rate / other.rate for one, other in pairs)

    @property
    def p99_ratio(self) -> float:
        """Median of the ratios of the p99s, pair by pair."""
        pairs = zip(self.ours, self.floor, strict=True)
        return statistics.median(one.p99 / other.p99 for one, other in pairs)

    def line(self) -> str:
        """Return the row as it is printed."""
        ours = statistics.median(one.rate for one in self.ours)
        floor = statistics.median(one.rate for one in self.floor)
        p99 = statistics.median(one.p99 for one in self.ours) * 1000
        verdict = "ok" if self.ratio >= self.bar else "BELOW"
        return (
            f"{self.name:<48} {ours:>8.0f}/s {floor:>8.0f}/s  {self.ratio:>5.2f} "
            f"(bar {self.bar:.2f} {verdict:<5}) p99 {p99:>7.2f} ms, {self.p99_ratio:>4.2f} of bare"
        )


HEAD = f"{'':<48} {'ours':>10} {'bare':>10}  ratio"


def compare(
    name: str, ours: Callable[[], Outcome], floor: Callable[[], Outcome], bar: float
) -> Row:
    """Run both in turn, round by round, and print the row."""
    floor()
    ours()
    rows: tuple[list[Outcome], list[Outcome]] = ([], [])
    for _ in range(ROUNDS):
        rows[1].append(floor())
        rows[0].append(ours())
    row = Row(name, rows[0], rows[1], bar)
    print(row.line(), flush=True)
    return row
