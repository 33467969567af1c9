"""Kill a process at every crash seam, play on, and compare: `python -m tests.faults --rounds 5 --cases 20`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bpmn.findings import Refused
from process_definitions.loader import NoDefinitions
from store.seams import BETWEEN, SEAMS, Change
from tests.faults.ending import total
from tests.faults.house import Warm, warm_up
from tests.faults.rounds import LifeFailed, Played, play_rounds
from tests.faults.stores import stores_at

MOST_LINES = 40
"""Differences that are printed; the rest is counted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when nothing was lost, doubled, stuck or changed and every seam was reached; else 1."""
    asked = _parsed(arguments)
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="amends-faults-") as name:
        folder = Path(name)
        begun = time.monotonic()
        stores = stores_at(asked.database, folder)
        try:
            warm = warm_up(stores, folder / "warm", asked.definitions)
            print(
                f"warm after {time.monotonic() - begun:.1f} s; {asked.jobs} rounds side by side", flush=True
            )
            played = play_rounds(
                warm, stores, rounds=_numbers(asked), cases=asked.cases, seed=asked.seed, jobs=asked.jobs,
                folder=folder, tell=_tell, tell_of=asked.tell,
            )  # fmt: skip
        except (Refused, NoDefinitions, LifeFailed) as error:
            print(f"faults: {error}", file=sys.stderr)
            return 1
        finally:
            stores.close()
    print(report(warm, played))
    print(f"seed {asked.seed}, {time.monotonic() - begun:.0f} s in all")
    return 0 if sound(played) else 1


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=_positive, default=5, help="how many scripts are played (5)")
    parser.add_argument("--cases", type=_positive, default=20, help="complaints in each (20)")
    parser.add_argument("--seed", type=int, default=1, help="another seed kills at other moments (1)")
    parser.add_argument(
        "--only", type=_positive, metavar="ROUND", help="this round alone, as a run of all of them plays it"
    )
    parser.add_argument(
        "--tell", default="", metavar="COMPLAINT",
        help="what happened to this complaint in both lives, step by step (life-0035)",
    )  # fmt: skip
    parser.add_argument(
        "--definitions",
        type=Path,
        metavar="FOLDER",
        help="definitions of your own instead of the shipped ones",
    )
    parser.add_argument(
        "--database", default="sqlite", metavar="ADDRESS",
        help="postgresql://… of a server on which databases may be made; SQLite unless given",
    )  # fmt: skip
    parser.add_argument(
        "--jobs", type=_positive, default=min(os.cpu_count() or 1, 4), help="rounds played side by side"
    )
    return parser.parse_args(arguments)


def _numbers(asked: argparse.Namespace) -> Sequence[int]:
    return [asked.only - 1] if asked.only else range(asked.rounds)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _tell(played: Played) -> None:
    print(
        f"round {played.number + 1}: {played.cases} complaints, {len(played.kills)} kills, "
        f"{played.differences.checked} comparisons, {len(list(played.differences.lines()))} differences, "
        f"{played.seconds:.0f} s",
        flush=True,
    )


def unreached(played: Sequence[Played]) -> list[str]:
    """Seams at which nothing was ever killed."""
    return [seam for seam in SEAMS if not any(seam in one.kills for one in played)]


def sound(played: Sequence[Played]) -> bool:
    return not unreached(played) and not list(total(one.differences for one in played).lines())


def report(warm: Warm, played: Sequence[Played]) -> str:
    """The table of seams, what was compared, and every difference."""
    rows = [("seam", "passages", "kills", "what is true there")]
    for seam in SEAMS:
        kills = sum(1 for one in played if seam in one.kills)
        rows.append((seam, str(sum(one.passages.get(seam, 0) for one in played)), str(kills), _meaning(seam)))
    width = max(len(row[0]) for row in rows)
    lines = [f"{a:<{width}}  {b:>8}  {c:>5}  {d}" for a, b, c, d in rows]
    found = total(one.differences for one in played)
    nodes = {f"{p.key}/{node}" for p in warm.definitions.processes.values() for node in p.elements}
    been = {element for one in played for element in one.elements} & nodes
    kills = sum(len(one.kills) for one in played)
    cases, ended = sum(one.cases for one in played), sum(one.ended for one in played)
    lines += [
        "",
        f"{len(played)} rounds, {cases} complaints played twice, {ended} ended; {kills} kills at "
        f"{len(SEAMS) - len(unreached(played))} of {len(SEAMS)} seams; {found.checked} comparisons",
        f"{sum(one.letters for one in played)} letters at the provider, each once by its key; "
        f"{sum(one.again for one in played)} came again under a key it knew",
        f"{len(been)} of {len(nodes)} elements of the definitions were passed",
        f"{len(found.lost)} lost, {len(found.doubled)} doubled, {len(found.stuck)} stuck, "
        f"{len(found.changed)} changed",
    ]
    if missing := unreached(played):
        lines.append(f"never reached: {', '.join(missing)} (more --cases reach more)")
    differences = list(found.lines())
    lines += differences[:MOST_LINES]
    if len(differences) > MOST_LINES:
        lines.append(f"… and {len(differences) - MOST_LINES} more")
    for one in played:
        lines += [f"round {one.number + 1}, as it went:", *one.tale] if one.tale else []
    return "\n".join(lines)


def _meaning(seam: str) -> str:
    change, _, side = seam.partition(".")
    if seam in BETWEEN:
        return BETWEEN[seam]
    done = Change(change).name.lower().replace("_", " ")
    return f"{done}: " + ("all written, nothing committed" if side == "before" else "committed, nobody told")


if __name__ == "__main__":
    sys.exit(main())
