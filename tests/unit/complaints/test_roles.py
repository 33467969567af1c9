"""Roles carry what they are meant to carry, and errors look alike to those who may not know."""

from __future__ import annotations

from itertools import pairwise

import pytest

from complaints import errors
from complaints.problems import problem_of
from complaints.roles import RIGHTS, NotAllowed, Right, Role, demand, may


def test_an_auditor_reads_all_and_changes_nothing() -> None:
    assert RIGHTS[Role.AUDITOR] == {Right.READ, Right.READ_ALL}


def test_rights_grow_from_agent_to_admin() -> None:
    ladder = [RIGHTS[role] for role in (Role.AGENT, Role.HEAD, Role.OPS, Role.ADMIN)]
    assert all(lower < higher for lower, higher in pairwise(ladder))
    assert RIGHTS[Role.ADMIN] == set(Right)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_keys_and_erasure_are_the_admins_alone(role: Role) -> None:
    assert not may(role, Right.ACCESS)
    assert not may(role, Right.ERASE)


def test_what_is_forbidden_looks_like_what_is_absent() -> None:
    with pytest.raises(NotAllowed, match="ask one of") as raised:
        demand(Role.AGENT, Right.CHANGE)
    assert problem_of(raised.value).status == 404


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.TooLate("7", "s-li-na"), 409),
        (errors.Conflict("no"), 409),
        (errors.Refusal("no"), 409),
        (errors.NotYours("7", "a", "b"), 403),
        (errors.FourEyes("a"), 403),
        (errors.ReasonMissing("decline"), 422),
        (errors.UnknownPerson("x"), 422),
    ],
)
def test_a_refusal_has_the_status_of_its_situation(error: errors.Refusal, status: int) -> None:
    found = problem_of(error)
    assert [found.status, found.detail] == [status, error.message]
    assert found.body()["type"] == f"urn:amends:problem:{error.code}"


def test_a_refusal_nobody_listed_has_the_status_of_its_family() -> None:
    class NewRefusal(errors.Conflict):
        code = "quite-new"

    class NewFault(errors.Fault):
        code = "new-fault"
        transient = True

    assert problem_of(NewRefusal("no")).status == 409
    assert problem_of(NewFault("no")).status == 503


def test_a_fault_tells_a_client_nothing_of_ours() -> None:
    found = problem_of(errors.NaiveTime("the secret of case 7"))
    assert found.status == 500
    assert "secret" not in str(found.body())
