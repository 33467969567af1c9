"""A running complaint goes on by other definitions: what that would do to it, and doing it."""

from __future__ import annotations

from dataclasses import dataclass

from bpmn.events import Value
from bpmn.link import Definitions
from bpmn.migration import Hindrance, Plan, Wishes, plan
from cases.errors import CaseEnded, NotWanted
from cases.passage import Passage
from cases.people import wanted_of
from complaints.acting import Actor
from complaints.errors import Refusal
from store.case_file import CaseFile
from store.tables import ActivityRow, ClockRow, WorkItem


class CannotMigrate(Refusal):
    """Something of the complaint has no place in the other definitions; each of it is named."""

    code = "cannot-migrate"

    def __init__(self, ref: str, hindrances: tuple[Hindrance, ...]) -> None:
        super().__init__(f"{ref} stays where it is: {'; '.join(map(str, hindrances))}")
        self.hindrances = hindrances


@dataclass(frozen=True, slots=True)
class ItemMove:
    """A work item that somebody is asked for: which actions finish its step, before and after."""

    item: WorkItem
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a migration does to one complaint: its process, what is asked of people, and the clocks that go on."""

    ref: str
    before: str
    """The bundle it runs on."""
    plan: Plan
    items: tuple[ItemMove, ...]
    clocks: tuple[ClockRow, ...]


@dataclass(frozen=True, slots=True)
class Migrate:
    """Let the complaint go on by the bundle `to`, whose definitions are given, or refuse and change nothing."""

    who: Actor
    to: str
    definitions: Definitions
    wishes: Wishes

    @property
    def actor(self) -> str:
        return self.who.name

    def outlook(self, file: CaseFile, passage: Passage) -> Outlook:
        """What would happen now. `CaseEnded` and `NotWanted` when there is nothing to move."""
        case = file.case
        if case.ended or passage.instance is None:
            raise CaseEnded(f"{case.ref} is {case.status}: nothing of it runs that could be moved")
        if case.bundle == self.to:
            raise NotWanted(f"{case.ref} runs on {self.to[:12]} already")

        def runs(clock: str, key: Value) -> bool:
            row = file.clocks.row(clock, key)
            return row is not None and row.stopped_at is None and not row.cancelled

        found = plan(
            passage.definitions, self.definitions, passage.instance, self.wishes, due=passage.due, runs=runs,
            now=file.now,
        )  # fmt: skip
        items, hindrances = self._items(file, found)
        if hindrances:
            found = Plan(found.tokens, hindrances=(*found.hindrances, *hindrances))
        clocks = tuple(row for row in file.clocks.rows() if runs(row.name, row.key or None))
        return Outlook(case.ref, case.bundle, found, items, clocks)

    def apply(self, file: CaseFile, passage: Passage) -> Outlook:
        """What was done."""
        outlook = self.outlook(file, passage)
        case, moved = file.case, outlook.plan.instance
        if moved is None:
            raise CannotMigrate(case.ref, outlook.plan.hindrances)
        case.bundle = self.to
        passage.go_on_with(self.definitions, moved)
        for clock, key in outlook.plan.clocks:
            file.start_clock(clock, key)
        for change in outlook.items:
            change.item.actions = list(change.after)
        self._rename_activities(file, outlook.plan)
        file.log(
            "migrated", before=outlook.before, to=self.to,
            renamed={f"{t.process}/{t.before}": t.after for t in outlook.plan.tokens if t.before != t.after},
            dropped=[timer.id for move in outlook.plan.timers if (timer := move.before) and move.after is None],
        )  # fmt: skip
        return outlook

    def _items(self, file: CaseFile, found: Plan) -> tuple[tuple[ItemMove, ...], list[Hindrance]]:
        """What becomes of the work that is asked of people, and what cannot be asked so."""
        moves: list[ItemMove] = []
        hindrances: list[Hindrance] = []
        tokens = {token.activation: token for token in found.tokens}
        for item in file.items():
            token = tokens.get(item.activation or 0)
            if token is None:
                continue
            element = self.definitions.processes[token.process].elements[token.after]
            after = wanted_of(item, element.properties)
            moves.append(ItemMove(item, tuple(item.actions), tuple(after)))
            reason = _why_not(item, after)
            if reason:
                hindrances.append(Hindrance(token.activation, token.process, token.before, reason))
        return tuple(moves), hindrances

    def _rename_activities(self, file: CaseFile, found: Plan) -> None:
        """What a service is to do keeps its inputs and its tries under the name it has now."""
        for token in found.tokens:
            row = next((r for r in file.records.of(ActivityRow) if r.activation == token.activation), None)
            if row is not None:
                element = self.definitions.processes[token.process].elements[token.after]
                row.element, row.name = element.id, element.name


def _why_not(item: WorkItem, after: list[str]) -> str:
    """Why nobody could go on with the item; "" when somebody can."""
    if not after:
        return f"work item {item.id} ({item.kind}) has no action there, so nobody could finish it"
    if ("confirm" in after) != ("confirm" in item.actions):
        then = "is to be confirmed there" if "confirm" in after else "needs no confirming there"
        return (
            f"work item {item.id} is {item.status}, but {then}: name the step at the same point of the offer"
        )
    return ""
