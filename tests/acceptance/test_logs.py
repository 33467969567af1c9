"""With AMENDS_LOG_FORMAT=json every process writes lines that a machine can read, and none holds a customer's words."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.acceptance.house import House
from tests.acceptance.several import Build

WORDS = ("卡纳里客户", "canary@customers.example", "13800138123", "金丝雀的词")
REF = re.compile(r"AM-\d{4}-[0-9A-Z]{6}")
PROCESSES = ("web", "clock", "worker")


def test_each_line_of_a_complaint_names_it_in_every_process_and_quotes_nobody(
    tmp_path: Path, build: Build
) -> None:
    with build(tmp_path, {"AMENDS_LOG_FORMAT": "json", "PREFECT_LOGGING_LEVEL": "INFO"}) as house:
        house.start()
        ref = _file(house, 1)
        house.wait_for(lambda: _about(house, "worker", ref), 60, "a leg of the complaint")
        house.wait_for(lambda: _says(house, "clock", ref, "delivered"), 60, "a letter of the complaint to go")
        for machine in house.machines:
            shutil.rmtree(machine.home / "mailbox", ignore_errors=True)
            (machine.home / "mailbox").write_text("in the way")  # the next letters fail, and say so
        other = _file(house, 2)
        house.wait_for(lambda: _about(house, "worker", other), 60, "a leg of the other complaint")
        for pid in house.prefect_pids():
            os.kill(pid, signal.SIGSTOP)  # not the worker: it may have SQLite's lock in hand
        third = _file(house, 3)
        house.wait_for(lambda: _says(house, "clock", third, "direct"), 60, "an activity to be run directly")
        for pid in house.prefect_pids():
            os.kill(pid, signal.SIGCONT)
        house.stop()

        for process in PROCESSES:
            lines = list(_lines(house, process))
            assert lines, f"{process} wrote nothing"
            for line in lines:
                named = set(REF.findall(str(line["message"])))
                assert not named or line.get("ref") in named, line
                assert {"at", "level", "logger", "message", "process"} <= line.keys()
        assert any(line["logger"].startswith("prefect.") for line in _about(house, "worker", ref)), (
            "the engine"
        )
        assert _about(house, "web", ref), "the hook's receipt"
        written = sorted(tmp_path.rglob("*.log"))
        assert len(written) == len(house.machines) * len(("up", "server", *PROCESSES))
        for path in written:
            text = path.read_text(encoding="utf-8")
            assert not [word for word in WORDS if word in text], path.name


def _file(house: House, number: int) -> str:
    happened = (house.wiring.process_now() - timedelta(minutes=1)).isoformat()
    customer = {"id": f"L-{number}", "name": WORDS[0], "email": WORDS[1], "phone": WORDS[2], "language": "zh"}
    answer = house.file("web_form", {
        "external_id": f"log-{number}", "occurred_at": happened, "customer": customer,
        "text": f"退货不退款，商家五天不回信息，{WORDS[3]} 第 {number} 次",
    })  # fmt: skip
    assert answer.status_code == 202, answer.text
    return str(answer.json()["ref"])


def _lines(house: House, process: str) -> Iterator[dict[str, Any]]:
    """Every line, which must be JSON; one that is being written just now is left for the next look."""
    for machine in house.machines:
        text = (machine.home / "logs" / f"{process}.log").read_text(encoding="utf-8")
        for line in text.split("\n")[:-1]:
            yield json.loads(line)


def _about(house: House, process: str, ref: str) -> list[dict[str, Any]]:
    return [line for line in _lines(house, process) if line.get("ref") == ref]


def _says(house: House, process: str, ref: str, word: str) -> bool:
    return any(word in str(line["message"]) for line in _about(house, process, ref))
