"""Sealed secrets: read again by the key that sealed them, and by nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.sealing import SealBrokenError, seal, unseal
from app.core.settings import Settings
from tests.conftest import make_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path)


def test_what_was_sealed_is_read_again_and_stands_nowhere(settings: Settings) -> None:
    sealed = seal(settings, "codes", "JBSWY3DP")
    assert "JBSWY3DP" not in sealed
    assert unseal(settings, "codes", sealed) == "JBSWY3DP"


def test_sealed_twice_it_looks_different(settings: Settings) -> None:
    assert seal(settings, "codes", "same") != seal(settings, "codes", "same")


def test_another_purpose_another_key_and_a_changed_sign_open_nothing(settings: Settings) -> None:
    sealed = seal(settings, "codes", "JBSWY3DP")
    other = replace(settings, permanent_key="a third secret for tests, for hashes")
    for how in ((settings, "other", sealed), (other, "codes", sealed), (settings, "codes", "x")):
        with pytest.raises(SealBrokenError, match="UNWALLED_PERMANENT_KEY"):
            unseal(*how)


def test_a_rotated_secret_key_changes_nothing(settings: Settings) -> None:
    sealed = seal(settings, "codes", "JBSWY3DP")
    rotated = replace(
        settings, secret_key="quite another secret for tests alone", secret_key_fallbacks=()
    )
    assert unseal(rotated, "codes", sealed) == "JBSWY3DP"
