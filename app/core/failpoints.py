"""Places at which a rehearsal may kill the process, to see what the next one finds.

`UNWALLED_FAILPOINT=<name>` ends the process where the code says `failpoint("<name>")`, as a power
cut would: nothing is flushed, rolled back or said. It is for tests alone and never in production.
"""

import os
import signal

NAMED = "UNWALLED_FAILPOINT"
MODE = "UNWALLED_MODE"


def failpoint(name: str) -> None:
    """Die here if this place is the one that was named."""
    if os.environ.get(NAMED) == name and os.environ.get(MODE) == "development":
        os.kill(os.getpid(), signal.SIGKILL)
