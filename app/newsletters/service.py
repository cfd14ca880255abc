"""Taking a sign-up: one row, in one statement, whatever the address.

The cap of the network is checked by the statement itself. Two at the very same moment may both
pass it: it is a cap, not a lock.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    Boolean,
    ColumnElement,
    ColumnExpressionArgument,
    Insert,
    Integer,
    String,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    true,
)

from app.core.bell import ring_at_once
from app.core.clock import domain_clock
from app.core.database import Database
from app.core.orm import table_of
from app.core.tokens import new_token, token_hash
from app.newsletters.models import SignupRequest

LANE = "signups"
CAP_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Signup:
    """What is kept of a form that was sent.

    Attributes:
        kind: `signup`, `again`, `corrected` or `trap`.
        address: As it is kept and shown.
        address_key: As mailboxes compare.
        lists: Ids of the lists.
        language: Of the page.
        from_path: The page of the form, if it said so.
        form: Which form it was.
        network_hash: Where it came from.
        corrects_id: The sign-up whose address was wrong.
        code_only: Its mail is to carry no link: it came without script while abuse is held off.
    """

    kind: str
    address: str
    address_key: str
    lists: tuple[int, ...]
    language: str
    from_path: str | None
    form: str
    network_hash: str
    corrects_id: int | None = None
    code_only: bool = False


def _text(name: str) -> Any:  # noqa: ANN401 - a bound parameter of any column
    return bindparam(name, type_=String())


def _statement(*, capped: bool, code_only: bool = False) -> Insert:
    values: dict[str, Any] = {
        "token_hash": _text("token_hash"),
        "kind": _text("kind"),
        "address": _text("address"),
        "address_key": _text("address_key"),
        "lists": bindparam("lists", type_=JSON()),
        "language": _text("language"),
        "from_path": _text("from_path"),
        "form": _text("form"),
        "network_hash": _text("network_hash"),
        "corrects_id": bindparam("corrects_id", type_=SignupRequest.corrects_id.type),
        "opened": bindparam("opened", value=False, type_=Boolean()),
        "attempts": literal_column("0"),
        "lost": literal_column("0"),
        "created_at": domain_clock(),
        "due_at": domain_clock(),
    }
    if code_only:
        values["code_only"] = true()
    chosen = select(*values.values())
    if capped:
        is_theirs = SignupRequest.network_hash == _text("network_hash")
        chosen = chosen.where(_taken_lately(is_theirs, "cap") < _number("cap"))
    if code_only:
        in_all = _taken_lately(SignupRequest.code_only, "code_cap")
        chosen = chosen.where(in_all < _number("code_cap"))
    return insert(table_of(SignupRequest)).from_select(list(values), chosen)


def _number(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer())


def _taken_lately(which: ColumnExpressionArgument[bool], cap: str) -> ColumnElement[int]:
    """Return how many such sign-ups came in the last hour, counted no further than the cap."""
    since = select(domain_clock(literal_column(f"-{CAP_SECONDS}"))).scalar_subquery()
    recent = (
        select(SignupRequest.id)
        .where(which, SignupRequest.created_at > since)
        .limit(_number(cap))
        .subquery()
    )
    return select(func.count()).select_from(recent).scalar_subquery()


_TAKE_CAPPED = _statement(capped=True)
_TAKE_ANY = _statement(capped=False)
_TAKE_CODE_ONLY = _statement(capped=True, code_only=True)
NO_LIMIT = 2**31 - 1


def take(database: Database, signup: Signup, cap: int, code_cap: int = 0) -> str | None:
    """Keep a sign-up for good and ring its lane.

    Args:
        database: Written to.
        signup: What was sent.
        cap: Sign-ups taken from one network in an hour; 0 for no limit.
        code_cap: Those taken in an hour, from all networks, whose mail is to carry no link; 0 for
            no limit.

    Returns:
        The token of its waiting page, or None if there were enough.
    """
    token = new_token()
    values: dict[str, object] = {
        "token_hash": token_hash(token),
        "kind": signup.kind,
        "address": signup.address,
        "address_key": signup.address_key,
        "lists": list(signup.lists),
        "language": signup.language,
        "from_path": signup.from_path,
        "form": signup.form,
        "network_hash": signup.network_hash,
        "corrects_id": signup.corrects_id,
    }
    statement = _TAKE_CAPPED if cap else _TAKE_ANY
    if signup.code_only:
        statement = _TAKE_CODE_ONLY
        values |= {"cap": cap or NO_LIMIT, "code_cap": code_cap or NO_LIMIT}
    elif cap:
        values["cap"] = cap
    if not database.write_once(statement, values):
        return None
    ring_at_once(database.engine, LANE)
    return token
