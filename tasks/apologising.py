"""Saying sorry: how deeply, and in whose name, as the table of apologies has it (process.md, 4)."""

from __future__ import annotations

from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from tasks.promising import open_promise, spoken_time


def apologise(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """After a low score: an apology, that somebody else takes the matter up, and by when they will answer."""
    promise = open_promise(file)
    due = spoken_time(promise.due_at, file.customer.zone, file.case.language) if promise else ""
    told = {"score": inputs["score"], "due": due, **words_of_apology(file)}
    file.tell.to_customer("apology", told, suffix=f"/{file.case.cycle}")
    return {}


def words_of_apology(file: CaseFile) -> dict[str, object]:
    """`apology`: its level, 1 to 3, by tier and cycle as they are now, a great loss raises it; `speaker`: the name of
    who says it."""
    by_cycle = file.decide("apology", {"tier": file.case.tier, "cycle": file.case.cycle})["level"]
    by_loss = file.decide("remedy", file.remedy_question())["apology"]
    level = max(int(str(by_cycle)), int(str(by_loss)))
    role = str(file.decide("apology_speaker", {"level": level})["speaker"])
    person = file.person_in(role, None)
    if person is None:
        file.open_incident("nobody_acts", f"nobody is there to apologise as {role!r}")
    file.log("apologised", level=level, by=person.id if person else None)
    return {"apology": level, "speaker": person.name if person else ""}


BINDINGS = (Binding("apologise", apologise),)
