"""Logs of a process: ids, counts and causes, never what people wrote. A line about a complaint names it.

As text for people, or as one JSON object a line: `at` (UTC), `level`, `logger`, `message`, `process`, and where
there is one `ref`, `error` (its kind) and `traceback`.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cases.subject import about, subject

LogFormat = Literal["text", "json"]
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
QUIET = ("httpx", "httpcore", "apscheduler", "sqlalchemy", "multipart", "python_multipart")
"""A line for each request or tick; and at DEBUG whole rows and forms, which hold customers' words."""
PREFECT_CONFIGURATION = Path(__file__).with_name("prefect_logging.yaml")
log = logging.getLogger("amends")


def log_at(level: str, format: str = FORMAT, *, kind: LogFormat = "text") -> None:
    """Log to the error output from `level` on. What would show contents stays quiet at any level."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine() if kind == "json" else TextLine(format))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    keep_quiet()


def log_uncaught() -> None:
    """Log also what ends this process, or a thread of it, and Python's warnings."""
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def keep_quiet() -> None:
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def prefect_variables(kind: LogFormat) -> Mapping[str, str]:
    """Settings of Prefect under which its own processes log like ours."""
    return {"PREFECT_LOGGING_SETTINGS_PATH": str(PREFECT_CONFIGURATION)} if kind == "json" else {}


class TextLine(logging.Formatter):
    """`2026-11-22 17:39:00,123 INFO amends.clock [AM-2611-3MK1WS]: …`"""

    def format(self, record: logging.LogRecord) -> str:
        ref, name = ref_of(record), record.name
        try:
            record.name = f"{name} [{ref}]" if ref else name
            return super().format(record)
        finally:
            record.name = name


class JsonLine(logging.Formatter):
    """One JSON object in one line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if ref := ref_of(record):
            line["ref"] = ref
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def ref_of(record: logging.LogRecord) -> str | None:
    """The complaint that a record is about: as it says, as the code is at work on, or as its error says."""
    said = getattr(record, "ref", None)
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    return said or subject() or about(error)


def _uncaught(kind: type[BaseException], error: BaseException, trace: object) -> None:
    log.critical("the process ends by an error that nothing caught", exc_info=error)


def _uncaught_in_thread(met: threading.ExceptHookArgs) -> None:
    log.critical("a thread ends by an error that nothing caught", exc_info=met.exc_value)
