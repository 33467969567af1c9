"""The light tier: an answer from the solution library, without a person."""

from __future__ import annotations

from collections.abc import Callable

from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import Decision, Option
from tasks.promising import keep_promise
from tasks.writing import write_answer


def prepare_draft(file: CaseFile, _inputs: Inputs) -> Callable[[], tuple[int, str | None]]:
    text, category = file.text, file.case.category
    entries = [s for s in file.books.solutions if s.category == category and s.light]
    words, wants, order = text.text, text.wants, text.order_id

    def look() -> tuple[int, str | None]:
        fits = [(s.fit(words, wants=wants, order_id=order), s.key) for s in entries]
        return max(fits, default=(0, None), key=lambda pair: (pair[0], pair[1] or ""))

    return look


def draft_answer(file: CaseFile, _inputs: Inputs, prepared: object) -> Outputs:
    """The best fitting entry of the category and how well it fits, 0 to 100."""
    assert isinstance(prepared, tuple)
    confidence, key = prepared
    file.log("drafted", solution=key, confidence=confidence)
    return {"found": key is not None, "confidence": confidence, "solution": key}


def send_library_answer(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Send the entry's text, with its reason, and the link under which a person can be asked for."""
    case, key = file.case, str(inputs["solution"])
    solution = next(s for s in file.books.solutions if s.key == key)
    decision = Decision(
        case_id=case.id, cycle=case.cycle, decision="partly", by="amends", at=file.now, solution=key,
    )  # fmt: skip
    number = file.records.numbered(decision)
    text = solution.answer(
        case.language,
        {"ref": case.ref, "customer": file.customer.name or "", "order_id": file.text.order_id or ""},
    )
    file.session.add(Option(decision_id=number, position=1, text=text, recommended=True, chosen_at=file.now))
    case.decision = decision.decision
    write_answer(file, decision, text, purposes=("track", "answer"))
    keep_promise(file)
    return {"answered_at": file.now}


BINDINGS = (
    Binding("draft_answer", draft_answer, inline=False, prepare=prepare_draft),
    Binding("send_library_answer", send_library_answer, inline=False),
)
