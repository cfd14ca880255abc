"""The daily check of our sending domain, against a name server on the loopback."""

from dataclasses import replace

import dns.rcode
import pytest
from sqlalchemy import select

from app.core.alarms import Alarm
from app.core.database import Database
from app.core.settings import Settings
from app.core.work import Runtime
from app.mail.dns_watching import findings, job, watch
from tests.mail.test_dns_check import DOMAIN, server
from tests.name_servers import NameServer

__all__ = ["server"]


@pytest.fixture
def runtime(database: Database, settings: Settings, server: NameServer) -> Runtime:
    asking = replace(
        settings,
        address_dns=True,
        address_dns_server=server.address,
        mail_from=f"The Test Post <post@{DOMAIN}>",
        dkim_selectors=("s1",),
    )
    return Runtime(database, asking)


def standing(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)))
        return [(row.kind, row.ref) for row in rows]


def wrong(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {one.topic: one.record for one in findings(session) if not one.is_well}


def test_a_domain_that_is_well_raises_nothing(runtime: Runtime) -> None:
    watch(runtime)
    assert (standing(runtime.database), wrong(runtime.database)) == ([], {})


def test_a_fault_stands_with_its_record_until_it_is_mended(
    runtime: Runtime, server: NameServer
) -> None:
    server.set(f"_dmarc.{DOMAIN}", "TXT")
    watch(runtime)
    assert standing(runtime.database) == [("dns", DOMAIN)]
    assert wrong(runtime.database)["DMARC"].startswith(f"_dmarc.{DOMAIN}. TXT")

    server.set(f"_dmarc.{DOMAIN}", "TXT", '"v=DMARC1; p=reject"')
    job().run(runtime, {})
    assert (standing(runtime.database), wrong(runtime.database)) == ([], {})


def test_no_answer_changes_nothing(runtime: Runtime, server: NameServer) -> None:
    server.set(f"_dmarc.{DOMAIN}", "TXT")
    watch(runtime)
    server.codes[DOMAIN] = dns.rcode.REFUSED
    watch(runtime)
    assert standing(runtime.database) == [("dns", DOMAIN)]


def test_a_key_that_nobody_named_is_no_fault(runtime: Runtime) -> None:
    watch(Runtime(runtime.database, replace(runtime.started_with, dkim_selectors=())))
    assert standing(runtime.database) == []


def test_where_dns_is_not_asked_nothing_stands(runtime: Runtime, server: NameServer) -> None:
    server.set(f"_dmarc.{DOMAIN}", "TXT")
    watch(runtime)
    watch(Runtime(runtime.database, replace(runtime.started_with, address_dns=False)))
    assert (standing(runtime.database), wrong(runtime.database)) == ([], {})
