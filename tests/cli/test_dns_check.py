"""`flask mail dns-check`: what it prints and how it ends."""

from collections.abc import Iterator
from pathlib import Path

import dns.rcode
import pytest
from click.testing import Result

from app.composing import compose
from app.core.database import Database
from tests.conftest import make_settings
from tests.mail.test_dns_check import DOMAIN, IP, KEY_AT, server
from tests.name_servers import NameServer

__all__ = ["server"]


@pytest.fixture
def database_away(tmp_path: Path) -> Iterator[Database]:
    """A database that is not there: nothing asks for it."""
    opened = Database(f"sqlite:///{tmp_path}/none/none.sqlite3")
    yield opened
    opened.dispose()


def run(database: Database, server: NameServer, *words: str, host: str = "127.0.0.1") -> Result:
    settings = make_settings(
        "sqlite:///none.sqlite3",
        Path("/nowhere"),
        ADDRESS_DNS_SERVER=server.address,
        MAIL_FROM=f"The Test Post <post@{DOMAIN}>",
        SMTP_HOST=host,
        LOG_LEVEL="error",
    )
    runner = compose(settings, database).test_cli_runner()
    return runner.invoke(args=["mail", "dns-check", *words])


def test_all_is_well_ends_with_0(database_away: Database, server: NameServer) -> None:
    ended = run(database_away, server, "News.Example", "--selector", "s1", "--ip", IP)
    assert ended.exit_code == 0, ended.output
    assert ended.output.splitlines()[0] == DOMAIN
    assert ended.output.splitlines()[-1] == "All is well."
    assert "\x1b" not in ended.output


def test_something_to_do_ends_with_1_and_the_record_on_a_line_of_its_own(
    database_away: Database, server: NameServer
) -> None:
    server.set(f"_dmarc.{DOMAIN}", "TXT")
    ended = run(database_away, server, DOMAIN, "--selector", "s1", "--ip", IP)
    assert ended.exit_code == 1
    lines = [line.strip() for line in ended.output.splitlines()]
    assert f'_dmarc.{DOMAIN}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{DOMAIN}"' in lines
    assert lines[-1] == "To do: 1."
    assert [line.split()[0] for line in lines[1:4]] == ["ok", "ok", "missing"]


def test_a_relay_of_our_own_is_looked_up(database_away: Database, server: NameServer) -> None:
    ended = run(database_away, server, DOMAIN, "--selector", "s1", host=f"mail.{DOMAIN}")
    assert f"{IP} is mail.{DOMAIN}" in ended.output
    others = run(database_away, server, DOMAIN, "--selector", "s1", host="smtp.provider.example")
    assert "--ip" in others.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("not a domain",), "not a domain is no domain"),
        ((DOMAIN, "--ip", "somewhere"), "somewhere is no IP address"),
    ],
)
def test_a_mistake_is_one_sentence(
    database_away: Database, server: NameServer, words: tuple[str, ...], said: str
) -> None:
    ended = run(database_away, server, *words)
    assert ended.exit_code == 2
    assert said in ended.output
    assert len(ended.output.splitlines()) == 1


def test_dns_that_does_not_answer_ends_with_2(database_away: Database, server: NameServer) -> None:
    server.codes[KEY_AT] = dns.rcode.SERVFAIL
    ended = run(database_away, server, DOMAIN, "--selector", "s1")
    assert ended.exit_code == 2
    assert ended.output.startswith("DNS did not answer: ")


def test_a_domain_in_its_own_letters_is_asked_for(
    database_away: Database, server: NameServer
) -> None:
    server.add("xn--b1amarcd.xn--j1amh", "MX", "0 .")
    ended = run(database_away, server, "новини.укр")
    assert ended.output.splitlines()[0] == "xn--b1amarcd.xn--j1amh"
    assert "takes no mail at all" in ended.output
