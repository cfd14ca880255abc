"""Codes of an app on the telephone (RFC 6238), the only module that speaks to `pyotp`.

A code belongs to a step of thirty seconds. Those of the step before and the one after are taken
as well, for telephones whose clock is a little off; a step that was used is never taken again.
"""

from datetime import datetime

import pyotp

from app.core.tokens import equal

DIGITS = 6
STEP_SECONDS = 30
NEIGHBOURS = (0, -1, 1)


def new_secret() -> str:
    """Return a secret of 160 random bits, as apps want it typed: in base 32."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, moment: datetime) -> int | None:
    """Return the step that a code belongs to, or None if it is wrong.

    Args:
        secret: In base 32.
        code: As typed, digits only.
        moment: The world's own time, which telephones go by too; not a rehearsal's.
    """
    codes, here = pyotp.TOTP(secret), pyotp.TOTP(secret).timecode(moment)
    found: int | None = None
    for step in (here + away for away in NEIGHBOURS):  # all of them, so that the time tells nothing
        if equal(codes.generate_otp(step), code):
            found = step
    return found


def app_address(secret: str, account: str, issuer: str) -> str:
    """Return the `otpauth:` address that an app reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def in_groups(secret: str) -> str:
    """Return a secret as somebody types it off: in groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
