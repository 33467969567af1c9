"""`/metrics`: the state of the whole from the store, the same wherever it is asked, and what this home has counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from runtime.meters import Meters
from runtime.wiring import Wiring, machine_time
from store.database import StoreUnreachable
from store.process_time import process_time
from store.queries.depths import Depths, depths
from store.queries.overview import Overview, overview


def exposition(wiring: Wiring, meters: Meters) -> bytes:
    """Everything in Prometheus' text format. A store that does not answer is `amends_store_reachable 0`, no error."""
    registry = CollectorRegistry()
    registry.register(Standing(wiring))
    return generate_latest(registry) + generate_latest(meters.registry)


class Standing(Collector):
    """Gauges, read at each call."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    def collect(self) -> Iterator[Metric]:
        yield _gauge("prefect_reachable", "Whether Prefect's API answers.", self._wiring.prefect.healthy())
        try:
            with self._wiring.database.read() as session:
                machine_now = machine_time()
                process_now = process_time(session, machine_now)
                seen, deep = overview(session, process_now), depths(session, process_now, machine_now)
        except (StoreUnreachable, DBAPIError):
            yield _gauge("store_reachable", STORE, False)
            return
        yield _gauge("store_reachable", STORE, True)
        yield _cases(seen)
        yield from _counts(seen, deep)
        yield from _ages(deep)
        if seen.last_tick is not None:
            age = machine_now - seen.last_tick
            yield _gauge("clock_tick_age_seconds", "Since a clock last looked.", max(age, timedelta(0)))

    def describe(self) -> Iterator[Metric]:
        """Nothing: asked at registration, it would read the store for names alone."""
        return iter(())


STORE = "Whether the store answers; without it there are no figures but the counters."


def _cases(seen: Overview) -> Metric:
    cases = GaugeMetricFamily("amends_cases", "Complaints by status and tier.", labels=["status", "tier"])
    for labels, count in seen.cases.items():
        cases.add_metric(labels, count)
    return cases


def _counts(seen: Overview, deep: Depths) -> Iterator[Metric]:
    yield _gauge("incidents_open", "Open incidents.", seen.incidents)
    yield _gauge("cases_due", "Complaints with a timer that is due.", seen.cases_due)
    yield _gauge("clocks_overdue", "Running clocks past their due time.", seen.clocks_overdue)
    yield _gauge("inbox_waiting", "Stored events that no step has handled.", deep.inbox)
    yield _gauge("activities_ready", "Activities that nobody has claimed.", seen.activities_ready)
    yield _gauge("activities_claimed", "Activities under way.", deep.activities_claimed)
    yield _gauge("letters_waiting", "Letters that are due and not sent.", seen.letters_due)
    yield _gauge(
        "letters_given_up", "Letters that no way delivered, of open complaints.", deep.letters_given_up
    )
    yield _gauge("runs_missing", "Complaints without a run in Prefect.", deep.runs_missing)
    yield _gauge("runs_behind", "Complaints whose run shows an older state.", deep.runs_behind)


def _ages(deep: Depths) -> Iterator[Metric]:
    yield _gauge(
        "activity_oldest_ready_seconds", "How long the oldest ready activity has waited.", deep.oldest_ready
    )
    yield _gauge("timers_late_seconds", "By how much the earliest due timer is late.", deep.timers_late)
    yield _gauge(
        "letter_oldest_due_seconds", "How long the oldest due letter has waited.", deep.oldest_letter
    )


def _gauge(name: str, text: str, value: float | timedelta) -> Metric:
    number = value.total_seconds() if isinstance(value, timedelta) else float(value)
    return GaugeMetricFamily(f"amends_{name}", text, value=number)
