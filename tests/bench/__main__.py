"""`python -m tests.bench [--quick] [--only NAME …]`: every measurement, as one JSON object on standard output.

Progress goes to the error output. A figure has `value`, `unit` and `how`; where a service is absent its value is
null and `skipped` says why. Exit 1 when a measurement failed; the others are printed all the same.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.figure import Figure

Measurement = Callable[[bool], Mapping[str, "Figure"]]


def measurements() -> Mapping[str, Measurement]:
    """By name, cheap ones first. Imported late: Prefect reads its environment once."""
    from tests.bench import (
        advances,
        burst,
        direct,
        footprint,
        hooks,
        latency,
        prefect_legs,
        review,
        shipped,
        stored,
        timers,
    )

    return {
        "advance": advances.figures,
        "direct": direct.figures,
        "hooks": hooks.figures,
        "burst": burst.figures,
        "timers": timers.figures,
        "stored": stored.figures,
        "review": review.figures,
        "waiting": footprint.bytes_of_waiting,
        "household": footprint.household,
        "latency": latency.figures,
        "shipped": shipped.figures,
        "legs": prefect_legs.figures,
    }


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="amends-bench-prefect-") as prefect_home:
        _own_environment(Path(prefect_home))
        known = measurements()
        arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
        arguments.add_argument(
            "--only", action="append", choices=list(known), metavar="NAME", help=" ".join(known)
        )  # fmt: skip
        arguments.add_argument("--quick", action="store_true", help="few repetitions: to see that all works")
        chosen = arguments.parse_args()
        failed: dict[str, str] = {}
        figures: dict[str, object] = {}
        for name in chosen.only or known:
            began = time.monotonic()
            print(f"bench: {name} …", file=sys.stderr, flush=True)
            try:
                figures |= {key: figure.as_json() for key, figure in known[name](chosen.quick).items()}
            except Exception as error:  # one that cannot be taken must not cost the others
                traceback.print_exc()
                failed[name] = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            print(f"bench: {name} took {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(
        json.dumps(
            {**_about(chosen.quick), "figures": figures, "failed": failed}, indent=2, ensure_ascii=False
        )
    )
    return 1 if failed else 0


def _about(quick: bool) -> Mapping[str, object]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": {
            "cores": os.cpu_count(), "load_1_minute": round(os.getloadavg()[0], 2),
            "python": platform.python_version(), "system": platform.system(),
        },
    }  # fmt: skip


def _own_environment(prefect_home: Path) -> None:
    """The settings of whoever measures decide nothing, and Prefect finds nothing of theirs."""
    for name in list(os.environ):
        if name.startswith(("AMENDS_", "PREFECT_")) and not name.startswith("AMENDS_TEST_"):
            del os.environ[name]
    os.environ["PREFECT_HOME"] = str(prefect_home)
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = "127.0.0.1,localhost"
    logging.getLogger("httpx").setLevel(logging.WARNING)


if __name__ == "__main__":
    sys.exit(main())
