"""Articles at the desk: written, saved, published, corrected, withdrawn, and undone."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image as Pictures
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.articles import drafting, locking
from app.articles.models import Article, Edition, Image
from app.core.clock import now
from app.core.database import Database
from app.newsletters.lists import forms_chosen
from app.people.audit import AuditEntry
from app.people.csrf import FIELD
from tests.articles.making import make_draft, make_newsroom
from tests.desk.conftest import SitDown
from tests.desk.making import OURS, Desk, make_staff, words_of
from tests.site.making import make_list

HERE = "/desk/articles/1/"
TEXT = {"headline": "Grain leaves", "dek": "At last.", "slug": "grain-en", "body": "One."}


@pytest.fixture
def at(desk: SitDown, database: Database) -> Desk:
    """An editor, and a draft with the id 1."""
    with database.write() as session:
        make_newsroom(session)
        make_draft(session)
        session.commit()
    return desk("editor")


def save(at: Desk, version: int, **fields: str) -> TestResponse:
    return at.post(HERE, builds_on=str(version), do="save", **{**TEXT, **fields})


def publish(at: Desk, version: int, **fields: str) -> TestResponse:
    return at.post(f"{HERE}publish/", builds_on=str(version), **fields)


def body(database: Database) -> tuple[str, str]:
    """Return the draft's text and the edition's."""
    with database.read() as session:
        edition = session.get_one(Edition, 1)
        return drafting.draft_of(session, edition).words.body, edition.body_markdown


def deeds(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry.what).order_by(AuditEntry.number)))


def reader_sees(at: Desk) -> str:
    """Return the article as a reader gets it."""
    at.app.extensions["unwalled_site"].watch.forget()
    with at.database.read() as session:
        edition = session.get_one(Edition, 1)
        assert edition.published_at is not None
        zone = at.app.extensions["unwalled_settings"].time_zone
        path = f"/{edition.published_at.astimezone(zone):%Y/%m}/{edition.slug}/"
    return at.app.test_client().get(path).text


def test_an_article_is_begun_written_published_and_corrected(at: Desk, database: Database) -> None:
    save(at, 0)
    publish(at, 1)
    assert "<p>One.</p>" in reader_sees(at)
    save(at, 1, body="Two.")
    assert "<p>One.</p>" in reader_sees(at)
    assert publish(at, 2).status_code == 422
    publish(at, 2, kind="correction", note="It said one.")

    page = reader_sees(at)
    assert "<p>Two.</p>" in page
    assert "It said one." in page
    assert deeds(database) == ["article.saved", "article.published"] * 2


def test_a_new_article_starts_from_its_headline(at: Desk, database: Database) -> None:
    answer = at.post(
        "/desk/articles/new/", headline="Порт живе", **{"in": "uk", "section": "culture"}
    )

    assert answer.location == "/desk/articles/2/"
    assert "Порт живе" in at.get(answer.location).text
    assert at.post("/desk/articles/new/", headline="", section="culture").status_code == 422
    assert deeds(database) == ["article.begun"]


def test_a_stale_save_shows_both_texts_and_writes_nothing(at: Desk, database: Database) -> None:
    save(at, 0, body="What Olena wrote.")
    answer = save(at, 0, body="What Taras typed.")

    assert answer.status_code == 409
    assert "What Olena wrote." in answer.text
    assert "What Taras typed.</textarea>" in answer.text
    assert 'name="builds_on" value="1"' in answer.text
    assert body(database)[0] == "What Olena wrote."
    assert save(at, 1, body="Both.").status_code == 303


def test_whoever_else_is_editing_is_named_and_can_be_taken_over(
    at: Desk, database: Database
) -> None:
    olena = make_staff(database, "admin")
    with database.write() as session:
        locking.hold(session, 1, olena, now(session))
        session.commit()

    assert re.search(r"The admin is editing since \d\d:\d\d\.", words_of(at.get(HERE)))
    refused = save(at, 0, body="Mine.")
    assert (refused.status_code, "Mine.</textarea>" in refused.text) == (409, True)
    assert at.post(f"{HERE}beat").status_code == 409
    assert "stays in their window" in words_of(at.get(f"{HERE}take-over/"))
    at.post(f"{HERE}take-over/")
    assert save(at, 0, body="Mine.").status_code == 303
    assert deeds(database)[0] == "article.taken-over"


def test_what_is_typed_is_saved_by_itself_and_kept_from_readers(
    at: Desk, database: Database
) -> None:
    save(at, 0)
    publish(at, 1)
    answer = at.post(f"{HERE}autosave", builds_on="1", **{**TEXT, "body": "Half a sen"})
    again = at.post(f"{HERE}autosave", builds_on="1", **{**TEXT, "body": "Else"})

    assert answer.json is not None
    assert answer.json["version"] == 2
    assert again.status_code == 409
    assert body(database) == ("Half a sen", "One.")


def test_what_is_wrong_is_said_at_its_field_with_what_was_typed(at: Desk) -> None:
    answer = save(at, 0, headline="x" * 301, body="Kept.")

    assert answer.status_code == 422
    assert 'aria-describedby="headline-error"' in answer.text
    assert "Kept.</textarea>" in answer.text


def test_a_text_as_long_as_any_is_taken_in_ukrainian_too(at: Desk, database: Database) -> None:
    long = "Зерно! " * 28_000
    data = {**TEXT, "body": long, "builds_on": "0", "do": "save", FIELD: at.csrf()}
    sent = {"data": data, "headers": OURS, "content_type": "multipart/form-data"}
    assert at.client.post(HERE, **sent).status_code == 303
    assert body(database)[0] == long


def test_a_preview_is_made_the_way_readers_pages_are(at: Desk, database: Database) -> None:
    attack = "*a* [x](javascript:alert(1)) <script>alert(1)</script>"
    shown = at.post(f"{HERE}shown", body=attack).text
    whole = at.post(HERE, do="show", builds_on="0", **{**TEXT, "body": attack}).text

    assert "<em>a</em>" in shown
    assert "<script>alert" not in shown
    assert "<em>a</em>" in whole
    assert body(database)[0] != attack


def test_faults_are_named_with_the_way_to_put_them_right(at: Desk, database: Database) -> None:
    save(at, 0, headline="", body="[x](/nowhere/)", dek="")
    page = at.get(f"{HERE}publish/")

    assert "There is no headline. Put it right" in words_of(page)
    assert f'href="{HERE}#headline"' in page.text
    assert "leads to no page" in words_of(page)
    assert publish(at, 1).status_code == 422
    assert body(database)[1] != "[x](/nowhere/)"


def test_what_was_changed_since_it_was_looked_at_is_not_published(
    at: Desk, database: Database
) -> None:
    save(at, 0)
    save(at, 1, body="Two.")

    assert publish(at, 1).status_code == 409
    assert body(database)[1] not in {"One.", "Two."}


def test_an_article_appears_by_itself_or_not_after_all(at: Desk, database: Database) -> None:
    save(at, 0)
    with database.read() as session:
        tomorrow = f"{now(session) + timedelta(days=1):%Y-%m-%d}"
    assert at.post(f"{HERE}schedule", builds_on="1", at="2026-01-01T10:00").status_code == 422
    at.post(f"{HERE}schedule", builds_on="1", at=f"{tomorrow}T10:00")

    page = at.get(HERE)
    assert re.search(r"It appears on .*, 10:00 EES?T", words_of(page))
    assert f'action="{HERE}unschedule"' in page.text
    at.post(f"{HERE}unschedule")
    assert "It is a draft again" in words_of(at.get(HERE))


TWICE = "2199-10-27T03:30"


@pytest.mark.parametrize(("which", "hour"), [("first", "00"), ("second", "01")])
def test_of_an_hour_that_comes_twice_it_is_asked_in_which_it_appears(
    at: Desk, database: Database, which: str, hour: str
) -> None:
    save(at, 0)
    asked = at.post(f"{HERE}schedule", builds_on="1", at=TWICE)
    assert asked.status_code == 422
    assert "comes twice" in asked.text
    assert 'name="at_which" value="second"' in asked.text

    assert at.post(f"{HERE}schedule", builds_on="1", at=TWICE, at_which=which).status_code == 303
    with database.read() as session:
        found = session.get_one(Edition, 1).published_at
    assert found is not None
    assert found.isoformat() == f"2199-10-27T{hour}:30:00+00:00"
    assert f'value="{which}" checked' in at.get(f"{HERE}publish/").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "a date and a time"), ("x", "a date and a time"), ("2027-02-30T10:00", "a date and"),
     ("2027-03-28T03:30", "does not exist"), (f"{TWICE}+02:00", "a date and a time")],
)  # fmt: skip
def test_what_is_no_moment_is_refused_with_what_was_typed(
    at: Desk, typed: str, sentence: str
) -> None:
    save(at, 0)
    answer = at.post(f"{HERE}schedule", builds_on="1", at=typed)

    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert f'value="{typed}"' in answer.text


def test_an_embargo_until_an_hour_that_comes_twice_goes_from_the_first_to_the_second(
    at: Desk, database: Database
) -> None:
    def until(which: str) -> str:
        page = at.get(f"{HERE}around/").text
        mark = re.search(r'name="mark" value="([^"]*)"', page)
        assert mark is not None
        fields = {"mark": mark[1], "section": "culture", "authors": ["bo"]}
        at.post(f"{HERE}around/", **fields, embargo=TWICE, embargo_which=which)
        with database.read() as session:
            return str(session.scalars(select(Article.embargo_until)).first())

    assert [until("first")[11:16], until("second")[11:16]] == ["00:30", "01:30"]


def test_a_withdrawal_wants_a_sentence_and_can_be_undone(at: Desk) -> None:
    save(at, 0)
    publish(at, 1)
    assert at.post(f"{HERE}withdraw/", note="").status_code == 422
    at.post(f"{HERE}withdraw/", note="A source asked us.")

    assert "A source asked us." in reader_sees(at)
    assert f'action="{HERE}bring-back/"' in at.get(HERE).text
    at.post(f"{HERE}bring-back/")
    assert "<p>One.</p>" in reader_sees(at)


def test_an_earlier_text_is_compared_and_brought_back(at: Desk, database: Database) -> None:
    save(at, 0, body="Ten ships left.")
    save(at, 1, body="Twelve ships left.")
    page = at.get(f"{HERE}revisions/2/")

    assert re.search(r"<del>.*Ten</del><ins>.*Twelve</ins> ships left\.", page.text)
    at.post(f"{HERE}revisions/2/restore", builds_on="2")
    assert body(database)[0] == "Ten ships left."
    assert "brought back" in words_of(at.get(f"{HERE}revisions/"))


def test_what_stands_around_is_changed_for_every_language(at: Desk, database: Database) -> None:
    with database.write() as session:
        make_list(session, "daily")
        session.commit()
    page = at.get(f"{HERE}around/").text
    mark = re.search(r'name="mark" value="(\w+)"', page)
    assert mark is not None
    fields = {
        "mark": mark[1], "section": "culture", "authors": ["bo", "ada"], "authors-bo": "2",
        "authors-ada": "1", "hero": "ship", "hero_shown": "ship", "hero_alt": "A grey ship.",
        "how": "chosen", "letters": ["daily"], "embargo": "2099-01-01T10:00",
    }  # fmt: skip
    assert at.post(f"{HERE}around/", **fields).status_code == 303
    late = at.post(f"{HERE}around/", **{**fields, "section": "economy", "asks": "yes"})
    assert late.status_code == 409
    assert "Somebody changed this meanwhile, to: culture; no." in words_of(late)
    assert '<option value="economy" selected>' in late.text

    with database.read() as session:
        article = session.get_one(Article, 1)
        assert (article.asks, article.letters) == (False, True)
        assert article.embargo_until is not None
        assert session.get_one(Image, 1).alt["en"] == "A grey ship."
        assert forms_chosen(session, 1, "en") == ["daily"]
    assert publish(at, 0).status_code == 409


def test_another_language_is_begun_beside_the_first(at: Desk) -> None:
    there = at.post(f"{HERE}translate", **{"in": "uk"}).location

    page = at.get(there)
    assert there == "/desk/articles/2/?beside=en"
    assert "The text to translate" in page.text
    assert "still that of the other language" in words_of(at.get("/desk/articles/2/publish/"))


def test_a_guest_s_link_is_shown_once_and_taken_back(at: Desk) -> None:
    made = at.post(f"{HERE}links/", label="The lawyer", days="3")
    link = re.search(r"http://localhost(/preview/[\w-]+/)", made.text)
    assert link is not None
    assert at.app.test_client().get(link[1]).status_code == 200
    assert link[1] not in at.get(f"{HERE}links/").text
    at.post(f"{HERE}links/1/")

    assert at.app.test_client().get(link[1]).status_code == 404


def test_a_picture_is_taken_in_with_its_words_or_refused_with_a_sentence(
    at: Desk, database: Database
) -> None:
    kept = BytesIO()
    Pictures.new("RGB", (700, 400), "red").save(kept, "JPEG")

    large = BytesIO()
    Pictures.effect_noise((1100, 1100), 100).save(large, "PNG")
    assert len(large.getvalue()) > 1_048_576

    def send(data: bytes, **fields: str) -> tuple[int, str]:
        picture = {"picture": (BytesIO(data), "ship.jpg"), FIELD: at.csrf(), **fields}
        answer = at.client.post(f"{HERE}picture/", data=picture, headers=OURS)
        answer.request.input_stream.close()  # a large one is a file of the client's own
        return answer.status_code, answer.text

    assert "Say in a sentence" in send(kept.getvalue())[1]
    assert "This is no picture" in send(b"<svg onload=alert(1)>", alt="x")[1]
    assert send(large.getvalue(), alt="Noise")[0] == 303
    assert send(kept.getvalue(), alt="A ship", use="hero")[0] == 303
    with database.read() as session:
        hero = session.get_one(Article, 1).hero_id
        assert session.get_one(Image, hero).alt == {"en": "A ship"}


def test_a_document_is_brought_in_without_script(at: Desk, database: Database) -> None:
    html = "<b style='font-weight:normal'><p>Від <b>Олени</b></p></b>".encode()
    document = {"document": (BytesIO(html), "text.html"), FIELD: at.csrf(), "builds_on": "0"}
    at.client.post(f"{HERE}document/", data=document, headers=OURS)

    assert body(database)[0].endswith("\n\nВід **Олени**")


def test_the_list_finds_articles_by_state_section_language_author_and_words(at: Desk) -> None:
    for query, there in (
        ("q=grain", True), ("q=nothing", False), ("state=draft", True),
        ("state=published", False), ("section=economy", True), ("section=culture", False),
        ("edition=en", True), ("edition=uk", False), ("author=ada", True), ("author=bo", False),
        ("as=csv", True),
    ):  # fmt: skip
        assert ("Grain in en" in at.get(f"/desk/articles/?{query}").text) is there, query
