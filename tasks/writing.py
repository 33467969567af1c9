"""The letter with the answer, whoever found it: a person, the library, or the complaint that leads a matter."""

from __future__ import annotations

from collections.abc import Sequence

from complaints.remedies import RemedyKind
from store.case_file import CaseFile
from store.tables import Decision
from tasks.apologising import words_of_apology


def write_answer(
    file: CaseFile, decision: Decision, text: str, *, template: str = "answer",
    purposes: Sequence[str] = ("track",),
) -> None:  # fmt: skip
    """Write the letter and note when the cycle was resolved. The same library answer is written once a cycle."""
    decision.sent_at = file.now
    file.case.resolved_at = file.now
    told = {**file.tell.decision_values(), "reason": text}
    if any(option.remedy == RemedyKind.APOLOGY for option in file.options(decision) if option.chosen_at):
        told |= words_of_apology(file)
    suffix = f"/{decision.solution or decision.id}"
    file.tell.to_customer(
        "answer",
        told,
        template=template,
        purposes=purposes,
        suffix=suffix,
        once=decision.solution is not None,
    )
    file.log("answered", decision=decision.decision, by=decision.by, digest=file.history.digest(text))
