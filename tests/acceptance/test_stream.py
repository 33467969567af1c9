"""200 messages of a real stream through the signed hook: each one complaint, one run, one acknowledgement."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlmodel import col, func, select

from store.tables import ActivityRow, Case, ClockRow, History, Letter
from tests.acceptance.house import House
from tests.acceptance.stream import messages

COUNT = 200


def test_200_real_messages_become_200_complaints_and_a_repeat_changes_nothing(either_house: House) -> None:
    house = either_house
    bodies = list(messages(COUNT))
    house.start()
    refs = [_ref(house, body, 202) for body in bodies]
    assert len(set(refs)) == COUNT

    house.wait_for(
        lambda: not _unfinished(house), 240, "every complaint to be acknowledged and in somebody's hands"
    )
    house.wait_for(lambda: _shown(house) == COUNT, 240, "every run to show its complaint")
    with house.wiring.database.read() as session:
        cases = session.exec(select(Case)).all()
        acknowledged = Counter(
            session.exec(select(Letter.case_id).where(Letter.kind == "acknowledgement")).all()
        )
        clocks = Counter(session.exec(select(ClockRow.case_id)).all())
    assert len(cases) == COUNT
    for case in cases:
        assert case.tier in ("light", "medium", "severe")
        assert case.department
        assert case.owner
        assert acknowledged[case.id] == 1
        assert clocks[case.id] >= 4
    runs = house.flow_runs()
    assert Counter(run["parameters"]["ref"] for run in runs) == Counter(refs)

    before = _state(house)
    assert [_ref(house, body, 200) for body in bodies] == refs
    assert _state(house) == before
    assert len(house.flow_runs()) == COUNT
    assert house.amends("verify").returncode == 0


def _ref(house: House, body: dict[str, Any], status: int) -> str:
    answer = house.file("web_form", body)
    assert answer.status_code == status, answer.text
    return str(answer.json()["ref"])


def _unfinished(house: House) -> int:
    """Complaints without acknowledgement, or with an activity that is still to run."""
    with house.wiring.database.read() as session:
        running = select(ActivityRow.case_id).where(col(ActivityRow.state).in_(("ready", "claimed")))
        return session.exec(
            select(func.count()).select_from(Case).where(
                col(Case.acknowledged_at).is_(None) | col(Case.id).in_(running)
            )
        ).one()  # fmt: skip


def _shown(house: House) -> int:
    with house.wiring.database.read() as session:
        shown = select(func.count()).select_from(Case).where(col(Case.shown_version) == col(Case.version))
        return session.exec(shown).one()


def _state(house: House) -> tuple[object, ...]:
    with house.wiring.database.read() as session:
        return (
            session.exec(select(func.count()).select_from(Case)).one(),
            session.exec(select(func.count()).select_from(Letter)).one(),
            session.exec(select(func.count()).select_from(History)).one(),
            sorted(session.exec(select(Case.ref, Case.version)).all()),
        )
