"""What the program notes about itself, as JSON lines on standard error: never a key, never what a person wrote."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

ROOT = "viva"
PRIVATE = (
    "answer",
    "text",
    "phrase",
    "quote",
    "prompt",
    "content",
    "message",
    "key",
    "token",
    "secret",
    "password",
    "url",
)
"""A field whose name holds one of these is left out, however well it was meant."""


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Silent until `configure_logging`, but for warnings: standard output belongs to what commands print."""
    return structlog.wrap_logger(
        logging.getLogger(f"{ROOT}.{name}"),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_private_fields,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def configure_logging(level: str = "WARNING") -> None:
    """Called once, at the edge: a command, or the chat. Calling it again only changes the level."""
    ours = logging.getLogger(ROOT)
    ours.setLevel(level)
    if not ours.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        ours.addHandler(handler)
        ours.propagate = False


def without_private_fields(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in fields.items() if not any(part in name.lower() for part in PRIVATE)}
