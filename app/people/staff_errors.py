"""What staff cannot do to how they sign in, or to each other."""

from app.core.errors import UnwalledError


class LastProofError(UnwalledError):
    """It is the last thing that they sign in with."""


class LastAdminError(UnwalledError):
    """Nobody else could let anybody in any more."""


class AlreadyStaffError(UnwalledError):
    """They work here, or are invited to; or the address opens nothing (`is_replaced`)."""

    def __init__(self, *, is_replaced: bool = False) -> None:
        super().__init__(
            "This address has been replaced by another: invite that one."
            if is_replaced
            else "Whoever has this address works here already, or is invited."
        )
        self.is_replaced = is_replaced


class NotInvitedError(UnwalledError):
    """The invitation is used, ended or too old."""
