"""Freeze a release: its definitions, and complaints that wait at each of their places.

`python -m tests.unit.frozen.freeze 0.1.0` writes `releases/0.1.0.json.gz`. What was released never changes: a file
is written again (`--again`) only as long as the changelog has no heading of that release.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bpmn.engine import waits
from process_definitions.calendars import around_the_clock
from process_definitions.loader import TEMPLATES, Bundle, load_bundle
from tests.unit.definitions.chance import MOST_ACTS, answers_by, move
from tests.unit.definitions.player import Case
from tests.unit.definitions.world import ANSWERS, FACTS
from tests.unit.frozen.world import saved

RELEASES = Path(__file__).parent / "releases"
CHANGELOG = Path(__file__).resolve().parents[3] / "CHANGELOG.md"
SEEDS = 200
MOST_CASES = 150
MOST_BYTES = 4096
"""Of an instance: a task force has a process for each contribution under way."""


class AlreadyFrozen(Exception):
    """The release was frozen before."""


def released() -> set[str]:
    """The releases that the changelog has a heading for."""
    return set(re.findall(r"^## \[?(\d[\w.]*)", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE))


def freeze(version: str, folder: Path = RELEASES, *, again: bool = False) -> Path:
    """Write the file of a release; `AlreadyFrozen` when there is one that may not be written again."""
    path = folder / f"{version}.json.gz"
    if path.exists() and (not again or version in released()):
        raise AlreadyFrozen(f"{path.name} is there already, and what was released never changes")
    bundle = load_bundle()
    # Letters are not played; their names are, since definitions name them.
    files = {name: "" if name.startswith(TEMPLATES) else text for name, text in bundle.files.items()}
    content = {"version": version, "bundle": bundle.hash, "files": files, "cases": list(waiting(bundle))}
    with gzip.GzipFile(path, "wb", mtime=0) as out:
        out.write(json.dumps(content, ensure_ascii=False, sort_keys=True).encode())
    return path


def waiting(bundle: Bundle) -> Iterator[dict[str, Any]]:
    """Played complaints, each waiting at a set of places at which none before it did."""
    seen: set[frozenset[str]] = set()
    for seed in range(SEEDS):
        chance = random.Random(seed)
        read = {**FACTS[chance.choice(sorted(FACTS))], "confidence": chance.choice([5, 95])}
        grants = tuple(chance.sample(["billing", "logistics"], chance.randint(0, 2)))
        case = Case(
            bundle.definitions, around_the_clock("always", "UTC"), {**ANSWERS, "read": read, **answers_by(chance)},
            contributions=("warehouse", "carrier"), grants=grants, most_bytes=MOST_BYTES,
        ).begin()  # fmt: skip
        for _ in range(MOST_ACTS):
            if case.end:
                break
            at = frozenset(f"{w.process}/{w.element}" for w in waits(case.definitions, case.instance))
            if at not in seen and len(seen) < MOST_CASES:
                seen.add(at)
                yield {"name": " ".join(sorted(at)), "seed": seed, **saved(case)}
            if chance.random() < 0.1 and any(task.element == "resolve" for task in case.ready.values()):
                case.send("customer_asked", question=1, again=False)
            else:
                move(case, chance)


if __name__ == "__main__":
    try:
        print(freeze(sys.argv[1], again="--again" in sys.argv))
    except (IndexError, AlreadyFrozen) as error:
        sys.exit(f"{error}: name the new release, as in python -m tests.unit.frozen.freeze 0.2.0")
