"""The application for any WSGI server: `wsgi:app`."""

import gc

# All that is loaded here stays for good: to search it for rubbish, again and again while it grows,
# is a quarter of the start. Frozen, it is also shared by processes that fork from this one.
gc.disable()

from app import create_app  # noqa: E402
from app.cli.words import spoken  # noqa: E402

with spoken():
    app = create_app()

gc.freeze()
gc.enable()
