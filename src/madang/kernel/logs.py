"""Structured logs: text for people, JSON for machines, one request id through both.

What a person may see is an error's `message`; what the log says is this. The two share the
request id, so that a complaint finds its lines.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from madang.kernel.config import settings
from madang.kernel.events import new_id

SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "credential")
_HIDDEN = "[hidden]"


def configure(process: str, form: str | None = None, level: int = logging.INFO) -> None:
    """Send this process's logs, also those of libraries, to standard error.

    Parameters
    ----------
    process : name of the process, in each line.
    form : ``text`` or ``json``; as a rule what `Settings.log_format` says.
    """
    form = form or settings().log_format
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(form),
            ],
        )
    )
    base = logging.getLogger()
    base.handlers[:] = [handler]
    base.setLevel(level)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each request's full URL
    structlog.contextvars.bind_contextvars(process=process)


def _rendering(form: str) -> list[Any]:
    if form == "json":
        frames = ExceptionDictTransformer(show_locals=False)  # local variables hold keys and people
        return [
            structlog.processors.ExceptionRenderer(frames),
            structlog.processors.JSONRenderer(),
        ]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def hide_secrets(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Blank the values whose names speak of secrets, at any depth of mappings."""
    return _without_secrets(line)


def _without_secrets(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _HIDDEN
        if any(word in str(name).lower() for word in SECRET_WORDS)
        else (_without_secrets(value) if isinstance(value, Mapping) else value)
        for name, value in fields.items()
    }


def logger(name: str) -> Any:
    """Return a logger: ``logger("air").info("measure declared", district="11110")``."""
    return structlog.stdlib.get_logger(f"madang.{name}")


def request_id() -> str:
    """Return the id of the request in hand, made now where there is none."""
    found = structlog.contextvars.get_contextvars().get("request")
    return str(found) if found else new_id()


@contextmanager
def request(id: str | None = None, **fields: Any) -> Iterator[str]:
    """Put a request id and `fields` on every line logged inside; yields the id."""
    name = id or new_id()
    with structlog.contextvars.bound_contextvars(request=name, **fields):
        yield name


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    hide_secrets,
]
# structlog speaks through the standard library from the first import on, so that one level, one
# handler and one test fixture hold for both
structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)
