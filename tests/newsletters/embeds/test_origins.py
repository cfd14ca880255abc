"""Origins as staff may write them, and as browsers do."""

import pytest

from app.core.errors import OperatorError
from app.newsletters.embeds.origins import read_origin


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://partner.org", "https://partner.org"),
        (" https://Partner.ORG/ ", "https://partner.org"),
        ("HTTPS://partner.org:443", "https://partner.org"),
        ("https://partner.org:8443", "https://partner.org:8443"),
        ("https://xn--80ak6aa92e.com", "https://xn--80ak6aa92e.com"),
        ("https://[2001:DB8:0::1]", "https://[2001:db8::1]"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(text: str, origin: str) -> None:
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "*",
        "partner.org",
        "https://",
        "https://*.partner.org",
        "https://partner.org.",
        "https://партнер.укр",
        "https://partner.org:0x50",
        "https://partner.org:99999",
        "https://partner.org/news/",
        "https://partner.org?x",
        "https://partner.org#x",
        "https://ann@partner.org",
        "https://par tner.org",
        "https://-partner.org",
        "https://[::1",
        "ftp://partner.org",
        "http://partner.org",
    ],
)
def test_what_no_browser_sends_or_anybody_could_pose_as_is_refused(text: str) -> None:
    with pytest.raises(OperatorError):
        read_origin(text)


def test_a_laptop_may_do_without_tls() -> None:
    assert read_origin("http://127.0.0.1:80", plain=True) == "http://127.0.0.1"
    assert read_origin("http://127.0.0.1:8025", plain=True) == "http://127.0.0.1:8025"
