"""What is typed of a system that is to be told by webhooks."""

from collections.abc import Callable, Mapping

from werkzeug.datastructures import MultiDict

from app.core.errors import FieldError
from app.core.languages import gettext as _
from app.core.outgoing import NotAllowedError
from app.newsletters.webhooks.models import WebhookEndpoint
from app.newsletters.webhooks.spreading import EVENTS
from app.newsletters.webhooks.webhooks import EndpointFacts, EndpointNameTakenError, NoSuchListError

LONGEST_NAME = 80
NAMES = tuple(EVENTS.values())


def read_facts(typed: "MultiDict[str, str]") -> EndpointFacts:
    """Return the system that a form describes.

    Raises:
        FieldError: Something cannot be taken, told at its field.
    """
    name, url = typed.get("name", "").strip(), typed.get("url", "").strip()
    events = [one for one in typed.getlist("event") if one in NAMES]
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise FieldError("name", _("Write what the system is called, in 1 to 80 signs."))
    if not events:
        raise FieldError("event", _("Tick at least one thing that it is told of."))
    return EndpointFacts(name, url, events, typed.getlist("list"))


def saying(save: Callable[[], WebhookEndpoint | None]) -> WebhookEndpoint | None:
    """Save a system, and say at its field what the service refuses.

    Raises:
        FieldError: It was refused.
    """
    try:
        return save()
    except EndpointNameTakenError as error:
        raise FieldError("name", _("There is a system of this name: choose another.")) from error
    except NoSuchListError as error:
        raise FieldError("list", _("One of these newsletters is not there any more.")) from error
    except NotAllowedError as error:
        said = _(
            "We do not post there. Write an address that begins with https://, without a user."
        )
        raise FieldError("url", said) from error


def typed_of(endpoint: WebhookEndpoint, slugs: Mapping[int, str]) -> "MultiDict[str, str]":
    """Return what a form would hold that describes a system as it is."""
    lists = [slugs[one] for one in endpoint.newsletters if one in slugs]
    return MultiDict(
        [
            ("name", endpoint.name),
            ("url", endpoint.url),
            *(("event", one) for one in endpoint.events),
            *(("list", one) for one in lists),
        ]
    )
