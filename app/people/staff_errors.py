"""What staff cannot do to how they sign in, or to each other."""

from typing import Literal

from app.core.errors import UnwalledError


class LastProofError(UnwalledError):
    """It is the last thing that they sign in with."""


class LastAdminError(UnwalledError):
    """Nobody else could let anybody in any more."""


WhyNotInvited = Literal["present", "replaced", "several"]

_WHY: dict[WhyNotInvited, str] = {
    "present": "Whoever has this address works here already, or is invited.",
    "replaced": "This address has been replaced by another: invite that one.",
    "several": (
        "Whoever has this address has others too, and each would sign in here:"
        " undo the merge that brought them together, or invite another address."
    ),
}


class CannotInviteError(UnwalledError):
    """An address cannot be invited.

    Attributes:
        why: They work here, or are invited; the address opens nothing any more; or it is not the
            only one that they would sign in by.
    """

    def __init__(self, why: WhyNotInvited) -> None:
        super().__init__(_WHY[why])
        self.why = why


class WorksHereError(UnwalledError):
    """Whoever works here is not erased: what they do stands under their name."""


class NotInvitedError(UnwalledError):
    """The invitation is used, ended or too old."""
