"""One complaint, whole."""

from __future__ import annotations

from collections.abc import Mapping

from bpmn import engine
from bpmn.instance import Instance
from cases.casework import Casework
from cases.requests.following import members
from cases.view import pieces
from cases.view.improvements import whole_improvement
from cases.view.pieces import Json
from cases.view.readers import check_sees
from complaints.acting import Actor
from store.case_file import CaseFile
from store.queries.reading import CaseRows, case_rows

SHORT_HASH = 12


def complaint(casework: Casework, ref: str, *, actor: Actor | None, language: str = "en") -> Json:
    """Everything about one complaint, as `actor` may see it (None: the operator at the machine).

    `CaseNotFound` for a ref that does not exist and, in the same words, for one that is not theirs to see.
    `language` is that of names and explanations; what people wrote stays as they wrote it.
    """
    with casework.reading(ref) as file:
        check_sees(casework, file.session, file.case, ref, actor)
        return whole(casework, file, language)


def whole(casework: Casework, file: CaseFile, language: str) -> Json:
    """The view of an open file, also inside a step's transaction: of a complaint, or of an improvement action."""
    rows = case_rows(file.session, file.case.id)
    of_kind = whole_improvement if file.case.kind == "improvement" else _whole
    process = {
        "key": file.case.kind,
        "version": file.case.bundle[:SHORT_HASH],
        "elements": _elements(casework, file, rows),
    }
    return {**of_kind(file, rows, language), "process": process}


def _whole(file: CaseFile, rows: CaseRows, language: str) -> Json:
    case, customer, text = file.case, file.customer, file.text
    scores = [survey.score for survey in rows.surveys if survey.score is not None]
    return {
        **pieces.facts(case),
        "score": scores[-1] if scores else None,
        "members": members(file.session, case),
        "text": text.text,
        "about": {
            "order_id": text.order_id, "product": case.product, "region": case.region, "wants": text.wants,
            "amount": text.amount,
        },
        "customer": {
            "name": customer.name,
            "phone": pieces.masked(customer.phone) if customer.phone else None,
            "email": pieces.masked(customer.email) if customer.email else None,
            "value": case.value,
            "repeats": case.repeats,
        },
        "clocks": pieces.clocks(file, rows.clocks, language),
        "work_items": [pieces.work_item(item, file.books, language) for item in rows.items],
        "messages": [pieces.message(letter, customer) for letter in rows.letters],
        "surveys": pieces.surveys(rows),
        "promises": pieces.promises(rows),
        "decisions": pieces.decisions(rows),
        "notes": pieces.notes(rows),
        "incidents": pieces.incidents(rows),
        "history": pieces.history(rows),
    }  # fmt: skip


def _elements(casework: Casework, file: CaseFile, rows: CaseRows) -> list[Json]:
    """Where the case was and is, with the names as drawn."""
    definitions = casework.shelf.definitions(file.session, file.case.bundle)
    places: Mapping[str, Mapping[str, tuple[int, ...]]] = {}
    if file.case.instance and not file.case.ended:
        places = engine.places(definitions, Instance.from_json(file.case.instance, definitions))
    found = pieces.elements(rows, places)
    for one in found:
        program = definitions.processes.get(one["process"])
        drawn = program.elements.get(one["element"]) if program else None
        one["name"] = drawn.name if drawn and drawn.name else one["element"]
    return found
