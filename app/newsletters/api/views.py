"""The API of newsletters: what the newsroom's other systems may ask for and do."""

from http import HTTPStatus
from typing import NoReturn

from flask import Blueprint

from app.core.answering import the_settings
from app.core.clock import now
from app.core.errors import FieldError
from app.core.languages import DEFAULT
from app.core.operations import Operation, Operations
from app.core.problems import Fault, refuse
from app.core.tokens import keyed_hash
from app.extensions import db
from app.mail.addresses import Address, AddressError, read_address
from app.newsletters import answering
from app.newsletters.addresses import accepted_address
from app.newsletters.api import schemas
from app.newsletters.api.leaving import leave_by_address
from app.newsletters.api.queries import person_with_id, person_with_key
from app.newsletters.confirming import Act
from app.newsletters.forms import internal_path
from app.newsletters.lists import ListRead, all_lists
from app.newsletters.queries import List, lists_by_slug
from app.newsletters.renaming import former_slugs
from app.newsletters.service import CAP_SECONDS, Signup, take
from app.people.token_guarding import the_token

bp = Blueprint("newsletters_api", __name__)
API = Operations(bp)

FORM = "api"
NO_LIST = "There is no such newsletter."
NOBODY = "Nobody here is known by that."


@API.declare(
    Operation(
        name="list_newsletters",
        method="GET",
        path="/api/v1/newsletters",
        scope=schemas.LISTS_READ,
        summary="Read every newsletter",
        description="Closed and unlisted ones too.",
        says="Every newsletter, in the newsroom's order.",
        answer=schemas.NEWSLETTERS,
    )
)
def newsletters() -> object:
    """Return every list."""
    return {"newsletters": [_shown(one) for one in all_lists(db.session)]}


@API.declare(
    Operation(
        name="read_newsletter",
        method="GET",
        path="/api/v1/newsletters/{slug}",
        scope=schemas.LISTS_READ,
        summary="Read one newsletter",
        description="By the name in its address.",
        says="The newsletter.",
        answer=schemas.NEWSLETTER,
        parameters={"slug": schemas.SLUG},
        refusals={404: NO_LIST},
    )
)
def newsletter(slug: str) -> object:
    """Return one list."""
    present = former_slugs(db.session).get(slug, slug)
    found = [one for one in all_lists(db.session) if one.slug == present]
    return _shown(found[0]) if found else refuse(HTTPStatus.NOT_FOUND, NO_LIST)


def _shown(one: ListRead) -> dict[str, object]:
    names = ("slug", "name", "description", "cadence", "language", "open", "listed")
    return {name: getattr(one, name) for name in names}


@API.declare(
    Operation(
        name="subscribe",
        method="POST",
        path="/api/v1/subscriptions",
        scope=schemas.SUBSCRIPTIONS_WRITE,
        summary="Sign somebody up",
        description=(
            "The person gets a mail and confirms, as after a form on the site, and under the same "
            "caps: whoever waits already, or has confirmed, gets no second one. The answer is the "
            "same whether the address is known or not, so sending it again does no harm."
        ),
        says="Kept; the mail leaves within seconds.",
        answer=schemas.TAKEN,
        status=HTTPStatus.ACCEPTED,
        body=schemas.SIGNUP,
        refusals={409: "One of the newsletters takes no sign-ups at the moment."},
    )
)
def subscribe(body: dict[str, object]) -> object:
    """Keep one sign-up, as the form does."""
    lists = _open_lists(body["newsletters"])
    address = _accepted(str(body["email"]), as_typed=body.get("as_typed") is True)
    path = body.get("from_path")
    if path is not None and internal_path(str(path)) is None:
        _refuse_field("#/from_path", "This is no path of a page here.")
    signup = Signup(
        kind="signup",
        address=address.text,
        address_key=address.key,
        lists=tuple(one.id for one in lists),
        language=str(body.get("language", DEFAULT)),
        from_path=str(path) if path is not None else None,
        form=FORM,
        network_hash=_the_sender(),
    )
    db.release()  # the row is written on a connection of its own, which must not wait for ours
    if take(db.database, signup, the_settings().api_signups_per_token) is None:
        refuse(
            HTTPStatus.TOO_MANY_REQUESTS,
            "This token has sent its share of sign-ups for an hour.",
            headers={"Retry-After": str(CAP_SECONDS)},
        )
    return {"state": "accepted"}


