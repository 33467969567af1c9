"""What ops do in the Prefect UI, recorded as events of the case: Retry and Cancel.

Received first, so a repeat does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from cases.activities import Retry
from cases.passage import Passage
from store.case_file import CaseFile
from store.tables import InboxRow

PREFECT_UI = "Prefect UI"


@dataclass(frozen=True, slots=True)
class PressedRetry:
    """Somebody pressed Retry: incidents are settled and what failed is armed again."""

    key: str
    actor: str = PREFECT_UI

    def apply(self, file: CaseFile, passage: Passage) -> bool:
        if not _receive(file, "retry", self.key, self.actor):
            return False
        Retry(self.actor).apply(file, passage)
        return True


@dataclass(frozen=True, slots=True)
class PressedCancel:
    """Somebody cancelled the run: never the complaint. It goes on without a run and gets an incident with an owner."""

    key: str
    actor: str = PREFECT_UI

    def apply(self, file: CaseFile, passage: Passage) -> bool:
        if file.case.ended or not _receive(file, "cancel", self.key, self.actor):
            return False
        file.open_incident(
            "run_cancelled", "the run was cancelled in the Prefect UI; the complaint goes on without it"
        )
        return True


def _receive(file: CaseFile, name: str, key: str, actor: str) -> bool:
    """Keep the event under (prefect, name/key). False for a repeat."""
    external_id = f"{name}/{key}"
    query = select(InboxRow.id).where(InboxRow.source == "prefect", InboxRow.external_id == external_id)
    if file.session.exec(query).first() is not None:
        return False
    file.session.add(InboxRow(
        case_id=file.case.id, name=f"prefect_{name}", actor=actor, source="prefect", external_id=external_id,
        effective_at=file.now, handled_at=file.now, outcome="consumed",
    ))  # fmt: skip
    file.log(f"prefect_{name}")
    return True
