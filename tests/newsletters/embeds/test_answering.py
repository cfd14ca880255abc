"""A form on another site: what is taken, what it is counted under, and who may read the answer."""

import pytest
from werkzeug.test import TestResponse

from app.core.clock import now
from app.newsletters.embeds.embeds import close_embed, forget_embeds, save_embed
from tests.newsletters.making import ANN, Newsroom, link_in

PARTNER = "https://partner.test"
THERE = {"Origin": PARTNER, "Sec-Fetch-Site": "cross-site"}
JSON = {"Accept": "application/json"}
ASKING = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "accept"}


def granted(answer: TestResponse) -> dict[str, str]:
    return {name: text for name, text in answer.headers if name.startswith("Access-Control")}


def source(newsroom: Newsroom) -> tuple[str, str | None]:
    row = newsroom.requests()[-1]
    return row.form, row.from_path


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"from": "/2026/bread/"}, "partner/2026/bread/"),
        ({"from": "/2026/bread/?reader=7#x"}, "partner/2026/bread/"),
        ({}, "partner"),
        ({"from": "https://partner.test/x"}, "partner"),
        ({"from": "//evil.test/"}, "partner"),
        ({"from": "/x\r\ny"}, "partner"),
        ({"from": "/" + "x" * 299}, "partner"),
    ],
)
def test_a_sign_up_from_a_partner_is_counted_under_its_name_and_path(
    newsroom: Newsroom, sent: dict[str, str], kept: str
) -> None:
    answer = newsroom.sign_up(headers=THERE, **sent)

    assert answer.status_code == 303
    assert source(newsroom) == ("embed", kept)


def test_the_whole_way_from_a_partner_keeps_where_it_began(newsroom: Newsroom) -> None:
    newsroom.asks(headers=THERE, **{"from": "/bread/"})
    newsroom.post(link_in(newsroom.mails[-1]))

    assert [(one.what, one.form, one.from_path) for one in newsroom.consents()] == [
        ("asked", "embed", "partner/bread/"),
        ("confirmed", "button", "partner/bread/"),
    ]


def test_a_page_of_ours_cannot_name_a_partner_that_there_is_not(newsroom: Newsroom) -> None:
    newsroom.client.post("/newsletters/daily/subscribe?embed=nobody", data={"email": ANN})

    assert source(newsroom) == ("list", None)


def test_an_error_shows_our_page_with_the_value_and_still_counts_for_the_partner(
    newsroom: Newsroom,
) -> None:
    path = "/uk/newsletters/subscribe"
    data = {"email": "ann@gmial.com", "list": ["daily", "weekly"], "from": "/bread/"}
    page = newsroom.client.post(path, data=data, headers=THERE)

    action = f"{path}?list=daily&amp;list=weekly&amp;embed=partner&amp;from=/bread/"
    assert page.status_code == 422
    assert f'action="{action}"' in page.text
    assert 'value="ann@gmial.com"' in page.text
    assert '<html lang="uk"' in page.text
    again = newsroom.client.post(action.replace("&amp;", "&"), data={"email": ANN})
    assert again.status_code == 303
    assert source(newsroom) == ("embed", "partner/bread/")
    assert len(newsroom.requests()[0].lists) == 2


def test_a_partner_offers_only_what_it_may(newsroom: Newsroom) -> None:
    allow(newsroom, "daily")
    refused = newsroom.sign_up(slug="weekly", headers={**THERE, **JSON})
    both = {"email": ANN, "list": ["daily", "weekly"]}

    assert refused.status_code == 422
    assert "does not offer" in refused.get_json()["errors"]["list"]
    assert granted(refused)["Access-Control-Allow-Origin"] == PARTNER
    assert (
        newsroom.client.post("/newsletters/subscribe", data=both, headers=THERE).status_code == 422
    )
    assert newsroom.requests() == []
    assert newsroom.sign_up(slug="daily", headers=THERE).status_code == 303
    assert newsroom.sign_up(slug="weekly").status_code == 303


def allow(newsroom: Newsroom, *slugs: str) -> None:
    with newsroom.database.write() as session:
        save_embed(session, "partner", [PARTNER], slugs, now(session))
        session.commit()
    forget_embeds(newsroom.client.application.extensions["unwalled_database"])


def test_a_preflight_grants_a_partner_the_post_and_nothing_else(newsroom: Newsroom) -> None:
    asked = newsroom.client.options("/newsletters/subscribe", headers={**THERE, **ASKING})

    assert asked.status_code == 204
    assert granted(asked) == {
        "Access-Control-Allow-Origin": PARTNER,
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Accept, Content-Type",
        "Access-Control-Max-Age": "7200",
    }
    assert "Origin" in asked.vary


@pytest.mark.parametrize(("email", "status"), [(ANN, 200), ("ann@", 422), ("ann@gmial.com", 422)])
def test_a_partner_may_read_every_answer(newsroom: Newsroom, email: str, status: int) -> None:
    answer = newsroom.sign_up(email, headers={**THERE, **JSON})

    assert answer.status_code == status
    assert granted(answer) == {"Access-Control-Allow-Origin": PARTNER}
    assert "Origin" in answer.vary


def test_a_partner_may_read_that_its_readers_network_had_enough(newsroom: Newsroom) -> None:
    for number in range(60):
        newsroom.sign_up(f"reader{number}@post.example")
    answer = newsroom.sign_up(headers={**THERE, **JSON})

    assert answer.status_code == 429
    assert granted(answer) == {"Access-Control-Allow-Origin": PARTNER}


WRONG = [
    "http://partner.test",
    "https://partner.test:8443",
    "https://partner.test:443",
    "https://partner.test.",
    "https://Partner.test",
    "https://www.partner.test",
    "https://test",
    "https://partner.test.evil.test",
    "https://xn--prtner-6ve.test",
    "null",
    "",
    "*",
    "http://localhost:81",
]


@pytest.mark.parametrize("origin", WRONG)
def test_any_other_origin_is_granted_nothing(newsroom: Newsroom, origin: str) -> None:
    asked = newsroom.client.options("/newsletters/subscribe", headers={"Origin": origin, **ASKING})
    posted = newsroom.sign_up(headers={"Origin": origin, **JSON})

    assert granted(asked) == granted(posted) == {}
    assert posted.status_code == 403
    assert "Origin" in asked.vary
    assert "Origin" in posted.vary
    assert newsroom.requests() == []


def test_a_removed_partner_is_granted_nothing(newsroom: Newsroom) -> None:
    with newsroom.database.write() as session:
        close_embed(session, "partner")
        session.commit()

    assert newsroom.sign_up(headers=THERE).status_code == 403
    assert granted(newsroom.client.options("/newsletters/subscribe", headers=THERE)) == {}


@pytest.mark.parametrize("path", ["/join/", "/newsletters/waiting/x/again", "/account/sign-in"])
def test_a_partner_may_sign_readers_up_and_do_nothing_else(newsroom: Newsroom, path: str) -> None:
    answer = newsroom.client.post(path, headers=THERE)

    assert answer.status_code in {403, 404, 405}
    assert granted(answer) == {}
