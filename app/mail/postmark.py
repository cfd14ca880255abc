"""What Postmark tells. It signs nothing, but logs in with what stands in the webhook's address.

https://postmarkapp.com/developer/webhooks/webhooks-overview
"""

from app.core.settings import Settings
from app.core.tokens import equal
from app.mail import statuses
from app.mail.events import Notice
from app.mail.seals import delivery_in
from app.mail.telling import ForgedError, inside, moment, read_json, text

METADATA = "delivery"
BOUNCES = {
    "HardBounce": statuses.HARD,
    "BadEmailAddress": statuses.HARD,
    "ManuallyDeactivated": statuses.HARD,
    "SoftBounce": statuses.SOFT,
    "DnsError": statuses.SOFT,
    "Blocked": statuses.BLOCKED,
    "SpamNotification": statuses.BLOCKED,
    "DMARCPolicy": statuses.BLOCKED,
    "SpamComplaint": statuses.COMPLAINT,
}


def read_postmark(settings: Settings, body: bytes, login: str) -> list[Notice]:
    """Return what a webhook of Postmark's tells.

    Args:
        settings: Hold what it logs in with.
        body: As it was sent.
        login: `user:password` of its basic authentication (RFC 7617), or empty.

    Raises:
        RefusedError: It has not logged in, or is not JSON.
    """
    if not equal(login, settings.postmark_login):
        raise ForgedError("not logged in")
    told = read_json(body)
    about = delivery_in(settings, text(inside(told, "Metadata"), METADATA))
    what = text(told, "RecordType")
    kind = _kind(what, text(told, "Type"))
    if about is None or not kind:
        return []
    at = moment(text(told, "BouncedAt") or text(told, "DeliveredAt"))
    status = statuses.status_in(text(told, "Details"))
    return [Notice(kind, about, status, f"{what} {text(told, 'ID')} {about}", at)]


def _kind(what: str, of_bounce: str) -> str:
    if what == "SpamComplaint":
        return statuses.COMPLAINT
    if what == "Delivery":
        return statuses.DELIVERED
    return BOUNCES.get(of_bounce, "") if what == "Bounce" else ""
