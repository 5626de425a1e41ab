"""Logs: one line for each event, on standard error, made by structlog."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_PATHS = ("/join/", "/in/", "/account/password/reset/key/")
"""Addresses that let in whoever knows what follows: it is written into no log."""

_SECRET = re.compile(rf"({'|'.join(map(re.escape, SECRET_PATHS))})[^/?\s'\"]+")


def hide_secrets(logger: object, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets out of the addresses in a line: of our own requests, and of Django's warnings about them."""
    for name, value in line.items():
        if isinstance(value, str) and "/" in value:
            line[name] = _SECRET.sub(r"\1…", value)
    return line


def logging_settings(*, as_json: bool) -> dict[str, Any]:
    """Configure structlog, and return what Django's LOGGING has to say so that all loggers write the same lines.

    Args:
        as_json: Write JSON, for machines; else `key='value'` pairs, for people.
    """
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.StackInfoRenderer(),
        hide_secrets,
    ]
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Both write control characters of a path or an agent escaped: a request cannot forge a line.
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "logger", "event"])
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": processors,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    renderer,
                ],
            },
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # The flagger's coming and going, second by second.
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }
