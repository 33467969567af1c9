"""What the store and the step cost: whole medium lives by the direct runner, in one process, one thread."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.figure import Figure, skipped, spread
from tests.bench.lives import live
from tests.bench.stores import STORES, Absent
from tests.contract.casework import build

REPETITIONS = 3
COMPLAINTS = 10


def figures(quick: bool) -> Mapping[str, Figure]:
    repetitions, complaints = (1, 3) if quick else (REPETITIONS, COMPLAINTS)
    found: dict[str, Figure] = {}
    for name, store in STORES.items():
        try:
            with store() as url:
                rates = _rates(url, repetitions, complaints)
        except Absent as error:
            found[f"direct_steps_{name}"] = skipped("steps/s", str(error))
            found[f"direct_complaints_{name}"] = skipped("complaints/s", str(error))
            continue
        how = (
            f"{complaints} medium complaints at a time from filing to closed on {name}: confirmed, decided, carried "
            "out, scored 5; activities by the direct runner, staff and customers act at once, process time as a "
            "value, letters written and not sent; one thread, each step a committed transaction"
        )
        cpu = {"cpu_ms_per_step": spread([rate.cpu_ms_per_step for rate in rates])}
        for key, values in (
            ("steps", [rate.steps for rate in rates]),
            ("complaints", [rate.complaints for rate in rates]),
        ):
            found[f"direct_{key}_{name}"] = Figure(
                statistics.median(values), f"{key}/s", how, {**spread(values), **cpu}
            )
    return found


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one repetition, a second. A step is one that moved its case. CPU time is this process's alone."""

    steps: float
    complaints: float
    cpu_ms_per_step: float


def _rates(url: str, repetitions: int, complaints: int) -> list[Rate]:
    built = build(url)
    try:
        live(built, "medium", 1)  # links the definitions, fills caches
        rates = []
        for repetition in range(repetitions):
            began, began_cpu = time.perf_counter(), time.process_time()
            steps = live(built, "medium", complaints, first=1 + repetition * complaints)
            seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
            rates.append(Rate(steps / seconds, complaints / seconds, 1000 * cpu / steps))
        return rates
    finally:
        built.casework.database.close()
