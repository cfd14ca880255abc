"""One request of the API: its key, its answer, and the same answer for the same key again."""

import hashlib
import json
from typing import Any, NamedTuple

from app.sandbox.stripe import routes
from app.sandbox.stripe.books import DAY, VERSION, Books
from app.sandbox.stripe.errors import StripeError

Json = dict[str, Any]


class Answer(NamedTuple):
    """What is answered, and whether it was answered before."""

    status: int
    body: Json
    replayed: bool = False


def ask(books: Books, method: str, path: str, params: Json, key: str | None) -> Answer:
    """Answer a request; a POST with a key that was used within a day is answered as it was then.

    https://docs.stripe.com/api/idempotent_requests
    """
    keyed = key if method == "POST" else None
    digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    try:
        if keyed and (before := _before(books, keyed, path, digest)):
            return before
        answer, kept = _fresh(books, method, path, params), True
    except StripeError as refused:
        answer, kept = Answer(refused.status, refused.body), refused.kept
    if keyed and kept:
        books.store.run(
            "INSERT OR REPLACE INTO answers (key, path, params, status, body, at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *(keyed, path, digest, answer.status, json.dumps(answer.body), books.moment),
        )
    return answer


def check_version(version: str | None) -> None:
    """Refuse another version of the API than the one that is stood in for."""
    if version not in {None, VERSION}:
        raise StripeError(f"Invalid Stripe API version: {version}", kept=False)


def _fresh(books: Books, method: str, path: str, params: Json) -> Answer:
    books.store.run("SAVEPOINT call")
    try:
        body = routes.answer(books, method, path, params)
    except StripeError:
        books.store.run("ROLLBACK TO call")
        raise
    finally:
        books.store.run("RELEASE call")
    return Answer(200, body)


def _before(books: Books, key: str, path: str, digest: str) -> Answer | None:
    rows = books.store.run("SELECT * FROM answers WHERE key = ?", key)
    if not rows or rows[0]["at"] <= books.moment - DAY:
        return None
    before = rows[0]
    if before["path"] != path:
        raise _mismatch(
            "Keys for idempotent requests can only be used for the same endpoint they were first"
            f" used for ('{path}' vs '{before['path']}'). Try using a key other than '{key}'"
            " if you meant to execute a different request."
        )
    if before["params"] != digest:
        raise _mismatch(
            "Keys for idempotent requests can only be used with the same parameters they were"
            f" first used with. Try using a key other than '{key}' if you meant to execute a"
            " different request."
        )
    return Answer(before["status"], json.loads(before["body"]), replayed=True)


def _mismatch(message: str) -> StripeError:
    return StripeError(message, kind="idempotency_error", kept=False)
