"""The ceremonies of passkeys (https://www.w3.org/TR/webauthn-3/), and the only user of `webauthn`.

A passkey is asked to know its owner, by a finger or a PIN: it proves two things at once, and needs
no mail beside it. What made it is not asked: no attestation.
"""

import ipaddress
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json,
    parse_client_data_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.core.errors import UnwalledError
from app.core.settings import Settings

TIMEOUT_MS = 300_000
LONGEST_ANSWER = 20_000
KNOWN = UserVerificationRequirement.REQUIRED


class PasskeyError(UnwalledError):
    """What the browser sent is no proof: wrong, of another site, or no answer at all."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are made and asked for.

    Attributes:
        host: The name that they are bound to.
        origin: Where our pages stand, with its port if it has one.
        name: What authenticators show.
    """

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose passkey is made.

    Attributes:
        handle: Random bytes that say nothing of them; the same for all passkeys of one.
        account: What they know the account by: an address.
        name: What they are called.
    """

    handle: bytes
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that was just made.

    Attributes:
        credential_id: Unique, as text.
        public_key: In the shape of COSE.
        sign_count: How often it has signed; always 0 for those that are kept in several devices.
        is_synced: Whether its owner has it on several devices.
    """

    credential_id: str
    public_key: bytes
    sign_count: int
    is_synced: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says of itself, nothing of it believed yet.

    Attributes:
        credential_id: Of the passkey that says it signed.
        challenge: What it says it signed.
        handle: Whose it says it is; empty if it does not say.
    """

    credential_id: str
    challenge: bytes
    handle: bytes


def site_of(settings: Settings, name: str) -> Site:
    """Return the site of the settings."""
    parts = urlsplit(settings.site_url)
    return Site(settings.site_host, f"{parts.scheme}://{parts.netloc}", name)


def has_name(settings: Settings) -> bool:
    """Tell whether the site has a name, which passkeys need, and a way that nobody listens on."""
    try:
        ipaddress.ip_address(settings.site_host)
    except ValueError:
        is_local = settings.site_host == "localhost" or settings.site_host.endswith(".localhost")
        return is_local or settings.site_url.startswith("https://")
    return False


def making_options(site: Site, owner: Owner, challenge: bytes, others: Iterable[str]) -> str:
    """Return, as JSON, what a browser is asked to make a passkey by.

    Args:
        site: Ours.
        owner: Whose it will be.
        challenge: Of this one ceremony.
        others: Ids of those that they have, so that no device makes a second one.
    """
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=owner.handle,
        user_name=owner.account,
        user_display_name=owner.name or owner.account,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=KNOWN
        ),
        exclude_credentials=_named(others),
    )
    return options_to_json(options)


def asking_options(site: Site, challenge: bytes, among: Iterable[str] = ()) -> str:
    """Return, as JSON, what a browser is asked to sign by; `among` names the passkeys, or none."""
    return options_to_json(
        webauthn.generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            allow_credentials=_named(among),
            user_verification=KNOWN,
        )
    )


def id_of(number: bytes) -> str:
    """Return how the name of a passkey is written."""
    return bytes_to_base64url(number)


def told_by(answer: str) -> Told:
    """Return what an answer says of itself.

    Raises:
        PasskeyError: It is no answer of a passkey.
    """
    with _doubting("That is no answer of a passkey"):
        said = _read(answer)
        client = parse_client_data_json(base64url_to_bytes(said["response"]["clientDataJSON"]))
        handle = said["response"].get("userHandle") or ""
        return Told(str(said["id"]), client.challenge, base64url_to_bytes(handle))


def read_made(site: Site, answer: str, challenge: bytes) -> Made:
    """Return the passkey that a browser says it made.

    Raises:
        PasskeyError: It was made for another site or challenge, or does not know its owner.
    """
    with _doubting("The passkey was not made"):
        found = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    return Made(
        bytes_to_base64url(found.credential_id),
        found.credential_public_key,
        found.sign_count,
        found.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
    )


def check(site: Site, answer: str, challenge: bytes, key: bytes, count: int) -> int:
    """Return how often a passkey has signed by now, if this is its signature.

    Args:
        site: Ours.
        answer: As the browser sent it.
        challenge: What it had to sign.
        key: The passkey's public key.
        count: How often it had signed before; one that counts must be past that.

    Raises:
        PasskeyError: Another key signed, or something else was signed, or for another site.
    """
    with _doubting("The passkey did not sign"):
        found = webauthn.verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key,
            credential_current_sign_count=count,
            require_user_verification=True,
        )
    return found.new_sign_count


@contextmanager
def _doubting(sentence: str) -> Iterator[None]:
    """Have whatever goes wrong with an answer be one error of ours."""
    try:
        yield
    except Exception as error:
        raise PasskeyError(f"{sentence}: {error!r}") from error


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long for an answer")
    said = json.loads(answer)
    if not isinstance(said, dict):
        raise TypeError("an answer is an object")
    return said


def _named(ids: Iterable[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in ids]
