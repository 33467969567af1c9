"""The API on both databases: who may, what is answered, what a repeat does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from cases.opening import Complainant
from complaints.roles import Role
from desk.shapes import ComplaintPage, ComplaintView, WorkPage
from store.tables import IdempotentAnswer
from tests.contract.desk_house import REFUND, SWAP, TEXT, House, open_house

STRANGER = "s-lin-tao"
"""Of marketing: has no part in a broken washing machine."""


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    with open_house(store_url) as opened:
        yield opened


def test_the_view_is_what_the_documentation_says(house: House) -> None:
    ref = house.survey_sent()
    house.post(house.link(ref, "survey"), confirm="yes", score="2", then="again")
    house.built.pass_time(minutes=16)
    house.resolve(ref, REFUND, SWAP)
    view = ComplaintView.model_validate(house.call("GET", f"complaints/{ref}").json())
    assert view.surveys[0].score == 2
    assert view.process.elements[-1].name
    ComplaintPage.model_validate(house.call("GET", "complaints").json())
    WorkPage.model_validate(house.call("GET", "work-items").json())


def test_clocks_explain_themselves_in_the_asked_language(house: House) -> None:
    ref = house.built.file(TEXT)
    for language, word in (("zh", "因此"), ("en", "so due")):
        seen = house.call("GET", f"complaints/{ref}?language={language}").json()
        assert all(word in clock["why"] for clock in seen["clocks"])


def test_addresses_are_masked(house: House) -> None:
    customer = Complainant(id="c", name="李雷", phone="13912345678", email="li.lei@example.org")
    ref = house.built.file(TEXT, channel="email", customer=customer)
    answer = house.call("GET", f"complaints/{ref}").text
    assert "13912345678" not in answer
    assert "li.lei@example.org" not in answer
    assert "l***@example.org" in answer


def test_a_reference_may_be_typed_as_people_type(house: House) -> None:
    ref = house.built.file(TEXT)
    assert house.call("GET", f"complaints/{ref.lower().replace('-', '')}").status_code == 200


# --- who may


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic YTpi"}])
def test_without_a_live_key_nothing_is_answered(house: House, header: dict[str, str]) -> None:
    answer = house.client.get("/api/v1/complaints", headers=header)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_absent_and_forbidden_get_the_same_answer(house: House) -> None:
    ref = house.built.file(TEXT)
    item = house.item(ref, "resolve")["id"]
    forbidden = house.call("GET", f"complaints/{ref}", who=STRANGER, role=Role.SPECIALIST)
    absent = house.call("GET", f"complaints/{ref[:-1]}{'0' if ref[-1] != '0' else '1'}")
    assert forbidden.status_code == absent.status_code == 404
    assert forbidden.json()["code"] == absent.json()["code"] == "not-found"
    items = [
        house.call("POST", f"work-items/{n}/confirm", who=STRANGER, role=Role.SPECIALIST) for n in (item, 999)
    ]
    assert items[0].json()["detail"].replace(str(item), "N") == items[1].json()["detail"].replace("999", "N")


def test_a_specialist_lists_only_what_is_theirs(house: House) -> None:
    house.built.file(TEXT)
    assert house.call("GET", "complaints", who=STRANGER, role=Role.SPECIALIST).json()["items"] == []
    assert house.call("GET", "work-items", who=STRANGER, role=Role.SPECIALIST).json()["items"] == []
    assert len(house.call("GET", "complaints").json()["items"]) == 1


def test_the_auditor_reads_all_and_changes_nothing(house: House) -> None:
    ref = house.built.file(TEXT)
    before = house.seen(ref)
    assert house.call("GET", f"complaints/{ref}", role=Role.AUDITOR).status_code == 200
    for path, body in (
        (f"complaints/{ref}/void", {"reason": "x"}),
        (f"complaints/{ref}/messages", {"text": "x"}),
        (f"work-items/{house.item(ref, 'resolve')['id']}/note", {"text": "x"}),
    ):
        assert house.call("POST", path, role=Role.AUDITOR, body=body).status_code == 404
    assert house.seen(ref) == before


# --- acting


def test_work_goes_from_offer_to_answer(house: House) -> None:
    ref = house.built.file(TEXT)
    item = house.item(ref, "resolve")
    who, role = item["assignee"], Role.SPECIALIST
    assert house.call("POST", f"work-items/{item['id']}/confirm", who=who, role=role).status_code == 200
    again = house.call("POST", f"work-items/{item['id']}/confirm", who=who, role=role)
    assert again.status_code == 409
    body = {"solution": "已核实，是电机故障", "cause": "电机"}
    view = house.call("POST", f"work-items/{item['id']}/resolve", who=who, role=role, body=body)
    assert view.status_code == 200
    assert house.seen(ref)["decision"] == "upheld"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.solution"),
        ({"solution": "  "}, "body.solution"),
        ({"solution": "a\x00b"}, "body.solution"),
        ({"solution": "x", "amount": -1, "remedy": "refund"}, "body.amount"),
        ({"solution": "x", "amount": "12"}, "body.amount"),
        ({"solution": "x", "remedy": "gold"}, "body.remedy"),
        ({"solution": "x", "soluton": "y"}, "body.soluton"),
        ({"solution": "x" * 4_001}, "body.solution"),
    ],
)
def test_a_wrong_field_is_named(house: House, body: dict[str, object], field: str) -> None:
    ref = house.built.file(TEXT)
    answer = house.call("POST", f"work-items/{house.item(ref, 'resolve')['id']}/resolve", body=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_ending_and_returning(house: House) -> None:
    why = {"reason": "客户来电"}
    for end, back, status in (("withdraw", "undo", "withdrawn"), ("void", "unvoid", "void")):
        whose = Complainant(
            id=end, name="王芳", email=f"{end}@example.org"
        )  # or it would be the same matter again
        ref = house.built.file(TEXT, customer=whose)
        assert house.call("POST", f"complaints/{ref}/{end}", body=why).json()["status"] == status
        assert house.call("POST", f"complaints/{ref}/{end}", body=why).status_code == 409
        assert house.call("POST", f"complaints/{ref}/{back}", body=why).json()["status"] == "handling"
        assert house.call("POST", f"complaints/{ref}/{back}", body=why).status_code == 409


def test_merging_needs_a_lead_that_runs(house: House) -> None:
    lead, other = house.built.file(TEXT), house.built.file("账单多扣了 50 元，请核实并退回")
    why = "同一件事"
    assert (
        house.call("POST", f"complaints/{lead}/merge", body={"into": lead, "reason": why}).status_code == 409
    )
    house.call("POST", f"complaints/{other}/withdraw", body={"reason": why})
    assert (
        house.call("POST", f"complaints/{lead}/merge", body={"into": other, "reason": why}).status_code == 409
    )
    house.call("POST", f"complaints/{other}/undo", body={"reason": why})
    merged = house.call("POST", f"complaints/{other}/merge", body={"into": lead, "reason": why})
    assert (merged.json()["status"], merged.json()["merged_into"]) == ("merged", lead)
    assert (
        house.call("POST", f"complaints/{other}/unmerge", body={"reason": why}).json()["merged_into"] is None
    )


def test_a_regrade_must_change_something(house: House) -> None:
    ref = house.built.file(TEXT)
    path = f"complaints/{ref}/regrade"
    assert house.call("POST", path, body={"reason": "x"}).status_code == 422
    assert house.call("POST", path, body={"reason": "x", "tier": "severe"}).json()["tier"] == "severe"


def test_a_hold_keeps_letters_back_until_released(house: House) -> None:
    ref = house.built.file(TEXT)
    assert house.call("POST", f"complaints/{ref}/hold", body={"reason": "诉讼"}).json()["hold"] is True
    assert house.call("POST", f"complaints/{ref}/release", body={"reason": "结案"}).json()["hold"] is False


def test_the_score_by_phone_is_refused_to_whoever_had_a_part(house: House) -> None:
    ref = house.survey_sent()
    worker = next(i["assignee"] for i in house.seen(ref)["work_items"] if i["kind"] == "resolve")
    path, body = f"complaints/{ref}/survey", {"score": 4, "nps": 9, "comment": "电话里说还行"}
    assert house.call("POST", path, who=worker, role=Role.HEAD, body=body).status_code == 409
    answer = house.call("POST", path, body=body)
    assert answer.status_code == 200
    assert (answer.json()["surveys"][0]["score"], answer.json()["surveys"][0]["nps"]) == (4, 9)


# --- repeats


def test_a_repeat_under_the_same_key_does_nothing_and_gets_the_same_answer(house: House) -> None:
    ref = house.built.file(TEXT)
    path, body = f"complaints/{ref}/messages", {"text": "发票号是 123"}
    first = house.call("POST", path, body=body, key="k-1")
    count = len(house.seen(ref)["messages"])
    second = house.call("POST", path, body=body, key="k-1")
    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert len(house.seen(ref)["messages"]) == count
    other = house.call("POST", path, body={"text": "别的"}, key="k-1")
    assert other.status_code == 422
    assert other.json()["errors"][0]["field"] == "header.idempotency-key"


def test_a_key_belongs_to_whoever_used_it(house: House) -> None:
    ref = house.built.file(TEXT)
    for who in ("s-jiang-hong", "s-zhao-lei"):
        answer = house.call("POST", f"complaints/{ref}/messages", who=who, body={"text": "a"}, key="same")
        assert "idempotency-replayed" not in answer.headers


def test_a_refusal_is_not_kept_and_old_answers_are_forgotten(house: House) -> None:
    ref = house.built.file(TEXT)
    path = f"complaints/{ref}/unvoid"
    assert house.call("POST", path, body={"reason": "x"}, key="k").status_code == 409
    house.call("POST", f"complaints/{ref}/void", body={"reason": "x"}, key="k2")
    assert house.call("POST", path, body={"reason": "x"}, key="k").status_code == 200
    house.built.pass_time(hours=25)
    house.call("POST", f"complaints/{ref}/messages", body={"text": "a"}, key="k3")
    with house.built.casework.database.read() as session:
        assert session.get(IdempotentAnswer, ("s-jiang-hong", "k2")) is None


# --- pages


def test_pages_are_whole_and_without_repeats(house: House) -> None:
    refs = [house.built.file(f"{TEXT}，订单 {n}", order_id=str(n)) for n in range(5)]
    seen: list[str] = []
    after = ""
    while True:
        page = house.call("GET", f"complaints?limit=2{after}").json()
        seen += [item["ref"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert sorted(seen) == sorted(refs)
    numbers: list[int] = []
    beyond = 0
    while True:
        page = house.call("GET", f"work-items?limit=2&after={beyond}").json()
        numbers += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        beyond = page["next"]
    assert numbers == sorted(set(numbers))
    assert set(numbers) == {i["id"] for ref in refs for i in house.seen(ref)["work_items"]}


def test_a_list_asks_the_same_number_of_queries_however_long_it_is(house: House) -> None:
    def queries(path: str) -> int:
        count = 0

        def counting(*_: object) -> None:
            nonlocal count
            count += 1

        engine = house.built.casework.database.engine
        event.listen(engine, "before_cursor_execute", counting)
        try:
            house.call("GET", path)
        finally:
            event.remove(engine, "before_cursor_execute", counting)
        return count

    house.built.file(TEXT)
    house.call("GET", "complaints")
    short = [queries("complaints"), queries("work-items")]
    for n in range(4):
        house.built.file(f"{TEXT}，订单 {n}", order_id=str(n))
    assert [queries("complaints"), queries("work-items")] == short


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "status=open", "tier=huge", "after=AM-0000"])
def test_a_wrong_parameter_is_refused(house: House, query: str) -> None:
    assert house.call("GET", f"complaints?{query}").status_code in (404, 422)


ON_ITEMS = (
    "confirm", "decline", "resolve", "done", "ask", "waive", "approve", "refuse", "extend", "takeover", "lift",
    "assign", "note",
)  # fmt: skip
ON_COMPLAINTS = (
    "messages", "withdraw", "undo", "regrade", "reassign", "merge", "unmerge", "void", "unvoid", "hold",
    "release", "reopen", "survey",
)  # fmt: skip


def test_every_call_is_documented(house: House) -> None:
    paths = house.client.get("/openapi.json").json()["paths"]
    for action in ON_ITEMS:
        assert paths[f"/api/v1/work-items/{{id}}/{action}"]["post"]["summary"]
    for action in ON_COMPLAINTS:
        assert paths[f"/api/v1/complaints/{{ref}}/{action}"]["post"]["summary"]
