"""Errors: each says in a code and a sentence what to do, in every process it reaches."""

from __future__ import annotations

import pickle
import re

import pytest

from complaints import clock, items, organisation, reference, remedies, survey, why
from complaints.errors import (
    ComplaintError,
    EarlierCycle,
    EmptyPool,
    Fault,
    FourEyes,
    NaiveTime,
    NotYours,
    ReasonMissing,
    Refusal,
    TooLate,
    UnknownDepartment,
    UnknownPerson,
)

ROOMS = (clock, items, organisation, reference, remedies, survey, why)
EXAMPLES = [
    TooLate("17", "mo"),
    TooLate("17", None),
    NotYours("17", "li", "mo"),
    ReasonMissing("decline"),
    UnknownPerson("lee", ["li"]),
    UnknownDepartment("x", []),
    EmptyPool("logistics", "2 absent"),
    FourEyes("li"),
    EarlierCycle("li"),
    NaiveTime("the time of receipt"),
    reference.MistypedReference("AM", "too short", ("AM-2611-000000",)),
    items.DependencyCycle(("a", "b")),
]


def every(kind: type[ComplaintError]) -> set[type[ComplaintError]]:
    return {kind}.union(*(every(child) for child in kind.__subclasses__()))


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_crosses_a_process_border_whole(error: ComplaintError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (copy.message, str(copy), vars(copy)) == (error.message, str(error), vars(error))


def test_every_error_is_somebodys_doing_and_has_a_code_of_its_own() -> None:
    ours = {kind for kind in every(ComplaintError) if kind.__module__.startswith("complaints.")}
    assert all(issubclass(kind, Refusal | Fault) for kind in ours - {ComplaintError})
    codes = [kind.code for kind in ours]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)
    assert {module.__name__ for module in ROOMS} <= {kind.__module__ for kind in ours}


def test_too_late_names_the_new_owner() -> None:
    assert "with mo now" in TooLate("17", "mo").message


def test_an_unknown_name_comes_with_the_near_one() -> None:
    assert "did you mean 'li'?" in UnknownPerson("lii", ["li", "mo"]).message
