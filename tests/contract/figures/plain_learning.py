"""What is learnt, once more in plain Python: checks, and actions with what they fixed."""

from __future__ import annotations

from collections.abc import Iterator

from store.tables import Check, Improvement, ImprovementRound
from tests.contract.figures.plain import Counted
from tests.contract.figures.plain_work import PlainWork
from tests.contract.figures.population import Row


class PlainFigures(PlainWork):
    """All of them."""

    def _checks(self, kind: str, cases: Iterator[Row]) -> Iterator[tuple[Row, Counted]]:
        looked_at = {row["case_id"]: row for row in self.all.of(Check) if row["kind"] == kind}
        for case in cases:
            if (check := looked_at.get(case["id"])) is not None:
                done = check["done_at"] is not None
                yield check, Counted(case, counts=done, pending=not done)

    def quality_deviation(self) -> Iterator[Counted]:
        for check, one in self._checks("quality", self.c()):
            one.adds = int(bool(check["deviation"]))
            yield one

    def quality_coverage(self) -> Iterator[Counted]:
        for check, one in self._checks("quality", self.c()):
            one.adds, one.weighs = check["steps_covered"] or 0, check["steps_required"] or 0
            yield one

    def grading_accuracy(self) -> Iterator[Counted]:
        for check, one in self._checks("accuracy", self.r()):
            one.weighs = check["stands_for"]
            one.adds = one.weighs if check["tier"] == check["graded_tier"] else 0
            yield one

    def severe_recall(self) -> Iterator[Counted]:
        for check, one in self._checks("accuracy", self.r()):
            one.counts = one.counts and check["tier"] == "severe"
            one.weighs = check["stands_for"]
            one.adds = one.weighs if check["graded_tier"] == "severe" else 0
            yield one

    def repeat_after_fix(self) -> Iterator[Counted]:
        actions = {row["case_id"]: row for row in self.all.of(Improvement)}
        fixes = [
            (row["done_at"], actions[row["case_id"]]["dimension"], actions[row["case_id"]]["group_key"])
            for row in self.all.of(ImprovementRound) if row["done_at"] is not None
        ]  # fmt: skip
        for case in self.r():
            fixed = any(
                by in ("category", "channel", "department", "region", "product") and case[by] == key
                and done < case["received_at"]
                for done, by, key in fixes
            )  # fmt: skip
            yield Counted(case, adds=int(fixed))

    def actions_on_time(self) -> dict[str, tuple[int, int, int]]:
        """Owner to (in time, due, not due yet)."""
        found: dict[str, list[int]] = {}
        for row in self.all.of(ImprovementRound):
            if not self.here(row["due_at"]):
                continue
            counts = found.setdefault(row["owner"], [0, 0, 0])
            if row["done_at"] is None and row["due_at"] >= self.now:
                counts[2] += 1
                continue
            counts[0] += row["done_at"] is not None and row["done_at"] <= row["due_at"]
            counts[1] += 1
        return {owner: (done, due, waiting) for owner, (done, due, waiting) in found.items()}
