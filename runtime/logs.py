"""Logs of a process: ids, counts and causes, never what people wrote."""

from __future__ import annotations

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
QUIET = ("httpx", "httpcore", "apscheduler", "sqlalchemy", "multipart", "python_multipart")
"""A line for each request or tick; and at DEBUG whole rows and forms, which hold customers' words."""


def log_at(level: str, format: str = FORMAT) -> None:
    """Log to the error output from `level` on. What would show contents stays quiet at any level."""
    logging.basicConfig(level=level, format=format, force=True)
    keep_quiet()


def keep_quiet() -> None:
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
