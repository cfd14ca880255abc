"""Mails as bytes: a page of text and a page of HTML, made fast enough for a whole drive.

The email library builds a message in two milliseconds. Here it builds the headers that many mails
share, once, with its guard against line breaks; what differs from mail to mail is set beside them.
"""

import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime, parseaddr
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.core.languages import direction, translations
from app.core.leases import Held
from app.core.settings import Settings
from app.mail.addresses import wire_address
from app.mail.headers import sender_field, text_field
from app.mail.seals import delivery_seal

TEMPLATES = Path(__file__).parent.parent.parent / "templates" / "mail"
# No quoted-printable text can hold "=_" (RFC 2045, 6.7), so no body can hold the boundary.
BOUNDARY = "=_unwalled"
ONE_LINE = re.compile(r"[^\x00-\x1f\x7f\x85\u2028\u2029]*")
PLAIN = re.compile(r"[A-Za-z0-9:/._-]*")
DELIVERY = "X-Delivery"  # comes back with a returned mail where the return path does not
POSTMARK = "X-PM-Metadata-delivery"  # Postmark takes it out, and names it in its webhooks
MARK = "\ue000"  # a private sign, which no text of ours holds
SOFT_BREAK = b"=\r\n"
LONGEST_LINE = 70
PART = (
    "--{boundary}\r\n"
    'Content-Type: text/{kind}; charset="utf-8"\r\n'
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
)


@dataclass(frozen=True, slots=True)
class Words:
    """What one mail says.

    Attributes:
        subject: In the reader's language.
        values: For the templates, besides `language`, `direction`, `site_name` and `site_url`;
            the same for many mails, which are then rendered once.
        personal: What differs from mail to mail, like links and codes: plain signs that need no
            escaping, put into what was rendered.
        headers: Of this mail alone, in ASCII.
        sender: The name it comes in, if not the site's; the address stays the site's.
        reply_to: Where answers go, if not where all answers go.
    """

    subject: str
    values: Mapping[str, str | tuple[str, ...]]
    personal: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    sender: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail as the relay gets it.

    Attributes:
        sender: Where it goes if it cannot be delivered.
        recipient: Whom to.
        content: All of it.
        seal: The name by which a report speaks of it (ENVID, RFC 3461), if it has one.
    """

    sender: str
    recipient: str
    content: bytes
    seal: str = ""

    @property
    def beyond_ascii(self) -> bool:
        """Whether the relay has to know SMTPUTF8 (RFC 6531)."""
        return not self.recipient.isascii()


class HeaderError(ValueError):
    """A header's value would not stay on its line."""


def compose(settings: Settings, row: Held, words: Words) -> Envelope:
    """Return the mail of an outbox row: the same each time, down to its Message-ID.

    Raises:
        HeaderError: A value holds a line break or another control character.
    """
    recipient = wire_address(row.address)
    seal = delivery_seal(settings, one_line(row.message_id))
    own = {
        "To": f"<{recipient}>",
        "Date": format_datetime(row.created_at),
        "Message-ID": f"<{row.message_id}@{domain_of(settings.mail_from)}>",
        DELIVERY: seal,
        **({POSTMARK: seal} if settings.postmark_login else {}),
        **words.headers,
    }
    lines = "".join(f"{name}: {one_line(value)}\r\n" for name, value in own.items())
    reply_to = words.reply_to or settings.mail_reply_to
    head = shared_headers(sender_of(settings, words), reply_to, words.subject, row.language)
    content = b"".join((lines.encode(), head, bodies(settings, row, words)))
    return Envelope(return_path(settings, seal), recipient, content, seal)


def sender_of(settings: Settings, words: Words) -> str:
    """Return whom a mail comes from: in a name of its own, if it has one, at the site's address."""
    if not words.sender:
        return settings.mail_from
    name = one_line(words.sender).replace("\\", "").replace('"', "'")
    return f'"{name}" <{mailbox_of(settings.mail_from)}>'


def one_line(value: str) -> str:
    """Return a header's value if it is one line without control characters."""
    if not ONE_LINE.fullmatch(value):
        raise HeaderError(ascii(value))
    return value


