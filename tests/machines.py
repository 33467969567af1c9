"""`--machines two`: every house of a test is two of everything, and what is about one machine is left out."""

from __future__ import annotations

from collections import Counter

import pytest

ONE, TWO = "one machine", "two machines"
_LEFT_OUT = pytest.StashKey[Counter[str]]()


def add_option(parser: pytest.Parser) -> None:
    parser.addoption(
        "--machines", choices=("one", "two"), default="one",
        help="two: houses of tests/acceptance and tests/faults are two webs, clocks, workers and Prefect servers on "
        "PostgreSQL and Redis; tests that are about one machine are left out, with the reasons at the end",
    )  # fmt: skip


def are_two(config: pytest.Config) -> bool:
    return str(config.getoption("--machines")) == "two"


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of what was collected, what says nothing about two machines."""
    reasons = {item: reason for item in items if (reason := _about_one(item))}
    items[:] = [item for item in items if item not in reasons]
    config.hook.pytest_deselected(items=list(reasons))
    config.stash[_LEFT_OUT] = Counter(reasons.values())


def _about_one(item: pytest.Item) -> str:
    """Why it is about one machine; empty when it is not."""
    if mark := item.get_closest_marker("one_machine"):
        return str(mark.args[0])
    chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return "chosen on one machine and on two: run on two" if ONE in chosen else ""


def tell_left_out(reporter: pytest.TerminalReporter) -> None:
    for reason, count in sorted(reporter.config.stash.get(_LEFT_OUT, Counter()).items()):
        reporter.write_line(f"left out with --machines two: {reason} ({count})")