@API.declare(
    Operation(
        name="unsubscribe",
        method="POST",
        path="/api/v1/unsubscriptions",
        scope=schemas.SUBSCRIPTIONS_WRITE,
        summary="Unsubscribe somebody from one newsletter",
        description=(
            "Afterwards the address gets nothing more of it. The answer is the same whether it did "
            "before, and whether it is known, so sending it again does no harm."
        ),
        says="Done.",
        answer=None,
        status=HTTPStatus.NO_CONTENT,
        body=schemas.LEAVING,
    )
)
def unsubscribe(body: dict[str, str]) -> object:
    """End one subscription, if there is one."""
    found = lists_by_slug(db.database).get(body["newsletter"])
    if found is None:
        _refuse_field("#/newsletter", NO_LIST)
    key = _read(body["email"]).key
    act = Act(FORM, DEFAULT, _the_sender())
    leave_by_address(db.session, key, found.slug, act, now(db.session))
    db.commit()
    return None


@API.declare(
    Operation(
        name="look_up_person",
        method="POST",
        path="/api/v1/lookups",
        scope=schemas.PEOPLE_READ,
        summary="Find a person by address",
        description="The address travels in the body, where no log keeps it.",
        says="The person.",
        answer=schemas.PERSON,
        body=schemas.WHO,
        refusals={404: NOBODY},
    )
)
def look_up(body: dict[str, str]) -> object:
    """Return the state of whoever has an address."""
    found = person_with_key(db.session, the_settings(), _read(body["email"]).key)
    return found if found is not None else refuse(HTTPStatus.NOT_FOUND, NOBODY)


@API.declare(
    Operation(
        name="read_person",
        method="GET",
        path="/api/v1/people/{id}",
        scope=schemas.PEOPLE_READ,
        summary="Read a person",
        description="By the id that a lookup gives, and webhooks. Nobody finds the erased.",
        says="The person.",
        answer=schemas.PERSON,
        parameters={"id": schemas.PERSON_ID},
        refusals={404: NOBODY},
    )
)
def person(id: str) -> object:  # noqa: A002 - its name in the document
    """Return the state of one person."""
    found = person_with_id(db.session, the_settings(), id)
    return found if found is not None else refuse(HTTPStatus.NOT_FOUND, NOBODY)


def _the_sender() -> str:
    """Return what stands for the network of a sign-up: the reader's is not known, the token is."""
    return keyed_hash(the_settings().secret_key, "api-network", the_token().caller)


def _open_lists(slugs: object) -> list[List]:
    assert isinstance(slugs, list)  # noqa: S101 - the schema says so
    known = lists_by_slug(db.database)
    unknown = [
        Fault(f"#/newsletters/{place}", NO_LIST)
        for place, slug in enumerate(slugs)
        if slug not in known
    ]
    if unknown:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, NO_LIST, unknown)
    found = [known[slug] for slug in slugs]
    if shut := [one.slug for one in found if not one.open]:
        refuse(HTTPStatus.CONFLICT, f"No sign-ups are taken just now for: {', '.join(shut)}.")
    return found


def _accepted(typed: str, *, as_typed: bool) -> Address:
    try:
        return accepted_address(typed, the_settings(), answering.the_mailboxes(), as_typed=as_typed)
    except FieldError as error:
        _refuse_field("#/email", error.message, error.suggestion)


def _read(typed: str) -> Address:
    settings = the_settings()
    try:
        return read_address(
            typed, smtputf8=settings.smtp_utf8, testing=settings.mode != "production"
        )
    except AddressError:
        _refuse_field("#/email", "This is no mail address.")


def _refuse_field(pointer: str, detail: str, suggestion: str = "") -> NoReturn:
    refuse(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Some of this cannot be taken.",
        [Fault(pointer, detail, suggestion)],
    )