@lru_cache(maxsize=512)
def shared_headers(sender: str, reply_to: str, subject: str, language: str) -> bytes:
    """Return the headers that every mail of one kind and language shares, and the empty line."""
    fields = [sender_field("From", sender)]
    if reply_to:
        fields.append(sender_field("Reply-To", reply_to))
    fields.append(text_field("Subject", one_line(subject)))
    rest = (
        "Auto-Submitted: auto-generated",
        f"Content-Language: {language}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"',
        "\r\n",
    )
    return b"\r\n".join((*fields, "\r\n".join(rest).encode()))


def bodies(settings: Settings, row: Held, words: Words) -> bytes:
    """Return the two parts of a mail, text first."""
    site = (site_name(settings, row.language), settings.site_url)
    pieces = rendered(
        (row.template, row.language, words.subject, *site),
        tuple(words.values.items()),
        tuple(words.personal),
    )
    personal = {name: _soft(value) for name, value in words.personal.items()}
    return b"".join(piece if isinstance(piece, bytes) else personal[piece] for piece in pieces)


@lru_cache(maxsize=512)
def rendered(
    kind: tuple[str, str, str, str, str],
    values: tuple[tuple[str, str | tuple[str, ...]], ...],
    personal: tuple[str, ...],
) -> tuple[bytes | str, ...]:
    """Return both parts with the names of personal values where these belong.

    Args:
        kind: Template, language, subject, name of the site, its address.
        values: Those of the templates.
        personal: Names of what differs from mail to mail.
    """
    template, language, subject, name, url = kind
    marks = {one: f"{MARK}{place}{MARK}" for place, one in enumerate(personal)}
    context = {
        "language": language,
        "direction": direction(language),
        "site_name": name,
        "site_url": url,
        "subject": subject,
        **dict(values),
        **marks,
    }
    pieces: list[bytes | str] = []
    for part, ending in (("plain", "txt"), ("html", "html")):
        page = environment(language).get_template(f"{template}.{ending}").render(context)
        pieces.append(PART.format(boundary=BOUNDARY, kind=part).encode())
        pieces.extend(_cut("\r\n".join(page.strip().splitlines()), personal))
    pieces.append(f"--{BOUNDARY}--\r\n".encode())
    return tuple(pieces)


def _cut(text: str, personal: Sequence[str]) -> Iterator[bytes | str]:
    """Yield a text in quoted-printable, cut where personal values go; these get their own lines."""
    for place, piece in enumerate(re.split(f"{MARK}(\\d+){MARK}", text)):
        if place % 2:
            yield personal[int(piece)]
        else:
            # It breaks lines as the first one it finds, and by bare line feeds if it finds none.
            quoted = binascii.b2a_qp(piece.replace("\r\n", "\n").encode(), istext=True)
            yield quoted.replace(b"\n", b"\r\n") + SOFT_BREAK
    yield b"\r\n"


def _soft(value: str) -> bytes:
    """Return a personal value on lines of its own, none too long (RFC 2045, 6.7)."""
    if not PLAIN.fullmatch(value):
        raise HeaderError(ascii(value))
    lines = (value[start : start + LONGEST_LINE] for start in range(0, len(value), LONGEST_LINE))
    return b"".join(line.encode() + SOFT_BREAK for line in lines)


def site_name(settings: Settings, language: str) -> str:
    """Return the newsroom's name in a language."""
    return (settings.site_name_uk if language == "uk" else "") or settings.site_name


def return_path(settings: Settings, seal: str) -> str:
    """Return where a returned mail goes: an address that names the mail, if one may be made."""
    if not settings.mail_bounces:
        return mailbox_of(settings.mail_from)
    local, _, domain = settings.mail_bounces.rpartition("@")
    return f"{local}+{seal}@{domain}"


@cache
def environment(language: str) -> Environment:
    """Return the templates of mail in one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.install_gettext_translations(  # type: ignore[attr-defined] # added by the extension
        translations(language), newstyle=True
    )
    return made


@cache
def mailbox_of(sender: str) -> str:
    """Return the address in `Name <address>`."""
    return parseaddr(sender)[1]


def domain_of(sender: str) -> str:
    """Return the domain in `Name <address>`."""
    return mailbox_of(sender).rpartition("@")[2]
