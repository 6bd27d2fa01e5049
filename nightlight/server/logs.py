"""Structured logs, one JSON object a line on standard error, that hold no address, no text and no contact.

Only what stands in `FIELDS` leaves: a message of our own and named facts. Requests are logged by the name of their
route, never by their path or query, because a path may carry a notice's token. Tracebacks carry the names of the
errors and where they were raised, never their texts.
"""

import json
import logging
import logging.config
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter

from django.http import HttpRequest
from django.http.response import HttpResponseBase

FIELDS = ("task", "work", "error", "route", "method", "status", "milliseconds", "host_port")
request_log = logging.getLogger("nightlight.requests")


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON with known fields only."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": _message(record),
        }
        line.update({name: record.__dict__[name] for name in FIELDS if name in record.__dict__})
        if record.exc_info and record.exc_info[1]:
            line["error"] = type(record.exc_info[1]).__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["where"] = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-6:]]
        return json.dumps(line)


def _message(record: logging.LogRecord) -> str:
    """What the record says. A foreign library may quote what it was given: of its message only the template is
    kept, and where there is none, because it was put together before, nothing."""
    if record.name.startswith("nightlight"):
        return record.getMessage()
    return str(record.msg)[:120] if record.args else "(kept back)"


def set_up(level: str = "INFO") -> None:
    """Sends every log of this process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel("WARNING")
    logging.getLogger("nightlight").setLevel(level)


class Requests:
    """Middleware: one line per request, by the route's name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        start = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        request_log.info(
            "request",
            extra={
                "route": match.route if match else "none",
                "method": request.method,
                "status": response.status_code,
                "milliseconds": round((perf_counter() - start) * 1000),
            },
        )
        return response
