"""Logs: JSON in production, readable at the terminal; never an address, never a token."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from app.core.settings import Settings

ADDRESS = re.compile(r"[^\s@<>\"'=,;:/]+@[^\s@<>\"',;]+")
TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")
PASSWORD = re.compile(r"(://[^:/@\s]+:)[^@\s]+(@)")


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at the moment: whoever runs us may exchange it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


def redact(text: str) -> str:
    """Take mail addresses, passwords and long tokens out of a line."""
    text = PASSWORD.sub(r"\1***\2", text)
    return TOKEN.sub("[token]", ADDRESS.sub("[address]", text))


def _redact_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event


def configure(settings: Settings) -> None:
    """Send every log line, ours and the libraries', through one chain to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
