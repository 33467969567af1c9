"""The forms of Prefect: what ops may do there with a personal action code, without a word of free text.

They are the same acts as on the API, with the same checks; the reason is chosen from a list, because what is
typed into Prefect is there for everybody to read, for as long as the run is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum

from fastapi.responses import JSONResponse
from pydantic import ValidationError

from cases.casework import Casework
from cases.requests.work import ActOnItem
from complaints.acting import Actor
from complaints.errors import Refusal
from complaints.roles import Right
from desk.acting import on_item
from desk.bodies import WithReason
from desk.caller import Caller
from desk.changes import CHANGES, change
from desk.codes import ActionCodes


class Because(StrEnum):
    """Why, as `names.toml` words it under `because`."""

    CUSTOMER_ASKED = "customer_asked"
    WRONG_DEPARTMENT = "wrong_department"
    WRONG_GRADE = "wrong_grade"
    SAME_MATTER = "same_matter"
    NOT_A_COMPLAINT = "not_a_complaint"
    NOBODY_THERE = "nobody_there"
    TOO_MUCH_WORK = "too_much_work"
    NEW_FACTS = "new_facts"
    DONE_BY_MISTAKE = "done_by_mistake"
    HARM = "harm"
    AUTHORITY = "authority"


class WrongForm(Refusal):
    """The fields do not fit what is asked."""

    code = "wrong-body"


WITH_REASON = frozenset({"decline", "refuse", "takeover", "extend", "lift"})
WITHOUT = frozenset({"confirm", "approve", "done", "assign"})


class Forms:
    """`language` is that of the installation: the reason is kept in it."""

    def __init__(self, casework: Casework, codes: ActionCodes, language: str) -> None:
        self._casework, self._codes, self._language = casework, codes, language

    def act(self, item: int, action: str, *, code: str, run: str, because: str, person: str | None) -> str:
        """One action on one work item; repeating it for the same run gives the same answer.

        Says in ids and names of states how the complaint stands now. Raises `Refusal` with cause and cure.
        """
        caller = self._caller(code, run)
        caller.demand(Right.WORK)
        if action not in WITH_REASON | WITHOUT:
            raise WrongForm(f"{action!r} takes words: do it at the desk or with `amends work`")
        reason = self._reason(because) if action in WITH_REASON else ""
        if (person is None) == (action == "assign"):
            raise WrongForm(
                "person is the staff id of whoever is assigned: give it with assign, and only then"
            )
        request = ActOnItem(item, action, caller.who, reason=reason, handler=person)
        asked = WithReason(reason=f"{because} {person or ''}")  # what a repeat must equal
        return self._told(on_item(caller, item, action, asked, request))

    def change(
        self, ref: str, name: str, *, code: str, run: str, because: str, given: Mapping[str, str | None]
    ) -> str:
        """One of the desk's changes of a complaint; `given` are the fields that it takes beside the reason."""
        caller = self._caller(code, run)
        fields = {key: value for key, value in given.items() if value is not None}
        try:
            body = CHANGES[name].body(reason=self._reason(because), **fields)
        except ValidationError as error:
            wrong = "; ".join(
                f"{'.'.join(str(part) for part in one['loc']) or name}: {one['msg']}"
                for one in error.errors()
            )
            raise WrongForm(f"{name} does not fit: {wrong}") from None
        return self._told(change(caller, ref, name, body))

    def _caller(self, code: str, run: str) -> Caller:
        who: Actor = self._codes.spend(code, run)
        return Caller(self._casework, who, self._language, f"prefect {run}")

    def _reason(self, because: str) -> str:
        return self._casework.books.name("because", Because(because), self._language)

    def _told(self, answer: JSONResponse) -> str:
        """Nothing of a person: Prefect shows it to everybody."""
        view = json.loads(bytes(answer.body))
        if answer.status_code == 202:
            return f"{view['ref']} is at fault: the action is kept and happens when it is mended"
        waits = "; ".join(view["waiting_for"]) or "nothing"
        return f"{view['ref']} is {view['status']} and waits for {waits}"
