"""An improvement action from proposed to proven, and back when its cause returns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from cases.activities import Retry
from cases.errors import NotWanted
from cases.improving import NoSuchGroup, Opening, open_improvement
from cases.opening import Complainant
from cases.requests.direction import End
from cases.requests.improving import CauseReturned, Plan
from cases.sweeping import follow_improvements
from cases.view.improvements import improvements
from cases.view.whole import complaint
from complaints.acting import Actor
from complaints.effects import NoExpectation
from complaints.errors import ReasonMissing
from store.queries.figures import Period, figure
from store.queries.overview import overview
from store.queries.reading import page_of_cases
from tests.contract.casework import Built
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

BOSS = Actor("s-ye-qing", "ops")
OWNER = "s-sun-yue"
Open = Callable[..., Complaint]


@pytest.fixture
def open_action(house: Built) -> Open:
    """`open_action(figure=…)`: an action due in ten days, as the engine of a story."""

    def begin(**given: object) -> Complaint:
        values: dict[str, object] = {
            "title": "减少错分拣", "what": "分拣线加装扫码复核", "owner": OWNER, "who": BOSS,
            "due_at": house.clock.now + timedelta(days=10), **given,
        }  # fmt: skip
        with house.casework.database.write() as session:
            ref = open_improvement(house.casework, session, Opening(**values)).ref  # type: ignore[arg-type]
        house.work()
        return Complaint(house, ref)

    return begin


def about(action: Complaint) -> dict[str, object]:
    return complaint(action.house.casework, action.ref, actor=None)


def flood(file: File, number: int) -> None:
    """So many complaints about delivery, each of a customer of its own."""
    for _ in range(number):
        customer = Complainant(id=f"c-{uuid4()}", name="王芳")
        file("medium", text="包裹丢了六天，快递一直没有送到，客服没人管", customer=customer).wait(seconds=1)


def of_logistics(**given: object) -> dict[str, object]:
    return {
        "figure": "received",
        "dimension": "category",
        "group_key": "logistics",
        "expected_percent": -25,
        **given,
    }


def test_agreed_done_and_proven_by_its_figure(open_action: Open, file: File) -> None:
    flood(file, 6)
    action = open_action(**of_logistics())
    assert (action.case.status, action.ref[:3]) == ("proposed", "IM-")
    assert about(action)["baseline"] == 6
    agreed = action.act("approve", kind="agree_action")
    assert agreed.duty == "improver"
    assert action.case.status == "agreed"
    assert [x.person for x in action.letters("improvement_given")] == [OWNER]
    action.wait(days=3)
    action.act("done", kind="improve", text="扫码复核已上线")
    assert (action.case.status, action.case.waiting) == ("checking", ["30 days to show its effect"])
    action.wait(days=31)
    assert action.case.waiting == ["the cause not to come back"]
    seen = about(action)
    assert (seen["status"], seen["proven_at"] is not None) == ("proven", True)
    assert seen["rounds"][0]["measured"] == 0  # type: ignore[index]
    assert seen["rounds"][0]["effect"] == "proven"  # type: ignore[index]
    action.wait(days=181)
    assert (action.case.status, action.case.outcome, action.case.ended) == ("closed", "proven", True)


def test_the_owner_is_reminded_and_what_is_overdue_reaches_head_and_manager(open_action: Open) -> None:
    action = open_action()
    action.act("approve", kind="agree_action")
    action.wait(days=8)
    assert len(action.letters("improvement_reminder", to=OWNER)) == 2
    assert action.letters("improvement_overdue") == []
    action.wait(days=3)
    head = action.house.casework.books.organisation.department("logistics").head
    assert {x.person for x in action.letters("improvement_overdue")} == {OWNER, head}
    assert about(action)["overdue"] is True
    press = action.open_item("done", kind="overdue_action")
    assert press.duty == "improver"
    action.act("done", kind="improve")
    assert action.item(press.id).status == "cancelled"
    assert about(action)["rounds"][0]["done_at"] > about(action)["rounds"][0]["due_at"]  # type: ignore[index]


def test_without_an_effect_it_is_agreed_anew_with_as_much_time(open_action: Open, file: File) -> None:
    flood(file, 6)
    action = open_action(**of_logistics())
    action.act("approve", kind="agree_action")
    action.act("done", kind="improve")
    flood(file, 6)
    action.wait(days=31)
    assert (action.case.status, action.case.cycle) == ("proposed", 2)
    first = about(action)["rounds"][0]  # type: ignore[index]
    assert (first["effect"], first["ended"], first["measured"]) == ("failed", "no_effect", 6)
    assert {x.person for x in action.letters("improvement_reopened")} == {OWNER, "s-ye-qing"}
    before = action.now
    action.act("approve", kind="agree_action")
    item = action.open_item("done", kind="improve")
    assert item.due_at is not None
    assert timedelta(days=8) < item.due_at - before < timedelta(days=10)


def test_a_cause_that_comes_back_by_its_figure_reopens_a_proven_action(open_action: Open, file: File) -> None:
    flood(file, 6)
    action = open_action(**of_logistics())
    action.act("approve", kind="agree_action")
    action.act("done", kind="improve")
    action.wait(days=31)
    assert action.case.status == "proven"
    flood(file, 6)
    action.wait(days=30)
    assert (action.case.status, action.case.cycle) == ("proposed", 2)
    assert about(action)["proven_at"] is None
    assert about(action)["rounds"][0]["ended"] == "cause_returned"  # type: ignore[index]


@pytest.mark.parametrize("days", [1, 40])
def test_a_person_reopens_it_while_it_is_checked_and_when_it_was_proven(
    open_action: Open, file: File, days: int
) -> None:
    flood(file, 6)
    action = open_action(**of_logistics())
    with pytest.raises(NotWanted, match="not done yet"):
        action.ask(CauseReturned(BOSS, "又来了"))
    action.act("approve", kind="agree_action")
    action.act("done", kind="improve")
    action.wait(days=days)
    action.ask(CauseReturned(BOSS, "同样的问题又来了"))
    assert (action.case.status, action.case.cycle) == ("proposed", 2)


def test_too_little_to_measure_is_judged_by_a_person(open_action: Open) -> None:
    action = open_action()
    action.act("approve", kind="agree_action")
    action.act("done", kind="improve")
    action.wait(days=31)
    assert action.case.status == "checking"
    action.act("approve", kind="judge_effect")
    assert action.case.status == "proven"
    assert about(action)["rounds"][0]["effect"] == "proven"  # type: ignore[index]


def test_what_is_not_agreed_is_dropped_with_a_reason(open_action: Open) -> None:
    action = open_action()
    with pytest.raises(ReasonMissing):
        action.act("refuse", kind="agree_action")
    action.act("refuse", kind="agree_action", reason="另有更好的办法")
    assert (action.case.status, action.case.outcome, action.case.ended) == ("closed", "dropped", True)


def test_a_date_moves_later_only_with_a_reason_and_reminds_anew(open_action: Open) -> None:
    action = open_action()
    action.act("approve", kind="agree_action")
    agreed = about(action)["rounds"][0]["due_at"]  # type: ignore[index]
    with pytest.raises(ReasonMissing):
        action.ask(Plan(BOSS, "", due_at=action.now + timedelta(days=20)))
    with pytest.raises(NotWanted, match="must be later"):
        action.ask(Plan(BOSS, "快一点", due_at=action.now + timedelta(days=5)))
    later = action.now + timedelta(days=20)
    action.ask(Plan(BOSS, "设备到货晚", due_at=later, owner="s-zhou-kai"))
    item = action.open_item("done", kind="improve")
    assert (item.assignee, item.due_at) == ("s-zhou-kai", later)
    assert about(action)["rounds"][0]["due_at"] != agreed  # type: ignore[index]
    action.wait(days=16)
    assert action.letters("improvement_overdue") == []
    assert len(action.letters("improvement_reminder", to="s-zhou-kai")) == 2


def test_an_action_is_in_no_figure_and_no_list_of_complaints(open_action: Open, house: Built) -> None:
    action = open_action()
    with house.casework.database.read() as session:
        now = house.clock.now
        period = Period(now - timedelta(days=2), now + timedelta(days=2), "Asia/Shanghai", now)
        assert figure(session, "received", period).whole.value == 0
        assert figure(session, "backlog", period).whole.value == 0
        assert overview(session, now).open_cases == 0
        page = page_of_cases(
            session, reader=None, status=None, tier=None, channel=None, open_only=False, after=None, limit=9
        )
    assert page == []
    listed = improvements(house.casework, actor=None)
    assert [one["ref"] for one in listed["items"]] == [action.ref]
    assert listed["rectification"] == {"numerator": 0, "denominator": 1, "value": 0.0, "target": 0.85}


@pytest.mark.parametrize(("text", "why"), [
    ("昨晚充电宝充电的时候突然起火，沙发烧了一个洞，孩子的手被烫伤，正在医院处理，你们必须给个说法！", "安全隐患"),
    ("你们把我的身份证和电话泄露给别人了，现在天天有人骚扰，要求处理", "信息泄露"),
])  # fmt: skip
def test_danger_and_a_leak_live_on_when_the_complaint_is_withdrawn(
    house: Built, file: File, text: str, why: str
) -> None:
    story = file("unclear", text=text)
    story.ask(End("withdrawn", BOSS, "客户不再追究"))
    follow_improvements(house.casework)
    follow_improvements(house.casework)
    found = improvements(house.casework, actor=None)["items"]
    assert len(found) == 1
    assert found[0]["title"].startswith(why)
    assert (found[0]["source"], found[0]["origin"], found[0]["status"]) == (
        story.ref,
        "withdrawal",
        "proposed",
    )


def test_an_action_that_cannot_be_opened_is_an_incident_and_holds_nobody_up(
    house: Built, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, other = file("severe"), file("medium")
    story.ask(End("withdrawn", BOSS, "客户不再追究"))
    with monkeypatch.context() as broken:
        broken.setattr("cases.improving.USUAL_TIME", timedelta(days=-1))
        assert follow_improvements(house.casework).faults == 1
        assert follow_improvements(house.casework).faults == 0
    assert [incident.kind for incident in story.incidents] == ["fault"]
    other.wait(hours=2)
    story.ask(Retry(BOSS.name))
    follow_improvements(house.casework)
    assert [one["source"] for one in improvements(house.casework, actor=None)["items"]] == [story.ref]


def test_an_ordinary_complaint_that_is_withdrawn_leaves_nothing_behind(house: Built, file: File) -> None:
    file("medium").ask(End("withdrawn", BOSS, "客户不再追究"))
    follow_improvements(house.casework)
    assert improvements(house.casework, actor=None)["items"] == []


@pytest.mark.parametrize(("given", "error"), [
    ({"figure": "recieved", "expected_percent": -10}, NoSuchGroup),
    ({"figure": "received"}, NoExpectation),
    ({"figure": "received", "expected_percent": 0}, NoExpectation),
    ({"figure": "received", "expected_percent": -101}, NoExpectation),
    ({"expected_percent": -10}, NoExpectation),
    ({"figure": "received", "expected_percent": -10, "dimension": "moon", "group_key": "x"}, NoSuchGroup),
    ({"figure": "received", "expected_percent": -10, "dimension": "category"}, NoSuchGroup),
    ({"title": " "}, NotWanted), ({"what": ""}, NotWanted),
])  # fmt: skip
def test_an_action_without_sense_is_refused(open_action: Open, given: dict[str, object], error: type) -> None:
    with pytest.raises(error):
        open_action(**given)
