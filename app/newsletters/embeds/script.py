"""The script of forms on other sites: one file at one address, with its words in every language.

Its address stays, for it is pasted into pages that we cannot change; so it is kept for an hour and
then asked for by its ETag. It looks for nothing at its own address, so a site may serve a copy of
its own and name that copy's hash (https://www.w3.org/TR/SRI/).
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.languages import LANGUAGES, translations

SOURCE = Path(__file__).parents[2] / "static" / "js" / "embed.js"
PLACE = "/* words */ {}"
QUOTED_NAME = re.compile(r'(?<=[{,])"([a-z]+)":')
COMMENTS_AND_MARGINS = re.compile(r"^\s*(?://.*)?\n?", re.MULTILINE)
SPACED_SIGN = re.compile(r" (=>|={1,3}|\|\||&&) ")
WORDS = {
    "sending": "Sending…",
    "done": "Thanks. We have sent a confirmation email: open it and press the button.",
    "waiting": "If it does not come",
    "suggest": "Did you mean",
    "take": "Use %(address)s",
    "keep": "Keep what I typed",
    "failed": "This did not reach us. Your address is still in the field: check the connection and "
    "send again.",
}


@dataclass(frozen=True, slots=True)
class Script:
    """The finished file.

    Attributes:
        body: In UTF-8.
        etag: Without quotes; names the content.
        integrity: As a copy's `integrity` attribute says it.
    """

    body: bytes
    etag: str
    integrity: str


@cache
def embed_script() -> Script:
    """Return the script as it is served."""
    words = {language: _words(language) for language in LANGUAGES}
    said = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    said = QUOTED_NAME.sub(r"\1:", said)
    source = SOURCE.read_text(encoding="utf-8")
    small = SPACED_SIGN.sub(r"\1", COMMENTS_AND_MARGINS.sub("", source))
    body = small.replace(PLACE, said).encode()
    digest = hashlib.sha384(body)
    return Script(body, digest.hexdigest()[:24], _integrity(digest.digest()))


def _words(language: str) -> dict[str, str]:
    say = translations(language).gettext
    return {name: say(text).replace("%(address)s", "{}") for name, text in WORDS.items()}


def _integrity(digest: bytes) -> str:
    return f"sha384-{base64.b64encode(digest).decode()}"
