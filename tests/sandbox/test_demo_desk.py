"""The way into the desk that a rehearsal prints: once, and never in production."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app import create_app
from app.core.database import Database
from app.core.errors import OperatorError
from app.core.settings import Settings
from app.sandbox.demo.desk import way_in
from tests.conftest import make_settings
from tests.desk.making import OURS, sit_down
from tests.desk.test_every_list import ALSO
from tests.site.making import Reader


def test_a_link_sits_whoever_has_it_down_once_and_a_newer_one_ends_it(
    database: Database, settings: Settings
) -> None:
    first, second = (way_in(database, settings).removeprefix("http://localhost") for _ in range(2))
    app = create_app(settings)
    client = app.test_client()
    assert client.post(first, headers=OURS).status_code == 410
    assert client.get(second).status_code == 200
    assert client.get("/desk/you/").status_code == 303  # looking opened nothing
    assert client.post(second, headers=OURS).status_code == 303
    assert client.get("/desk/team/").status_code == 200
    assert app.test_client().post(second, headers=OURS).status_code == 410
    app.extensions["unwalled_database"].dispose()


def test_in_production_there_is_no_such_way(database: Database, settings: Settings) -> None:
    link = way_in(database, settings).removeprefix("http://localhost")
    production = replace(settings, mode="production")
    with pytest.raises(OperatorError, match="staff invite"):
        way_in(database, production)
    app = create_app(production)
    assert app.test_client().post(link, headers=OURS).status_code == 404
    assert not [one for one in app.view_functions if one.startswith("desk_rehearsal")]
    app.extensions["unwalled_database"].dispose()


def test_put_in_all_the_same_its_pages_refuse(tmp_path: Path) -> None:
    app = create_app(make_settings(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path))
    held = app.extensions["unwalled_settings"]
    app.extensions["unwalled_settings"] = replace(held, mode="production")
    assert app.test_client().get("/desk/rehearsal/x/").status_code == 404


def test_no_file_of_a_list_spells_a_moment_out(demo: Reader) -> None:
    at = sit_down(demo.app, demo.database)
    plain = [one.rule for one in demo.app.url_map.iter_rules() if "GET" in (one.methods or ())]
    lists = [one for one in plain if one.startswith("/desk/") and "<" not in one]
    also = [one.replace("daily", "furrow") for one in ALSO]
    moments, spelled = 0, []
    for path in (*lists, *also):
        file = at.get(f"{path}?as=csv&full=28&week=late")
        if file.mimetype == "text/csv":
            moments += len(re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d[+]\d\d:\d\d", file.text))
            spelled += re.findall(r"\d [^\W\d_]{3,}[.]? \d{4}", file.text)
    assert spelled == []
    assert moments > 20_000
