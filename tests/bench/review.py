"""The whole review of a month beside the same figures by pandas: time and peak memory, and that both say the same.

Either is a process of its own over the same store. Ours also judges, looks for examples, tells the way complaints
went, freezes the month and writes the report; pandas only counts. Nothing is taken from a month that was frozen before,
but for the figure that says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import col

from store.database import Database
from store.queries.review.facts import HEADLINES
from store.queries.review.months import shifted
from store.tables import Case, FrozenMonth, History, MonthFinding
from tests.bench.figure import Figure, rounded, skipped
from tests.bench.many_lives import LIVES, fill
from tests.bench.stores import STORES, Absent

COMPLAINTS = {"postgresql": 1_000_000, "sqlite": 200_000}
QUICK = 2_000
MONTH = "2026-03"
"""The last that is over."""
COMPARED = ("n", "numerator", "value", "p90", "p95", "pending", "withdrawn", "month_before", "year_before")
TOLD_BY_CUSTOMERS = ("product", "region")
"""Of these the review lists what three customers or more named."""
HOW = (
    "review of the last closed month with nothing frozen before it (figures by every dimension, the month and the year "
    "before, thirteen months of headlines, findings with examples, ways; frozen, composed, Markdown and HTML), in a "
    "process of its own; pandas reads after it, when the tables are in memory, and the review runs once more after that"
)  # fmt: skip


class Differs(Exception):
    """Both counted, and did not get the same."""


def figures(quick: bool) -> Mapping[str, Figure]:
    found: dict[str, Figure] = {}
    for name, store in STORES.items():
        complaints, lives = (QUICK, QUICK // 4) if quick else (COMPLAINTS[name], LIVES)
        try:
            with store() as url, tempfile.TemporaryDirectory(prefix="amends-bench-review-") as folder:
                found |= _measured(name, url, Path(folder), complaints, lives)
        except Absent as error:
            found[f"review_{name}"] = skipped("s", str(error))
    return found


def _measured(name: str, url: str, folder: Path, complaints: int, lives: int) -> Mapping[str, Figure]:
    began, database = time.monotonic(), Database(url)
    fill(database, complaints, lives)
    stored, lines = _sizes(database)
    about = {
        "complaints": stored, "history_rows": lines, "filled_in_seconds": rounded(time.monotonic() - began),
    }  # fmt: skip
    ours, facts = _child("reviewing", url, MONTH, folder)
    theirs, told = _child("by_pandas", url, MONTH, folder)
    compared = sum(compare(facts, told))
    _thaw(database)
    warm, _ = _child("reviewing", url, MONTH, folder)
    _thaw(database)
    for back in (-1, -12):
        _child("reviewing", url, shifted(MONTH, back), folder)
    usual, again = _child("reviewing", url, MONTH, folder)
    if again["figures"] != facts["figures"]:
        raise Differs("the month has other figures when the ones before were frozen")
    database.close()
    ratio = theirs["seconds"] / ours["seconds"]
    return {
        f"review_{name}": Figure(
            ours["seconds"], "s", f"{HOW}; {stored} complaints on {name}",
            {
                "counting_seconds": rounded(ours["counting_seconds"]), "pandas_seconds": rounded(theirs["seconds"]),
                "pandas_reading_seconds": rounded(theirs["reading_seconds"]), "ratio": rounded(ratio),
                "again_in_memory": rounded(warm["seconds"]),
                "ratio_in_memory": rounded(theirs["seconds"] / warm["seconds"]),
                "numbers_found_equal": compared, **about,
            },
        ),
        f"review_frozen_{name}": Figure(
            usual["seconds"], "s", "the same with the month before and the year before frozen, as they are once months "
            "have been printed",
            {"ratio": rounded(theirs["seconds"] / usual["seconds"]), "peak_mb": rounded(usual["peak_mb"])},
        ),
        f"review_memory_{name}": Figure(
            ours["peak_mb"], "MB", "most memory that the review's process ever held, beside that of pandas",
            {"pandas_mb": rounded(theirs["peak_mb"]), "ratio": rounded(theirs["peak_mb"] / ours["peak_mb"])},
        ),
    }  # fmt: skip


def _child(program: str, url: str, month: str, folder: Path) -> tuple[Mapping[str, float], dict[str, Any]]:
    """What it measured of itself, and its facts."""
    out = folder / "facts.json"
    command = [sys.executable, "-m", f"tests.bench.{program}", url, month, str(out)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout), json.loads(out.read_text(encoding="utf-8"))


def compare(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[int]:
    """How many numbers of each figure are the same; `Differs` at the first that is not."""
    for name, one in ours["figures"].items():
        if one["reason"] is not None or name == "rectification":  # that is of months that were frozen
            continue
        other = theirs["figures"][name]
        yield _equal(name, one["whole"], other["whole"])
        if other["whole"].get("business") != one["whole"]["business"]:
            raise Differs(
                f"{name} in business time: {one['whole']['business']}, {other['whole']['business']}"
            )
        for by, groups in one["by"].items():
            known = {group["key"]: group for group in other["by"][by]}
            keys = {group["key"] for group in groups}
            if not keys <= known.keys() or (by not in TOLD_BY_CUSTOMERS and keys != known.keys()):
                raise Differs(f"{name} by {by}: groups {sorted(map(str, keys ^ known.keys()))[:5]}")
            yield sum(_equal(f"{name} by {by} {g['key']}", g, known[g["key"]]) for g in groups)
    for month, told in zip(ours["trend"], theirs["trend"], strict=False):
        if (month["figures"] is None) != (told is None):
            raise Differs(f"{month['month']} is known to one")
        if told is not None:
            yield sum(
                _equal(f"{name} in {month['month']}", month["figures"][name], told[name]) for name in HEADLINES
            )  # fmt: skip


def _equal(place: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    for number in COMPARED:
        if one.get(number) != other.get(number):
            raise Differs(f"{place}: {number} is {one.get(number)}, by pandas {other.get(number)}")
    return len(COMPARED)


def _sizes(database: Database) -> tuple[int, int]:
    with database.read() as session:
        cases = session.scalar(select(func.count()).select_from(Case).where(col(Case.kind) == "complaint"))
        return int(cases or 0), int(session.scalar(select(func.count()).select_from(History)) or 0)


def _thaw(database: Database) -> None:
    with database.write() as session:
        for table in (MonthFinding, FrozenMonth):
            session.execute(delete(table))
