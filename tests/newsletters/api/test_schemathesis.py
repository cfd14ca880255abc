"""The API against its own document: all that it allows, and much that it forbids."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import EngineEvent, NonFatalError, ScenarioFinished
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.newsletters.api.calls import Api, make_token
from tests.newsletters.making import Newsroom
from tests.ports import free_port

EXAMPLES = 15
LIMITS = ("api_per_token", "api_per_network", "api_signups_per_token")
# A good address may still be one that we refuse (it is a slip, or thrown away), and a list of that
# name need not be there: no schema can say so, and 422 or 404 then does.
REFUSED_FOR_GOOD_REASON = ["2xx", "404", "409", "422"]
CHECKS = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
}


class Silent(WSGIRequestHandler):
    """Says nothing on standard error."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application; yield its address."""
    server = make_server("127.0.0.1", free_port(), app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def configured(token: str) -> SchemathesisConfig:
    """Return a run that is the same each time, with every check there is."""
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "continue-on-failure": True,
            "suppress-health-check": ["all"],
            "headers": {"Authorization": f"Bearer {token}"},
            "generation": {"deterministic": True, "max-examples": EXAMPLES, "mode": "all"},
            "checks": {"positive_data_acceptance": {"expected-statuses": REFUSED_FOR_GOOD_REASON}},
        }
    )


def run(app: Flask, token: str) -> list[EngineEvent]:
    """Return all that happened while schemathesis asked."""
    with serving(app) as url:
        schema = schemathesis.openapi.from_url(f"{url}/api/openapi.json", config=configured(token))
        return list(from_schema(schema).execute())


def checked(events: list[EngineEvent]) -> dict[str, list[str]]:
    """Return, by the name of each check, what it found wrong."""
    found: dict[str, list[str]] = {}
    for event in events:
        if isinstance(event, ScenarioFinished):
            for node in (one for nodes in event.recorder.checks.values() for one in nodes):
                wrong = found.setdefault(node.name, [])
                if node.status is Status.FAILURE:
                    wrong.append(f"{event.recorder.label}: {node.failure_info}")
    return found


def test_the_api_does_what_its_document_says(newsroom: Newsroom) -> None:
    app = newsroom.client.application
    Api(newsroom, make_token(newsroom)).signs_up()
    for name in LIMITS:
        object.__setattr__(app.extensions["unwalled_settings"], name, 10**6)

    events = run(app, make_token(newsroom, name="fuzzer"))

    assert [str(one.info) for one in events if isinstance(one, NonFatalError)] == []
    found = checked(events)
    assert [wrong for one in found.values() for wrong in one] == []
    assert found.keys() >= CHECKS
