"""Work on one complaint goes wrong together: it is evidence once."""

from __future__ import annotations

from complaints.review.finding import EXAMPLES, Group, above_the_rest
from review.judging import Groups


def test_declines_of_one_complaint_are_evidence_once() -> None:
    found = Groups()
    for _ in range(8):
        found.add("12315", True, "AM-1")
    for number in range(100):
        found.add("app", False, f"AM-2{number}")
    assert found.groups() == [Group("12315", 1, 1, ("AM-1",)), Group("app", 0, 100)]
    assert above_the_rest("weak_declined", found.groups()) == []


def test_what_many_complaints_show_is_told() -> None:
    found = Groups()
    for number in range(10):
        found.add("12315", True, f"AM-1{number}")
        found.add("12315", False, f"AM-1{number}")
        for more in range(3):
            found.add("app", False, f"AM-2{number}{more}")
    (told,) = above_the_rest("weak_declined", found.groups())
    assert (told.key, told.cases, told.numbers["n"]) == ("12315", 10, 10)
    assert told.refs == tuple(f"AM-1{number}" for number in range(EXAMPLES))


def test_a_complaint_is_slow_where_most_of_its_work_is() -> None:
    found = Groups(mostly=True)
    for ref, slow in (
        ("most", (True, True, False)),
        ("few", (True, False, False)),
        ("half", (True, False)),
        ("elsewhere", (True,)),
    ):
        for one in slow:
            found.add(None if ref == "elsewhere" else "depot", one, ref)
    assert found.groups() == [Group("depot", 1, 2, ("most",))]
