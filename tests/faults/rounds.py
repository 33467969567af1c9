"""A round: one script played undisturbed, and once more with a kill at every seam, then both compared.

One parent imports and reads everything once; each life, and each life after a kill, is a fork of it.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from store import seams
from store.seams import SEAMS
from tests.faults.courses import cast
from tests.faults.ending import Differences, Ending, compare, ending
from tests.faults.house import House, Warm
from tests.faults.provider import handed
from tests.faults.stores import Stores
from tests.faults.tale import side_by_side

SPARE = 2
"""The last passages are left out: what a kill made unnecessary (an attempt that would have failed) is not passed."""
LONGEST = 1_800
"""Seconds after which a life counts as stuck."""


class LifeFailed(Exception):
    """A life came to no end by itself: an error, or too long. The message holds the end of its log."""


class Tally:
    """Passages of each seam, in memory that a kill does not take."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8 * len(SEAMS))
        self._places = {seam: 8 * place for place, seam in enumerate(SEAMS)}

    def __call__(self, seam: str) -> None:
        struct.pack_into("q", self._memory, self._places[seam], self[seam] + 1)

    def __getitem__(self, seam: str) -> int:
        return int(struct.unpack_from("q", self._memory, self._places[seam])[0])


@dataclass
class Played:
    """What a round showed."""

    number: int
    cases: int
    passages: dict[str, int] = field(default_factory=dict)
    """Of the undisturbed life."""
    kills: dict[str, int] = field(default_factory=dict)
    """At which passage of each seam the other life was killed."""
    tale: list[str] = field(default_factory=list)
    """Of the complaint that was asked for, in both lives."""
    missed: list[str] = field(default_factory=list)
    """Seams that the disturbed life did not reach often enough."""
    differences: Differences = field(default_factory=Differences)
    ended: int = 0
    letters: int = 0
    again: int = 0
    elements: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Played:
        return cls(**{**value, "differences": Differences(**value["differences"])})


def play_round(
    warm: Warm, stores: Stores, number: int, cases: int, seed: int, folder: Path, tell_of: str = ""
) -> Played:  # fmt: skip
    """Play round `number`. Leaves nothing behind but what it returns, with the tale of complaint `tell_of`."""
    begun = time.monotonic()
    chosen = tuple(cast(seed * 1_000 + number, cases, number))
    chance = random.Random(f"{seed}/{number}")
    played = Played(number, len(chosen))
    tally = Tally()
    expected = _undisturbed(warm.house(stores, folder / f"{number}-undisturbed", chosen), tally)
    played.passages = {seam: tally[seam] for seam in SEAMS if tally[seam]}
    wanted = {seam: chance.randint(1, max(1, count - SPARE)) for seam, count in played.passages.items()}
    house = warm.house(stores, folder / f"{number}-disturbed", chosen)
    found, played.kills, deaths = _disturbed(house, wanted)
    played.missed = sorted(wanted.keys() - played.kills.keys())
    differences = compare(expected, found)
    differences.changed += [f"undisturbed life: {line}" for line in expected.faults]
    played.differences = differences.of_round(number + 1)
    if tell_of in expected.cases and tell_of in found.cases:
        played.tale = side_by_side(expected.cases[tell_of].tale, found.cases[tell_of].tale, deaths)
    played.cases = len(found.cases)
    played.ended = sum(1 for case in found.cases.values() if case.facts["ended"])
    played.letters, played.again, played.elements = found.letters, found.again, found.elements
    played.seconds = time.monotonic() - begun
    return played


def _undisturbed(house: House, tally: Tally) -> Ending:
    status = _wait(_forked(lambda: _live(house, tally, ""), house.log))
    if status != 0:
        raise LifeFailed(f"the undisturbed life ended with {status}: {_tail(house.log)}")
    return _ended(house)


def _disturbed(
    house: House, wanted: Mapping[str, int]
) -> tuple[Ending, dict[str, int], dict[str, str]]:  # fmt: skip
    """Play on after each kill, until the life ends by itself; its end, the kills and when each came."""
    tally, kills, deaths = Tally(), dict[str, int](), dict[str, str]()
    while True:
        left = {seam: number - tally[seam] for seam, number in wanted.items() if seam not in kills}
        armed = ",".join(f"{seam}:{number}" for seam, number in left.items() if number > 0)
        status = _wait(_forked(lambda armed=armed: _live(house, tally, armed), house.log))  # type: ignore[misc]
        if status == -signal.SIGKILL:
            (at,) = [seam for seam, number in wanted.items() if seam not in kills and tally[seam] == number]
            kills[at] = wanted[at]
            deaths[at] = now.isoformat() if (now := house.notes().now) else ""
        elif status == 0:
            return _ended(house), kills, deaths
        else:
            raise LifeFailed(f"after {len(kills)} kills the life ended with {status}: {_tail(house.log)}")


def _live(house: House, tally: Tally, armed: str) -> None:
    """What a child does: play from where the store stands to the end, unless a seam comes first."""
    seams.watch(tally)
    os.environ[seams.ENVIRONMENT] = armed
    seams.arm_from_environment()
    life = house.life()
    life.play()
    found = ending(life.casework, handed(house.ledger))
    draft = house.folder / "ending.part"
    draft.write_text(json.dumps(found.as_json()), encoding="utf-8")
    draft.replace(house.folder / "ending.json")


def _ended(house: House) -> Ending:
    found = Ending.of_json(json.loads((house.folder / "ending.json").read_text(encoding="utf-8")))
    house.leave()
    return found


# --- processes


def _forked(do: Callable[[], None], log: Path) -> int:
    """A child that does it and nothing else; its number."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        do()
        code = 0
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _wait(child: int) -> int:
    """How the child ended: its exit code, or a signal as a negative number."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGTERM)
    os.waitpid(child, 0)
    raise LifeFailed(f"a life of over {LONGEST} seconds is stuck")


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-3_000:] if log.exists() else "(no log)"


def play_rounds(
    warm: Warm, stores: Stores, *, rounds: Sequence[int], cases: int, seed: int, jobs: int, folder: Path,
    tell: Callable[[Played], None] = lambda _: None, tell_of: str = "",
) -> list[Played]:  # fmt: skip
    """The rounds of these numbers, from 0 on, `jobs` of them side by side, each in a process of its own."""
    running: dict[int, int] = {}
    results: dict[int, Played] = {}
    waiting = list(rounds)
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                number = waiting.pop(0)
                result, log = folder / f"{number}.json", folder / f"{number}.log"

                def lead(number: int = number, result: Path = result) -> None:
                    played = play_round(warm, stores, number, cases, seed, folder, tell_of)
                    result.write_text(json.dumps(asdict(played)), encoding="utf-8")

                running[_forked(lead, log)] = number
            child, status = os.waitpid(-1 if len(running) > 1 else next(iter(running)), 0)
            if child not in running:
                continue
            number = running.pop(child)
            if os.waitstatus_to_exitcode(status) != 0:
                raise LifeFailed(f"round {number}: {_tail(folder / f'{number}.log')}")
            value = json.loads((folder / f"{number}.json").read_text(encoding="utf-8"))
            results[number] = Played.of_json(value)
            tell(results[number])
    finally:
        for child in running:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
    return [results[number] for number in sorted(results)]
