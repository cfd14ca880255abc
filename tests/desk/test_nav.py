"""The ways through the desk."""

from app.desk.nav import WAYS


def test_each_way_has_a_key_of_its_own() -> None:
    keys = [way.key for way in WAYS]

    assert sorted(keys) == sorted(set(keys))
