"""Each line of a log about a complaint names it, as text and as JSON, in whatever thread or task it was written."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import anyio.to_thread
import pytest

from cases.subject import about, at_work_on, subject
from runtime.logs import JsonLine, TextLine, prefect_variables

REF = "AM-2611-3MK1WS"


class Kept(logging.Handler):
    """What would have been written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLine())
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def kept() -> Any:
    handler, log = Kept(), logging.getLogger("amends.tests")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    yield handler.lines
    log.removeHandler(handler)
    log.propagate = True


LOG = logging.getLogger("amends.tests")


def test_a_line_has_the_complaint_at_hand_and_only_while_it_is(kept: list[dict[str, Any]]) -> None:
    LOG.info("before")
    with at_work_on(REF):
        LOG.info("within")
        with at_work_on("AM-2611-OTHER1"):
            LOG.info("another inside")
        LOG.info("within again")
    LOG.info("after")
    assert [line.get("ref") for line in kept] == [None, REF, "AM-2611-OTHER1", REF, None]


def test_a_line_may_name_its_complaint_itself(kept: list[dict[str, Any]]) -> None:
    with at_work_on("AM-2611-OTHER1"):
        LOG.info("said", extra={"ref": REF})
    assert kept[0]["ref"] == REF


def test_an_error_carries_the_complaint_to_whoever_logs_it(kept: list[dict[str, Any]]) -> None:
    try:
        try:
            with at_work_on(REF):
                raise KeyError("rate")
        except KeyError as error:
            raise RuntimeError("the step failed") from error
    except RuntimeError:
        LOG.exception("a fault")
    (line,) = kept
    assert (line["ref"], line["error"]) == (REF, "RuntimeError")
    assert "KeyError" in line["traceback"]
    assert about(RuntimeError("of nothing")) is None


def test_threads_and_tasks_started_for_a_complaint_are_about_it() -> None:
    async def inside() -> tuple[str | None, str | None]:
        with at_work_on(REF):
            return await anyio.to_thread.run_sync(subject), await asyncio.create_task(_subject())

    assert asyncio.run(inside()) == (REF, REF)
    with at_work_on(REF), ThreadPoolExecutor(1) as pool:
        assert pool.submit(copy_context().run, subject).result() == REF
        assert pool.submit(subject).result() is None, "a thread of a pool serves many complaints"


async def _subject() -> str | None:
    return subject()


def test_a_line_break_in_a_message_stays_one_line_of_json() -> None:
    record = logging.LogRecord("amends", logging.INFO, "", 1, "one\ntwo “三”", (), None)
    written = JsonLine().format(record)
    assert "\n" not in written
    assert json.loads(written)["message"] == "one\ntwo “三”"


def test_text_names_the_complaint_beside_the_logger() -> None:
    line = TextLine("%(levelname)s %(name)s: %(message)s")
    record = logging.LogRecord("amends.clock", logging.INFO, "", 1, "due", (), None)
    assert line.format(record) == "INFO amends.clock: due"
    with at_work_on(REF):
        assert line.format(record) == f"INFO amends.clock [{REF}]: due"
    assert record.name == "amends.clock"


def test_every_logger_of_a_prefect_process_writes_json() -> None:
    """With the settings that `amends up` hands to Prefect's server."""
    program = (
        "import logging\nfrom prefect.logging.configuration import setup_logging\nsetup_logging()\n"
        "for name in ('prefect.server.api', 'prefect.flow_runs.worker', 'uvicorn.error', 'fastapi', 'docket.worker',"
        " 'prefect._internal.x', 'sqlalchemy.pool'):\n"
        "    logging.getLogger(name).error('of %s', name)\n"
    )
    settings = {**os.environ, **prefect_variables("json"), "PREFECT_LOGGING_TO_API_ENABLED": "false"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=settings, capture_output=True, text=True, check=True, timeout=100
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["message"] for line in lines} == {f"of {line['logger']}" for line in lines}
    assert len(lines) == 7
    assert prefect_variables("text") == {}
