"""The relay: the only module that speaks SMTP."""

import smtplib
import ssl
from types import TracebackType
from typing import Self

from app.core.settings import Settings
from app.mail.message import Envelope, one_line

CONNECT_SECONDS = 8.0
COMMAND_SECONDS = 5.0
TAKEOVER_SECONDS = 20.0
OK = 250
FIRST_PERMANENT = 500
LANE_WIDE = frozenset((421, 454, 530, 534, 535, 538))


class RelayError(Exception):
    """The relay did not take something. `code` is its answer, 0 if there was none."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"{code} {said}" if code else said)
        self.code = code


class RelayDownError(RelayError):
    """Nothing can be sent at the moment.

    Attributes:
        in_hand: The connection went while a mail was being handed over, which may be at fault.
    """

    def __init__(self, code: int, said: str, *, in_hand: bool = False) -> None:
        super().__init__(code, said)
        self.in_hand = in_hand


class DeferredError(RelayError):
    """The relay will not take this mail now (4xx)."""


class RefusedError(RelayError):
    """The relay will never take this mail (5xx).

    Attributes:
        of_recipient: It was the recipient that was refused, before anything of the mail was seen.
    """

    of_recipient = False


class Relay:
    """One connection, kept for a batch of mails; opened on entering, closed on leaving.

    Raises:
        RelayDownError: On entering: no connection, no encryption, or no login.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Connect, encrypt and log in."""
        try:
            self._connection = self._connect()
            self._secure(self._connection)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise _down(error, in_hand=False) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take leave and hang up."""
        if self._connection is not None and kind is None:
            try:
                self._connection.quit()
            except (OSError, smtplib.SMTPException):
                self._hang_up()
        self._hang_up()

    def send(self, envelope: Envelope) -> int:
        """Hand one mail over and return the relay's code.

        Raises:
            RelayDownError: The connection is lost, or the relay takes nothing from anyone.
            DeferredError: Not now.
            RefusedError: Not ever.
        """
        if self._connection is None:
            raise RelayDownError(0, "not connected")
        try:
            return self._hand_over(self._connection, envelope)
        except smtplib.SMTPNotSupportedError as error:
            raise RefusedError(553, str(error)) from error
        except smtplib.SMTPDataError as error:
            raise self._refusal(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise _down(error, in_hand=True) from error

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        host, port, name = settings.smtp_host, settings.smtp_port, settings.site_host
        if settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(
                host, port, name, timeout=CONNECT_SECONDS, context=ssl.create_default_context()
            )
        return smtplib.SMTP(host, port, name, timeout=CONNECT_SECONDS)

    def _secure(self, connection: smtplib.SMTP) -> None:
        settings = self._settings
        connection.ehlo_or_helo_if_needed()
        if settings.smtp_security == "starttls":
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
        if settings.smtp_user:
            connection.login(settings.smtp_user, settings.smtp_password)

    def _hand_over(self, connection: smtplib.SMTP, envelope: Envelope) -> int:
        options = self._utf8(connection) if envelope.beyond_ascii else ""
        if envelope.seal and connection.has_extn("dsn"):  # RFC 3461: comes back in a report
            options += f" RET=HDRS ENVID={one_line(envelope.seal)}"
        self._wait(connection, COMMAND_SECONDS)
        self._check(*connection.docmd("MAIL", f"FROM:<{one_line(envelope.sender)}>{options}"))
        self._name_recipient(connection, one_line(envelope.recipient))
        self._wait(connection, TAKEOVER_SECONDS)
        code, said = connection.data(envelope.content)
        return self._check(code, said)

    def _name_recipient(self, connection: smtplib.SMTP, recipient: str) -> None:
        try:
            self._check(*connection.docmd("RCPT", f"TO:<{recipient}>"))
        except RefusedError as refused:
            refused.of_recipient = True
            raise

    @staticmethod
    def _utf8(connection: smtplib.SMTP) -> str:
        """Return the option for addresses beyond ASCII (RFC 6531)."""
        if not connection.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError("the relay does not offer SMTPUTF8")
        connection.command_encoding = "utf-8"
        return " SMTPUTF8"

    @staticmethod
    def _wait(connection: smtplib.SMTP, seconds: float) -> None:
        if connection.sock is not None:
            connection.sock.settimeout(seconds)

    def _check(self, code: int, said: bytes) -> int:
        if code // 100 == OK // 100:
            return code
        raise self._refusal(code, said)

    def _refusal(self, code: int, said: bytes | str) -> RelayError:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        if code in LANE_WIDE or code < 0:
            self._hang_up()
            return RelayDownError(max(code, 0), text)
        if self._connection is not None:
            try:
                self._connection.rset()
            except (OSError, smtplib.SMTPException):
                self._hang_up()
        return RefusedError(code, text) if code >= FIRST_PERMANENT else DeferredError(code, text)

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _down(error: Exception, *, in_hand: bool) -> RelayDownError:
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
    return RelayDownError(max(code, 0), f"{type(error).__name__}: {error}", in_hand=in_hand)
