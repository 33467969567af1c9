"""What comes from a customer's form: done once, however often the form is sent."""

from __future__ import annotations

from dataclasses import dataclass

from cases.errors import NotWanted
from cases.passage import Passage
from cases.requests.customer import ChooseOption
from cases.stored import Said, Saying
from store.case_file import CaseFile
from store.tables import UsedNonce


@dataclass(frozen=True, slots=True)
class Once:
    """The request, unless its nonce was spent before. True when it was done now."""

    nonce: str
    request: Saying

    @property
    def actor(self) -> str:
        return self.request.actor

    def apply(self, file: CaseFile, passage: Passage) -> bool:
        if file.session.get(UsedNonce, self.nonce) is not None:
            return False
        self.request.apply(file, passage)
        file.session.add(UsedNonce(nonce=self.nonce, used_at=file.machine_now))
        return True

    def said(self, file: CaseFile) -> Said:
        if file.session.get(UsedNonce, self.nonce) is not None:
            return None
        file.session.add(UsedNonce(nonce=self.nonce, used_at=file.machine_now))
        return self.request.said(file)


class OptionsChanged(NotWanted):
    """The page showed options that have been replaced since."""

    code = "options-changed"


@dataclass(frozen=True, slots=True)
class ChooseFrom:
    """A choice among the options of one decision; refused when a newer decision has replaced them."""

    decision: int
    choice: ChooseOption

    @property
    def actor(self) -> str:
        return self.choice.actor

    def apply(self, file: CaseFile, passage: Passage) -> None:
        self._check(file)
        self.choice.apply(file, passage)

    def said(self, file: CaseFile) -> Said:
        self._check(file)
        return self.choice.said(file)

    def _check(self, file: CaseFile) -> None:
        present = file.decision()
        if present is None or present.id != self.decision:
            raise OptionsChanged(f"{file.case.ref}: the options were replaced; look at them again and choose")
