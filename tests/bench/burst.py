"""A burst at the front door: thousands of complaints in half a minute, then all of them acknowledged and dispatched.

Web and clock run side by side as they do in a house; Prefect is away, so what is measured waits for nothing but
Amends itself.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from store.history import broken_chains
from store.tables import Case, HookReceipt, Letter
from tests.acceptance.house import House
from tests.bench import channel
from tests.bench.channel import Sent
from tests.bench.figure import Figure, percentiles, rounded, skipped
from tests.bench.processes import clocks, cpu_seconds, prepared, web
from tests.bench.stores import STORES, Absent

COMPLAINTS = 10_000
PER_SECOND = 350.0
CLIENTS = 32
CLOCKS = {"sqlite": 1, "postgresql": 2}
"""As many as the store lets work side by side on two cores."""
WARM_UP = 64
PATIENCE_SECONDS = 1_800.0
POLL_SECONDS = 0.5
CHAINS = 1_000
"""Histories that are verified afterwards, from the first to the last reference evenly."""


@dataclass(frozen=True, slots=True)
class Burst:
    sent: Sent
    done_seconds: float
    """From the first request until the last complaint was acknowledged and dispatched."""
    lost: int
    broken: int
    web_cpu_ms: float
    clock_cpu_ms: float
    """Of each complaint, from first to last."""


def figures(quick: bool) -> Mapping[str, Figure]:
    count = 120 if quick else COMPLAINTS
    found: dict[str, Figure] = {}
    for name, store in STORES.items():
        try:
            with store() as url:
                burst = _burst(url, count, CLOCKS[name])
        except Absent as error:
            found[f"burst_accepted_{name}"] = skipped("requests/s", str(error))
            found[f"burst_dispatched_{name}"] = skipped("s", str(error))
            continue
        found |= _figures(name, count, burst)
    return found


def _figures(name: str, count: int, burst: Burst) -> Mapping[str, Figure]:
    how = (
        f"{count} new complaints offered at {PER_SECOND:.0f}/s by {CLIENTS} clients on this machine to one web process "
        f"on {name}, with {CLOCKS[name]} clock(s) beside it, no Prefect, and specialists who have room for all; "
        "bodies of the bundled samples, signed"
    )
    milliseconds = percentiles([x * 1000 for x in burst.sent.latencies])
    return {
        f"burst_accepted_{name}": Figure(
            count / burst.sent.seconds, "requests/s",
            f"{how}; latency from when each was to be sent to its answer, after the commit that keeps it",
            {
                "offered_per_second": PER_SECOND, "latency_ms": milliseconds, "statuses": dict(burst.sent.statuses),
                "web_cpu_ms_per_request": rounded(burst.web_cpu_ms), "lost": burst.lost,
            },
        ),
        f"burst_dispatched_{name}": Figure(
            burst.done_seconds, "s",
            f"{how}; from the first request until each was opened, graded and dispatched, and its acknowledgement was "
            "delivered to the mailbox; activities wait their 15 s for Prefect before they run directly",
            {
                "clock_cpu_ms_per_complaint": rounded(burst.clock_cpu_ms),
                "chains_verified": min(count, CHAINS), "chains_broken": burst.broken,
            },
        ),
    }  # fmt: skip


def _burst(url: str, count: int, clock_count: int) -> Burst:
    with prepared(url, room=count + WARM_UP) as house:
        with web(house) as door, clocks(house, clock_count) as ticking:
            channel.send(house, channel.letters(house.wiring, WARM_UP, "warm"), CLIENTS)
            _until_dispatched(house)
            sending = channel.letters(house.wiring, count, "burst")
            cpu = cpu_seconds(door), sum(map(cpu_seconds, ticking))
            began = time.monotonic()
            sent = channel.send(house, sending, CLIENTS, PER_SECOND)
            web_cpu = cpu_seconds(door) - cpu[0]
            _until_dispatched(house)
            seconds, clock_cpu = time.monotonic() - began, sum(map(cpu_seconds, ticking)) - cpu[1]
        with house.wiring.database.read() as session:
            cases = session.exec(select(Case).order_by(col(Case.ref))).all()
            receipts = session.exec(select(func.count()).select_from(HookReceipt)).one()
            broken = broken_chains(
                session, house.wiring.casework.secret, cases[:: max(1, len(cases) // CHAINS)]
            )
        unanswered = count - len(set(sent.refs))
        lost = unanswered + len(set(sent.refs) - {case.ref for case in cases}) + abs(receipts - len(cases))
    return Burst(sent, seconds, lost, len(broken), 1000 * web_cpu / count, 1000 * clock_cpu / count)


def _until_dispatched(house: House) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with house.wiring.database.read() as session:
            left = _left(session)
        if not left:
            return
        time.sleep(POLL_SECONDS)
    raise AssertionError(
        f"{left} complaints are not acknowledged and dispatched after {PATIENCE_SECONDS:.0f} s"
    )


def _left(session: Session) -> int:
    """Complaints that are not acknowledged or not with anybody yet, or whose acknowledgement has not gone."""
    dispatched = or_(col(Case.dispatched_at).is_not(None), Case.tier == "light")
    waiting = select(func.count()).select_from(Case).where(
        or_(col(Case.acknowledged_at).is_(None), ~dispatched)
    )  # fmt: skip
    unsent = select(func.count()).select_from(Letter).where(
        Letter.kind == "acknowledgement", col(Letter.state).in_(("waiting", "sending"))
    )  # fmt: skip
    return session.exec(waiting).one() + session.exec(unsent).one()
