"""The numbers of the complaint process, as the tables give them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import product

import pytest

from bpmn.dmn import lint_table
from bpmn.durations import parse_duration
from complaints.reading import CATEGORIES
from process_definitions.catalogue import load_names, load_organisation
from process_definitions.vocabulary import CLOCKS, DUTIES
from tests.unit.reading.grading import ask, tables

TIERS = ("light", "medium", "severe")
URGENCIES = ("low", "normal", "urgent")
MATRIX = {
    "low": {"none": "light", "single": "light", "high": "medium", "batch": "medium"},
    "normal": {"none": "light", "single": "medium", "high": "severe", "batch": "severe"},
    "urgent": {"none": "medium", "single": "severe", "high": "severe", "batch": "severe"},
}
CELLS = [(urgency, impact, tier) for urgency, row in MATRIX.items() for impact, tier in row.items()]


def triage(urgency: str, impact: str, **lifts: object) -> Mapping[str, object]:
    calm = {
        "sentiment": "neutral",
        "value": "standard",
        "authority": False,
        "confidence": 90,
        "danger": False,
    }
    return ask("triage", urgency=urgency, impact=impact, **{**calm, **lifts})


def clock(
    name: str, tier: str | None = "medium", urgency: str | None = "normal", several: bool = False
) -> str:
    return str(ask("clocks", clock=name, tier=tier, urgency=urgency, several=several)["duration"])


def test_no_table_has_overlapping_hidden_or_missing_rules() -> None:
    assert [finding for table in tables().values() for finding in lint_table(table)] == []


@pytest.mark.parametrize(("urgency", "impact", "tier"), CELLS)
def test_the_tier_follows_the_matrix(urgency: str, impact: str, tier: str) -> None:
    assert triage(urgency, impact) == {"tier": tier, "provisional": False}


@pytest.mark.parametrize("lift", [{"sentiment": "very_negative"}, {"value": "high"}, {"authority": True}])
@pytest.mark.parametrize(("urgency", "impact", "tier"), CELLS)
def test_a_lift_raises_light_to_medium_and_nothing_else(
    lift: dict[str, object], urgency: str, impact: str, tier: str
) -> None:
    assert triage(urgency, impact, **lift)["tier"] == ("medium" if tier == "light" else tier)


@pytest.mark.parametrize(("danger", "tier"), [(False, "medium"), (True, "severe")])
@pytest.mark.parametrize(("urgency", "impact", "_tier"), CELLS)
def test_below_the_confidence_floor_the_grade_is_provisional(
    urgency: str, impact: str, _tier: str, danger: bool, tier: str
) -> None:
    assert triage(urgency, impact, confidence=49, danger=danger) == {"tier": tier, "provisional": True}


@pytest.mark.parametrize(
    ("facts", "impact"),
    [
        ({}, "single"),
        ({"regret": True}, "none"),
        ({"reach": "many", "regret": True}, "batch"),
        ({"injury": True}, "high"),
        ({"loss": 499_999}, "single"),
        ({"loss": 500_000}, "high"),
        ({"consequence": True}, "high"),
        ({"leaving": True}, "single"),
        ({"leaving": True, "value": "high"}, "high"),
        ({"repeats": 2}, "single"),
        ({"repeats": 3}, "high"),
    ],
)
def test_impact_follows_the_rubric(facts: dict[str, object], impact: str) -> None:
    plain = {
        "reach": "one", "injury": False, "loss": 0, "consequence": False, "leaving": False, "value": "standard",
        "repeats": 1, "regret": False,
    }  # fmt: skip
    assert ask("triage_impact", **{**plain, **facts}) == {"impact": impact}


@pytest.mark.parametrize("name", sorted((CLOCKS - {"duty"}) | DUTIES))
@pytest.mark.parametrize("tier", [None, *TIERS])
def test_every_clock_and_duty_has_a_time_and_a_calendar_even_before_grading(
    name: str, tier: str | None
) -> None:
    answer = ask("clocks", clock=name, tier=tier, urgency=None if tier is None else "normal", several=False)
    assert parse_duration(str(answer["duration"])).timedelta > timedelta(0)
    assert answer["calendar"] in load_organisation().calendars


def test_clocks_hold_the_numbers_of_the_process() -> None:
    assert [clock("acknowledge"), clock("dispatch"), clock("confirm")] == ["PT30M", "PT10M", "PT1H"]
    assert clock("first_contact", "severe") == "PT1H"
    assert clock("first_contact", "medium", "urgent") == "PT2H"
    assert clock("first_contact") == clock("first_contact", None, None) == "PT12H"
    assert [clock("resolve", tier) for tier in TIERS] == ["PT1H", "PT24H", "P3D"]
    assert clock("resolve", "medium", several=True) == "P3D"
    duties = ["coordinator", "supervisor", "approver", "hearer", "reviewer", "grader", "executive"]
    assert [clock(duty) for duty in duties] == ["PT30M", "PT2H", "PT4H", "PT15M", "P5D", "PT10M", "PT24H"]


@pytest.mark.parametrize(("tier", "category"), list(product(TIERS, CATEGORIES)))
def test_a_promise_never_lies_beyond_the_time_to_resolve_of_its_tier(tier: str, category: str) -> None:
    answer = ask("promise", tier=tier, category=category)
    within = answer["within"]
    assert isinstance(within, timedelta)
    assert within == timedelta(hours=int(str(answer["hours"])))
    # light is answered within the hour; what it is told must hold when it is lifted to medium
    resolve = "PT24H" if tier == "light" else clock("resolve", tier)
    assert within <= parse_duration(resolve).timedelta


@pytest.mark.parametrize(("category", "authority"), list(product(CATEGORIES, (False, True))))
def test_whoever_is_routed_to_has_three_people_with_the_skill(category: str, authority: bool) -> None:
    organisation = load_organisation().organisation
    answer = ask("routing", category=category, authority=authority)
    skilled = [p for p in organisation.members(str(answer["department"])) if answer["skill"] in p.skills]
    assert len(skilled) >= 3


@pytest.mark.parametrize(("category", "urgency"), list(product(CATEGORIES, URGENCIES)))
def test_a_collaboration_list_ends_inside_three_days(category: str, urgency: str) -> None:
    rows = tables()["collaboration"].decide({"category": category, "urgency": urgency}).result
    assert isinstance(rows, list)
    names = [row["row"] for row in rows]
    assert len(set(names)) == len(names)
    tasks, departments = load_names()["task"], load_organisation().organisation.departments
    ends: dict[str, timedelta] = {}
    for row in rows:
        before = [name.strip() for name in row["depends_on"].split(",") if name.strip()]
        start = max((ends[name] for name in before), default=timedelta(0))
        ends[row["row"]] = start + parse_duration(row["duration"]).timedelta
        assert row["what"] in tasks
        assert row["department"] in departments
    assert max(ends.values()) < timedelta(days=3)
    assert {"service_record", "staff_account", "customer_account", "cause"} <= set(names)
    assert ("contain" in names) == (urgency == "urgent")


def test_the_next_cycle_is_never_lower_and_comes_from_the_process() -> None:
    for tier, cycle, score in product(TIERS, (1, 2, 3), (1, 2, 3)):
        assert TIERS.index(
            str(ask("next_cycle", tier=tier, cycle=cycle, score=score)["tier"])
        ) >= TIERS.index(tier)
    assert ask("next_cycle", tier="light", cycle=1, score=1)["tier"] == "medium"
    assert ask("next_cycle", tier="medium", cycle=1, score=3) == {
        "tier": "medium", "supervised": True, "new_lead": False,
    }  # fmt: skip
    assert ask("next_cycle", tier="medium", cycle=1, score=1)["tier"] == "severe"
    assert ask("next_cycle", tier="medium", cycle=2, score=3)["tier"] == "severe"
    assert ask("next_cycle", tier="severe", cycle=1, score=2)["new_lead"] is True


@pytest.mark.parametrize("duty", sorted(DUTIES))
def test_every_duty_escalates_to_the_executive_within_three_rungs(duty: str) -> None:
    here, last = duty, False
    for rung in (1, 2, 3):
        answer = ask("escalation", duty=here, rung=rung)
        here, last = str(answer["next"]), bool(answer["last"])
        if last:
            break
    assert (here, last) == ("executive", True)


def test_ceilings_grow_with_tier_value_and_loss() -> None:
    def ceiling(tier: str, value: str, loss: int) -> int:
        return int(str(ask("remedy", tier=tier, value=value, loss=loss)["ceiling"]))

    losses = (0, 50_000, 500_000)
    for tier, loss in product(TIERS, losses):
        assert ceiling(tier, "standard", loss) < ceiling(tier, "high", loss)
    for value, loss in product(("standard", "high"), losses):
        assert ceiling("light", value, loss) < ceiling("medium", value, loss) < ceiling("severe", value, loss)
    for tier, value in product(TIERS, ("standard", "high")):
        assert ceiling(tier, value, 0) < ceiling(tier, value, 50_000) < ceiling(tier, value, 500_000)


@pytest.mark.parametrize(
    ("facts", "action"),
    [
        ({}, "separate"),
        ({"similarity": 95}, "merge"),
        ({"similarity": 79}, "separate"),
        ({"similarity": 95, "hours": 72}, "merge"),
        ({"similarity": 95, "hours": 73}, "separate"),
        ({"order": "same", "same_category": True}, "merge"),
        ({"order": "same"}, "separate"),
        ({"order": "other", "similarity": 100}, "separate"),
        ({"similarity": 100, "same_customer": False}, "separate"),
        ({"order": "same", "same_category": True, "same_customer": False}, "separate"),
        ({"similarity": 100, "heavier": True}, "separate"),
        ({"similarity": 100, "authority": True}, "separate"),
        ({"similarity": 95, "lead": "answered", "hours": 120}, "next_cycle"),
        ({"order": "same", "same_category": True, "lead": "surveying", "hours": 120}, "next_cycle"),
    ],
)
def test_merging_follows_the_process(facts: dict[str, object], action: str) -> None:
    apart = {
        "authority": False, "same_customer": True, "order": "unknown", "heavier": False, "same_category": False,
        "similarity": 0, "hours": 5, "lead": "open",
    }  # fmt: skip
    assert ask("merge", **{**apart, **facts}) == {"action": action}


def test_only_the_acknowledgement_and_danger_may_ring_at_night() -> None:
    # merged: the acknowledgement of one that an earlier one takes in
    for kind in ("acknowledgement", "acknowledgement_public", "merged"):
        assert ask("contact", kind=kind)["exempt"] is True
    assert ask("contact", kind="danger")["exempt"] is True
    assert ask("contact", kind="survey")["exempt"] is False


def test_of_the_letters_that_nobody_asked_for_only_news_may_be_overtaken() -> None:
    def asked(*kinds: str) -> set[tuple[object, object]]:
        return {(ask("contact", kind=kind)["unasked"], ask("contact", kind=kind)["news"]) for kind in kinds}

    assert asked("acknowledgement", "danger", "promise_moved", "question") == {(False, False)}
    assert asked("answer", "options", "final_answer", "apology", "fulfilled", "closing") == {(False, True)}
    assert asked("plan_made", "fix_done", "progress") == {(True, True)}
    assert asked("survey", "survey_reminder", "options_reminder", "question_reminder", "nps") == {
        (True, False)
    }


def test_the_apology_rises_with_tier_and_cycle() -> None:
    assert [ask("apology", tier="medium", cycle=cycle)["level"] for cycle in (1, 2, 3)] == [1, 2, 3]
    assert ask("apology", tier="severe", cycle=1)["level"] == 2
    assert [ask("apology_speaker", level=level)["speaker"] for level in (1, 2, 3)] == [
        "handler", "head", "executive",
    ]  # fmt: skip


def test_what_one_cause_is_follows_the_process() -> None:
    same = {category: ask("matter", category=category)["same"] for category in CATEGORIES}
    assert {category: one for category, one in same.items() if one != "nothing"} == {
        "product_quality": "product", "price_promotion": "product", "service_fault": "both",
    }  # fmt: skip
    for category in CATEGORIES:
        terms = ask("matter", category=category)
        assert (terms["needed"], terms["own_loss"], terms["low_percent"]) == (10, 500_000, 10)
    assert ask("matter", category="service_fault")["hours"] == 24
    assert ask("matter", category="product_quality")["hours"] == 72
