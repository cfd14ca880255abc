"""Where mail providers say what became of our mail; each is there only where it is set."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.alarms import raise_alarm
from app.core.answering import the_settings
from app.core.clock import now
from app.core.routes import access
from app.core.settings import Settings
from app.extensions import db
from app.mail import events
from app.mail.certificates import Certificates
from app.mail.events import Notice
from app.mail.mailgun import read_mailgun
from app.mail.postmark import read_postmark
from app.mail.ses import read_ses
from app.mail.telling import ForgedError, LaterError, RefusedError

LARGEST = 256 * 1024
UNREADABLE = "This is nothing that we can take.\n"
LATER = "This cannot be checked just now.\n"
RETRY_SECONDS = "60"
FORGED = "mail.forged"
ALARM_SECONDS = 60.0

log = structlog.get_logger(__name__)
bp = Blueprint("mail_hooks", __name__, url_prefix="/webhooks/mail")
certificates = Certificates()

Read = Callable[[Settings, bytes], list[Notice]]


class _Alarms:
    """Raises the alarm of forged posts once a minute at most: whoever forges must not cost more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._not_before: dict[str, float] = {}

    def raise_for(self, provider: str) -> None:
        with self._lock:
            if self._not_before.get(provider, 0.0) > time.monotonic():
                return
            self._not_before[provider] = time.monotonic() + ALARM_SECONDS
        with db.database.write() as session:
            raise_alarm(session, FORGED, now(session), provider)
            session.commit()

    def forget(self) -> None:
        with self._lock:
            self._not_before.clear()


alarms = _Alarms()


@bp.post("/ses")
@access("public", cross_site=True)
def ses() -> ResponseReturnValue:
    """Take what Amazon SES tells by SNS."""
    _need(the_settings().ses_topics)
    moment = _now()
    return _take("ses", lambda settings, body: read_ses(settings, certificates, body, moment))


@bp.post("/postmark")
@access("public", cross_site=True)
def postmark() -> ResponseReturnValue:
    """Take what Postmark tells."""
    _need(the_settings().postmark_login)
    login = request.authorization
    words = f"{login.username}:{login.password}" if login and login.type == "basic" else ""
    return _take("postmark", lambda settings, body: read_postmark(settings, body, words))


@bp.post("/mailgun")
@access("public", cross_site=True)
def mailgun() -> ResponseReturnValue:
    """Take what Mailgun tells."""
    _need(the_settings().mailgun_key)
    moment = _now()
    return _take("mailgun", lambda settings, body: read_mailgun(settings, body, moment))


def _need(setting: object) -> None:
    if not setting:
        abort(HTTPStatus.NOT_FOUND)


def _now() -> datetime:
    with db.database.read() as session:
        return now(session)


def _take(provider: str, read: Read) -> ResponseReturnValue:
    """Keep what a post tells, in one commit; what is here already is answered the same."""
    request.max_content_length = LARGEST
    try:
        notices = read(the_settings(), request.get_data())
    except RequestEntityTooLarge:
        return _refused(provider, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
    except LaterError as error:
        log.warning("a notice could not be checked", provider=provider, why=str(error))
        answer = Response(LATER, HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
        answer.headers["Retry-After"] = RETRY_SECONDS
        return answer
    except ForgedError as error:
        alarms.raise_for(provider)
        return _refused(provider, HTTPStatus.BAD_REQUEST, str(error))
    except RefusedError as error:
        return _refused(provider, HTTPStatus.BAD_REQUEST, str(error))
    except Exception as error:  # noqa: BLE001 - what a stranger sends never is a fault of ours
        return _refused(provider, HTTPStatus.BAD_REQUEST, type(error).__name__)
    events.keep(db.session, provider, notices, now(db.session))
    db.commit()
    return Response(status=HTTPStatus.OK, mimetype="text/plain")


def _refused(provider: str, status: HTTPStatus, why: str) -> Response:
    """Refuse in a sentence that tells a stranger nothing; our log holds why, and nothing sent."""
    log.warning("a notice was refused", provider=provider, why=why)
    return Response(UNREADABLE, status, mimetype="text/plain")
