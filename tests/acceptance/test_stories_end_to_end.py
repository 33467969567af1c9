"""The stories once end to end: real processes, real Prefect, real HTTP, one clock for all of them."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.house import House
from tests.acceptance.teller import Staff, Story, Told, file, tell

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ASKED = 16 * HOUR
"""By then a survey has been asked, wherever in the day the answer fell."""


def test_every_story_end_to_end(either_house: House) -> None:
    house = either_house
    house.start()
    staff = Staff(house)

    def begin(name: str, tier: str) -> Told:
        return file(house, staff, name, tier)

    tell(house, [
        light_accepted(begin("light-accepted", "light")),
        light_declined(begin("light-declined", "light")),
        medium_carried_out(begin("medium", "medium")),
        unconfirmed(begin("unconfirmed", "medium")),
        two_declines(begin("declines", "medium")),
        overdue(begin("overdue", "medium")),
        asking_another_department(begin("asking", "medium")),
        task_force(begin("severe", "severe")),
        options_chosen(begin("options", "medium")),
        survey_unanswered(begin("unanswered", "medium")),
        corrected(begin("corrected", "medium")),
        left_at_that(begin("leave", "medium")),
        three_cycles(begin("cycles", "medium")),
        withdrawn_and_undone(begin("undone", "medium")),
    ])  # fmt: skip
    house.amends("verify")
    assert house.read("status")["cases"]["incidents"] == 0


def answered(case: Told) -> Story:
    """Confirmed and resolved without a remedy, up to the survey."""
    case.act("confirm")
    yield from resolved(case)


def resolved(case: Told) -> Story:
    """By whoever confirmed, without a remedy, up to the survey."""
    case.resolve()
    case.until(lambda v: v["status"] == "surveying", "to be surveyed")
    yield ASKED


def closed(case: Told, outcome: str) -> Story:
    yield HOUR
    view = case.ended()
    assert view["outcome"] == outcome, (case.ref, view["outcome"])
    assert all(
        i["status"] in ("done", "waived", "cancelled", "expired", "declined") for i in view["work_items"]
    )


def light_accepted(case: Told) -> Story:
    case.until(lambda v: any(m["kind"] == "answer" for m in v["messages"]), "the library's answer")
    yield ASKED
    case.score(5)
    yield from closed(case, "accepted")


def light_declined(case: Told) -> Story:
    case.until(lambda v: any(m["kind"] == "answer" for m in v["messages"]), "the library's answer")
    page = case.send(case.page("answer"), {"does": "person"})
    assert page.status_code in (200, 303), page.text
    case.until(lambda v: v["tier"] == "medium", "a person to look at it")
    yield from answered(case)
    case.score(4)
    yield from closed(case, "accepted")


def medium_carried_out(case: Told) -> Story:
    case.act("confirm")
    case.resolve(remedy="refund", amount=9_900)
    case.until(lambda v: v["status"] == "fulfilling", "the refund to be carried out")
    case.act("done", kind="fulfil")
    yield ASKED
    case.score(5)
    yield from closed(case, "accepted")


def unconfirmed(case: Told) -> Story:
    first = case.open_item("confirm")
    yield 61 * MINUTE
    second = case.until(
        lambda v: any(
            i["id"] == first["id"] and i["assignee"] not in (None, first["assignee"]) for i in v["work_items"]
        ),
        "the second choice",
    )
    owner = next(i["assignee"] for i in second["work_items"] if i["id"] == first["id"])
    refused = case.act("confirm", item=first, by=first["assignee"], status=409)
    assert owner in refused["detail"]
    yield from answered(case)
    case.score(5)
    yield from closed(case, "accepted")


def two_declines(case: Told) -> Story:
    for _ in range(2):
        case.act("decline", reason="不属于本组")
    assign = case.open_item("assign")
    head = case.house.wiring.catalogue.organisation.department(case.view["department"]).head
    case.act("assign", item=assign, person=head)
    item = case.open_item("resolve")
    assert item["assignee"] == head
    case.resolve()
    case.until(lambda v: v["status"] == "surveying", "to be surveyed")
    yield ASKED
    case.score(5)
    yield from closed(case, "accepted")


def overdue(case: Told) -> Story:
    case.act("confirm")
    yield 24 * HOUR + MINUTE
    taken = case.act("takeover", kind="overdue", reason="由主管接手")
    supervisor = next(i["assignee"] for i in taken["work_items"] if i["kind"] == "overdue")
    assert case.open_item("resolve")["assignee"] == supervisor
    case.resolve()
    case.until(lambda v: v["status"] == "surveying", "to be surveyed")
    yield ASKED
    case.score(5)
    yield from closed(case, "accepted")


def asking_another_department(case: Told) -> Story:
    case.act("confirm")
    main = case.open_item("resolve")
    case.act("ask", item=main, department="logistics", text="请提供签收记录")
    case.act("confirm", kind="collaborate")
    case.act("done", kind="collaborate", text="签收记录已提供")
    assert any(m["kind"] == "notice" for m in case.view["messages"]), "the customer hears of the new date"
    case.resolve()
    case.until(lambda v: v["status"] == "surveying", "to be surveyed")
    yield ASKED
    case.score(5)
    yield from closed(case, "accepted")


def task_force(case: Told) -> Story:
    case.act("confirm", kind="lead")
    case.until(
        lambda v: len([i for i in v["work_items"] if i["kind"] == "collaborate"]) >= 3,
        "the collaboration list",
    )
    lead = next(i["assignee"] for i in case.view["work_items"] if i["kind"] == "lead")
    declined = case.act("decline", kind="collaborate", reason="不在岗")
    assert declined["tier"] == "severe"
    waived = False
    while not case.items("resolve", "lead"):
        waiting = [
            i
            for i in case.view["work_items"]
            if i["kind"] == "collaborate" and i["status"] not in ("done", "waived")
        ]
        if len(waiting) == 1 and not waived:
            case.act("waive", item=waiting[0], by=lead, reason="无需提供", instead="按标准处理")
            waived = True
        elif case.items("confirm", "collaborate"):
            case.act("confirm", kind="collaborate")
        elif case.items("done", "collaborate"):
            case.act("done", kind="collaborate", text="已提供")
        yield MINUTE
    assert waived
    case.resolve(remedy="compensation", amount=50_000)
    case.until(lambda v: case.items("approve") or v["status"] == "fulfilling", "an approval or the remedy")
    if case.items("approve"):
        case.act("approve")
    case.act("done", kind="fulfil")
    yield ASKED
    case.score(5)
    yield from closed(case, "accepted")


def options_chosen(case: Told) -> Story:
    case.act("confirm")
    case.resolve(options=[
        {"text": "全额退款", "remedy": "refund", "amount": 9_900, "recommended": True},
        {"text": "换一件新的", "remedy": "replacement", "costs_customer": True},
    ])  # fmt: skip
    case.until(lambda v: v["status"] == "waiting_customer", "the customer to choose")
    chosen = case.send(case.page("options"), {"choice": "2", "confirm": "yes"})
    assert chosen.status_code in (200, 303), chosen.text
    case.act("done", kind="fulfil")
    yield ASKED
    case.score(5)
    yield from closed(case, "accepted")


def survey_unanswered(case: Told) -> Story:
    yield from answered(case)
    yield 8 * DAY
    yield from closed(case, "unanswered")


def corrected(case: Told) -> Story:
    yield from answered(case)
    case.score(3, "again")
    case.score(4)
    yield from closed(case, "accepted")
    assert [s["score"] for s in case.view["surveys"]] == [4]


def left_at_that(case: Told) -> Story:
    yield from answered(case)
    case.score(3, "leave")
    yield from closed(case, "accepted_low")


def three_cycles(case: Told) -> Story:
    handlers: set[str] = set()
    for cycle in (1, 2, 3):
        offered = case.until(
            lambda _: case.items("confirm", "resolve") or case.items("confirm", "lead"), "an offer"
        )
        assert offered["cycle"] == cycle
        person = case.act("confirm")["owner"]
        assert person not in handlers, "nobody decides twice"
        handlers.add(person)
        while not case.items("resolve"):
            if case.items("confirm", "collaborate"):
                case.act("confirm", kind="collaborate")
            elif case.items("done", "collaborate"):
                case.act("done", kind="collaborate", text="已提供")
            yield MINUTE
        case.resolve()
        case.until(lambda v: case.items("approve") or v["status"] == "surveying", "an approval or the survey")
        if case.items("approve"):
            case.act("approve")
        yield ASKED
        case.score(2, "again")
        yield 16 * MINUTE
    review = case.open_item("resolve", "review")
    assert review["assignee"] not in handlers
    case.act("resolve", item=review, solution="复核结论：维持赔付方案。", decision="partly")
    yield from closed(case, "final")


def withdrawn_and_undone(case: Told) -> Story:
    case.act("confirm")
    case.direct("withdraw", reason="客户来电撤诉")
    case.until(lambda v: v["status"] == "withdrawn", "to be withdrawn")
    yield HOUR
    case.direct("undo", reason="客户改变主意")
    view = case.until(lambda v: v["status"] == "handling", "to be handled again")
    assert view["cycle"] == 1
    yield from resolved(case)  # whoever confirmed keeps it
    case.score(5)
    yield from closed(case, "accepted")
