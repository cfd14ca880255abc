"""What the pages share on which staff set up what they sign in with."""

from dataclasses import dataclass

from flask import request
from markupsafe import Markup

from app.core.answering import page_language, the_settings
from app.core.languages import gettext as _
from app.mail.message import site_name
from app.people import staff_devices, totp
from app.people.qr_pictures import qr_picture
from app.people.staff_passkeys import LONGEST_NAME

LONGEST_CODE = 20


@dataclass(frozen=True, slots=True)
class ToScan:
    """A secret for a code app: as a picture, as a link for this very phone, and to type off."""

    picture: Markup
    link: str
    typed: str


def app_to_scan(secret: str, account: str) -> ToScan:
    """Return a secret as an app takes it."""
    address = totp.app_address(secret, account, site_name(the_settings(), page_language()))
    picture = qr_picture(address, _("The picture that your code app reads"))
    return ToScan(picture, address, totp.in_groups(secret))


def given_name() -> str:
    """Return what a passkey is to be called: what was typed, or the browser that it is made in."""
    typed = " ".join(request.form.get("name", "").split())[:LONGEST_NAME].strip()
    words = staff_devices.in_words(request.headers.get("User-Agent", ""))
    return typed if typed.isprintable() and typed else words or _("Passkey")


def typed_digits() -> str:
    """Return the digits of the code that was typed."""
    typed = request.form.get("code", "")[:LONGEST_CODE]
    return "".join(sign for sign in typed if sign in "0123456789")
