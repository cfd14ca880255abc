"""`make bench`: every comparison in one go, interleaved, and the bars each is held to.

Ends with 1 if a ratio is below its bar. `python -m benchmarks pages` measures one part.
"""

import platform
import sys

from benchmarks import coming_right, confirms, enumeration, pages, signups, victim, webhooks
from benchmarks.results import HEAD
from tests.servers import postgresql_url

PARTS = {
    "pages": pages,
    "signups": signups,
    "confirms": confirms,
    "webhooks": webhooks,
    "coming_right": coming_right,
    "victim": victim,
    "enumeration": enumeration,
}


def main() -> None:
    """Measure the parts that the command line names, or all."""
    chosen = sys.argv[1:] or list(PARTS)
    print(f"Python {platform.python_version()}, {platform.machine()}; median of 5 pairs\n{HEAD}")
    with postgresql_url() as server:
        rows = [row for name in chosen for row in PARTS[name].measure(server)]
    below = [row.name for row in rows if row.ratio < row.bar]
    sys.exit(f"Below their bar: {', '.join(below)}" if below else 0)


if __name__ == "__main__":
    main()
