"""The demo newsroom as its file tells it."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def newsroom() -> dict[str, Any]:
    """Return everything of `newsroom.toml`."""
    return tomllib.loads((HERE / "newsroom.toml").read_text(encoding="utf-8"))


def identity() -> dict[str, str]:
    """Return the settings by which the demo newsroom presents itself."""
    site = newsroom()["site"]
    return {
        "UNWALLED_SITE_NAME": site["name"],
        "UNWALLED_SITE_NAME_UK": site["name_uk"],
        "UNWALLED_SITE_TAGLINE": site["tagline"],
        "UNWALLED_SITE_TAGLINE_UK": site["tagline_uk"],
        "UNWALLED_MAIL_FROM": f"{site['name']} <post@newsroom.example>",
    }


def local(entry: dict[str, Any], name: str) -> dict[str, str]:
    """Return a text of `newsroom.toml` in every language that it is there in."""
    texts = {"en": entry.get(name, ""), "uk": entry.get(f"{name}_uk", "")}
    return {language: text for language, text in texts.items() if text}
