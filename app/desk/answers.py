"""What is answered once something was done."""

from http import HTTPStatus

from flask import Response, make_response, redirect, url_for

from app.desk.notices import tell


def then(endpoint: str, words: str, *, undo_url: str = "", **values: object) -> Response:
    """Lead on to a page of the desk, which says what has just been done.

    Args:
        endpoint: Of that page.
        words: What was done.
        undo_url: Takes a post that takes it back, if anything does.
        **values: For the page's address.
    """
    answer = make_response(redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER))  # type: ignore[arg-type] # any value of an address
    return tell(answer, words, undo_url)
