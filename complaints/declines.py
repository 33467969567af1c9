"""A decline is judged: the work was sent to the wrong person, or it was theirs and passed on (process.md, 3)."""

from __future__ import annotations

from complaints.errors import Refusal, near

JUDGEMENTS = ("misrouted", "passed_on")
"""The first trains the dispatch, the second counts as buck-passing."""


class UnknownJudgement(Refusal):
    code = "unknown-judgement"


def check_judgement(judged: str | None, whose: str) -> str:
    """The judgement; `UnknownJudgement` when it is none of the two. `whose` names the declines for the message."""
    if judged not in JUDGEMENTS:
        said = f"{judged!r} is none" if judged else "it is missing"
        raise UnknownJudgement(
            f"how {whose} is judged: {said}{near(judged or '', JUDGEMENTS)}; say misrouted (sent to the wrong "
            "person) or passed_on (it was theirs), with --judged"
        )
    return judged
