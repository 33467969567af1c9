"""Asking the customer for one thing, for as long as the clock of questions still has in this cycle."""

from __future__ import annotations

from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import Note
from tasks.promising import spoken_time


def ask_customer(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The question goes out, and its clock begins with what earlier questions of the cycle left of it."""
    row = file.start_clock("question", file.case.cycle, duration=file.time_to_ask())
    due = spoken_time(row.due_at, file.customer.zone, file.case.language) if row.due_at else ""
    told = {"task": _words(file, inputs), "due": due}
    file.tell.to_customer("question", told, suffix=f"/{inputs['question']}")
    return {}


def remind_question(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    row = file.clocks.row("question", file.case.cycle)
    due = row.due_at if row is not None else None
    told = {
        "task": _words(file, inputs),
        "due": spoken_time(due, file.customer.zone, file.case.language) if due else "",
    }
    file.tell.to_customer(
        "reminder", told, template="question_reminder", suffix=f"/question/{inputs['question']}"
    )
    return {}


def _words(file: CaseFile, inputs: Inputs) -> str:
    note = next((n for n in file.records.of(Note) if n.id == inputs["question"]), None)
    if note is None:
        raise LookupError(f"{file.case.ref}: there is no question {inputs['question']}")
    return note.text


BINDINGS = (
    Binding("ask_customer", ask_customer),
    Binding("remind_question", remind_question),
)
