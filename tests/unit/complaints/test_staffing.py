"""Choosing a person: never the absent, by skill, language, load; duties, deputies, heads, the next cycle."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from complaints.errors import EmptyPool, NaiveTime, UnknownDepartment, UnknownPerson
from complaints.organisation import Absence, Department, Organisation, OrganisationError, Person
from complaints.staffing import (
    Choice,
    ReasonCode,
    choose,
    choose_anew,
    head_of,
    heads,
    holder,
    next_in_department,
    stand_in,
)
from process_definitions.calendars import around_the_clock

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
AWAY = (Absence(NOW - timedelta(hours=1), NOW + timedelta(hours=8)),)
DUTY = around_the_clock("duty", "Asia/Shanghai")


def person(id: str, department: str = "logistics", **more: object) -> Person:
    return replace(Person(id, id.title(), department, languages=frozenset({"zh"})), **more)  # type: ignore[arg-type]


PEOPLE = (
    person("li", skills=frozenset({"cold_chain"})),
    person("mo", languages=frozenset({"zh", "en"})),
    person("ni"),
    person("hu", duties=frozenset({"supervisor"}), deputies=("li",), limit=0),
    person("ba", "billing", duties=frozenset({"approver"}), limit=0),
    person("bo", "billing", duties=frozenset({"approver", "supervisor"})),
)


def organisation(*changed: Person) -> Organisation:
    people = {one.id: one for one in (*PEOPLE, *changed)}
    return Organisation(
        "1",
        people,
        {
            "logistics": Department("logistics", "物流部", "Logistics", "hu", DUTY),
            "billing": Department("billing", "账务部", "Billing", "ba", DUTY),
        },
        timedelta(hours=4),
    )


def pick(
    org: Organisation, *, skill: str = "", language: str = "zh-CN", load: dict[str, int] | None = None,
    barred: frozenset[str] = frozenset(),
) -> Choice:  # fmt: skip
    return choose(org, "logistics", skill=skill, language=language, load=load or {}, now=NOW, barred=barred)


def chosen(choice: Choice) -> str | None:
    return None if choice.person is None else choice.person.id


def codes(choice: Choice) -> set[ReasonCode]:
    return {reason.code for reason in choice.reasons}


def test_skill_comes_before_language_and_language_before_load() -> None:
    org = organisation()
    assert chosen(pick(org, skill="cold_chain", language="en", load={"li": 9})) == "li"
    assert chosen(pick(org, language="en-GB", load={"mo": 9})) == "mo"
    assert chosen(pick(org, load={"li": 2, "mo": 2, "ni": 1})) == "ni"


def test_a_tie_always_goes_the_same_way() -> None:
    org = organisation()
    turned = replace(org, people=dict(reversed(list(org.people.items()))))
    assert chosen(pick(org)) == chosen(pick(turned)) == "li"


def test_work_never_goes_to_the_absent() -> None:
    choice = pick(
        organisation(person("li", skills=frozenset({"cold_chain"}), absences=AWAY)), skill="cold_chain"
    )
    assert chosen(choice) == "mo"
    assert {ReasonCode.ABSENT, ReasonCode.NO_SKILL} <= codes(choice)


def test_an_absence_ends_when_it_ends() -> None:
    back = person("li", absences=(Absence(NOW - timedelta(days=1), NOW),))
    assert not back.is_absent(NOW)
    assert back.is_absent(NOW - timedelta(seconds=1))


def test_who_is_full_gets_nothing_more() -> None:
    assert chosen(pick(organisation(person("li", limit=2)), load={"li": 2, "mo": 5, "ni": 5})) == "mo"


def test_an_empty_pool_says_so_and_why() -> None:
    org = organisation(person("li", absences=AWAY), person("mo", limit=1))
    choice = pick(org, load={"mo": 1}, barred=frozenset({"ni"}))
    assert choice.is_empty
    assert ReasonCode.EMPTY in codes(choice)
    with pytest.raises(EmptyPool, match="1 absent, 1 barred, 2 full"):
        choice.taken("logistics")


def test_the_next_choice_leaves_out_everyone_who_had_the_offer() -> None:
    org = organisation()
    for tried, expected in ((["li"], "mo"), (["li", "mo"], "ni"), (["li", "mo", "ni"], None)):
        choice = next_in_department(
            org, "logistics", tried, skill="", language="", load={}, now=NOW
        )  # fmt: skip
        assert chosen(choice) == expected


def anew(org: Organisation, *earlier: str) -> Choice:
    return choose_anew(
        org, "logistics", frozenset(earlier), skill="cold_chain", language="zh", load={}, now=NOW
    )  # fmt: skip


def test_the_next_cycle_goes_to_nobody_of_an_earlier_one() -> None:
    assert chosen(anew(organisation(), "li")) == "mo"


def test_with_nobody_left_the_next_cycle_goes_to_the_head_then_to_another_head() -> None:
    org = organisation()
    own = anew(org, "li", "mo", "ni")
    assert (chosen(own), ReasonCode.HEAD in codes(own)) == ("hu", True)
    other = anew(org, "li", "mo", "ni", "hu")
    assert (chosen(other), ReasonCode.OTHER_HEAD in codes(other)) == ("ba", True)
    assert anew(org, "li", "mo", "ni", "hu", "ba").is_empty


def test_an_absent_head_is_passed_over_for_another() -> None:
    assert chosen(anew(organisation(person("hu", absences=AWAY)), "li", "mo", "ni")) == "ba"


def test_a_duty_goes_to_its_holder_of_the_department_first() -> None:
    org = organisation()
    assert chosen(holder(org, "supervisor", NOW, "logistics")) == "hu"
    assert chosen(holder(org, "supervisor", NOW, "billing")) == "bo"
    assert chosen(holder(org, "supervisor", NOW)) == "bo"


def test_a_deputy_stands_in_for_an_absent_holder_and_a_deputys_deputy_for_both() -> None:
    away = person("hu", duties=frozenset({"supervisor"}), deputies=("li",), absences=AWAY)
    choice = holder(organisation(away), "supervisor", NOW, "logistics")
    assert (chosen(choice), ReasonCode.DEPUTY in codes(choice)) == ("li", True)
    both = holder(
        organisation(away, person("li", absences=AWAY, deputies=("hu", "ni"))), "supervisor", NOW, "logistics"
    )
    assert chosen(both) == "ni"


def test_a_duty_without_anyone_in_the_department_is_done_by_another_department() -> None:
    choice = holder(organisation(), "approver", NOW, "logistics")
    assert (chosen(choice), ReasonCode.ELSEWHERE in codes(choice)) == ("ba", True)


def test_who_is_barred_holds_no_duty() -> None:
    assert chosen(holder(organisation(), "approver", NOW, barred=frozenset({"ba"}))) == "bo"
    assert holder(organisation(), "approver", NOW, barred=frozenset({"ba", "bo"})).is_empty


def test_a_duty_nobody_has_gives_nobody() -> None:
    assert holder(organisation(), "executive", NOW).is_empty


def test_heads_are_those_present_and_an_absent_head_has_a_deputy() -> None:
    org = organisation(person("hu", deputies=("li",), absences=AWAY))
    assert [head.id for head in heads(org, NOW)] == ["ba"]
    assert chosen(head_of(org, "logistics", NOW)) == "li"


def test_an_owner_away_over_four_hours_is_stood_in_for() -> None:
    limit = timedelta(hours=4)
    short = person("hu", deputies=("li",), absences=(Absence(NOW, NOW + limit),))
    assert stand_in(organisation(short), "hu", NOW) is None
    long = replace(short, absences=(Absence(NOW, NOW + limit + timedelta(minutes=1)),))
    choice = stand_in(organisation(long), "hu", NOW)
    assert choice is not None
    assert chosen(choice) == "li"
    open_end = replace(short, absences=(Absence(NOW),))
    assert stand_in(organisation(open_end), "hu", NOW) is not None
    assert organisation(open_end, person("li", absences=(Absence(NOW, NOW + limit),))).away(NOW) == ("hu",)
    assert organisation(long).next_absence(NOW - timedelta(hours=1)) == NOW
    assert organisation(long).next_absence(NOW) is None


def test_without_a_deputy_a_head_stands_in_and_never_who_is_barred() -> None:
    away = person("mo", absences=(Absence(NOW),))
    choice = stand_in(organisation(away), "mo", NOW)
    assert choice is not None
    assert chosen(choice) == "hu"
    assert choice.reasons[-1].code is ReasonCode.HEAD
    other = stand_in(organisation(away), "mo", NOW, barred=frozenset({"hu"}))
    assert other is not None
    assert chosen(other) == "ba"
    nobody = stand_in(organisation(away), "mo", NOW, barred=frozenset({"hu", "ba"}))
    assert nobody is not None
    assert nobody.is_empty


def test_unknown_people_and_departments_are_refused_with_the_near_name() -> None:
    with pytest.raises(UnknownDepartment, match="did you mean 'logistics'"):
        organisation().members("logistic")
    with pytest.raises(UnknownPerson):
        organisation(person("li", deputies=("nobody",)))
    with pytest.raises(UnknownDepartment):
        organisation(person("xu", "kitchen"))
    with pytest.raises(OrganisationError, match="own deputy"):
        organisation(person("li", deputies=("li",)))


def test_naive_times_are_refused() -> None:
    naive = datetime(2026, 11, 20)
    with pytest.raises(NaiveTime):
        choose(organisation(), "logistics", skill="", language="", load={}, now=naive)
    with pytest.raises(NaiveTime):
        Absence(naive)
