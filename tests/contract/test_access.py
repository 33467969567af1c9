"""Keys open what they were given for, as long as they live, and a copy of the database opens nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from complaints.roles import Role
from store.access import OVERLAP, Access, Actor, NoSuchKey, WrongKeyName
from store.database import Database
from store.tables import AccessKey

MASTER = b"m" * 32


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(database: Database, clock: Clock) -> Access:
    return Access(database, MASTER, clock)


def test_the_database_holds_no_secret(access: Access, database: Database) -> None:
    hook, role = access.add_hook_key("weibo"), access.add_role_key(Role.OPS, "night shift")
    with database.read() as session:
        stored = str(session.connection().execute(text("select * from access_keys")).all())
    assert hook.secret.removeprefix("whsec_") not in stored
    assert role.secret.rpartition("_")[2] not in stored
    assert hook.secret not in repr(hook)


def test_a_role_key_speaks_for_whom_it_was_given(access: Access) -> None:
    person = access.add_role_key(Role.HEAD, "Zhao Lei", staff="s-zhao-lei")
    machine = access.add_role_key(Role.AUDITOR, "warehouse")
    assert access.who(person.secret) == Actor("Zhao Lei", Role.HEAD, "s-zhao-lei")
    assert access.who(machine.secret) == Actor("warehouse", Role.AUDITOR, None)


def test_a_forged_or_malformed_key_is_nobody(access: Access) -> None:
    good = access.add_role_key(Role.AGENT, "desk").secret
    _, key_id, mac = good.split("_")
    hook = access.add_hook_key("weibo")
    other = "1" if mac.endswith("0") else "0"
    forged = [
        "", "amk", "amk_", f"amk_{key_id}", f"amk_{key_id}_", f"amk_{key_id}_{mac[:-1]}{other}",
        f"amk_{'z' * 12}_{mac}",
        f"AMK_{key_id}_{mac}", f"{good} ", f"amk_{key_id}_{mac}é", f"amk_{'0' * 400}_{mac}", f"amk_\x00_{mac}",
        f"amk_{hook.id}_{mac}", hook.secret, "amk_' or 1=1_x",
    ]  # fmt: skip
    assert {access.who(bearer) for bearer in forged} == {None}


def test_a_row_promoted_by_hand_opens_nothing(access: Access, database: Database) -> None:
    key = access.add_role_key(Role.AGENT, "desk")
    with database.write() as session:
        row = session.exec(select(AccessKey).where(AccessKey.id == key.id)).one()
        row.role = Role.ADMIN
        session.add(row)
    assert access.who(key.secret) is None


def test_another_master_secret_makes_other_keys(access: Access, database: Database, clock: Clock) -> None:
    key = access.add_role_key(Role.OPS, "ops")
    assert Access(database, b"n" * 32, clock).who(key.secret) is None
    assert Access(database, MASTER, clock).who(key.secret) is not None


def test_a_key_that_ended_or_ran_out_is_nobody(access: Access, clock: Clock) -> None:
    ended = access.add_role_key(Role.OPS, "ops")
    short = access.add_role_key(Role.OPS, "contractor", lives=timedelta(days=1))
    access.end(ended.id)
    assert access.who(ended.secret) is None
    assert access.who(short.secret) is not None
    clock.advance(timedelta(days=1))
    assert access.who(short.secret) is None


def test_after_rotation_two_keys_live_then_one(access: Access, clock: Clock) -> None:
    first = access.add_hook_key("weibo")
    clock.advance(timedelta(days=1))
    second = access.rotate("weibo")
    assert access.hook_secrets("weibo") == [second.secret, first.secret]
    clock.advance(timedelta(days=1))
    third = access.rotate("weibo")
    assert access.hook_secrets("weibo") == [third.secret, second.secret]
    clock.advance(OVERLAP)
    assert access.hook_secrets("weibo") == [third.secret]


def test_keys_of_one_channel_say_nothing_of_another(access: Access) -> None:
    weibo, wechat = access.add_hook_key("weibo"), access.add_hook_key("wechat")
    assert access.hook_secrets("weibo") == [weibo.secret]
    assert access.hook_secrets("wechat") == [wechat.secret]
    assert access.hook_secrets("douyin") == []


def test_a_key_given_out_elsewhere_is_seen_when_asked_afresh(
    access: Access, database: Database, clock: Clock
) -> None:
    assert access.hook_secrets("weibo") == []
    given = Access(database, MASTER, clock).add_hook_key("weibo")
    assert access.hook_secrets("weibo", fresh=True) == [given.secret]


def test_the_list_shows_every_key_and_whether_it_lives(access: Access) -> None:
    hook = access.add_hook_key("weibo")
    role = access.add_role_key(Role.OPS, "ops", staff="s-li-na")
    access.end(hook.id)
    listed = {key.id: key for key in access.listed()}
    assert [listed[hook.id].purpose, listed[hook.id].alive] == ["hook", False]
    assert [listed[role.id].role, listed[role.id].staff, listed[role.id].alive] == ["ops", "s-li-na", True]


def test_what_is_not_there_cannot_be_rotated_or_ended(access: Access) -> None:
    with pytest.raises(NoSuchKey, match="keys add"):
        access.rotate("weibo")
    with pytest.raises(NoSuchKey, match="keys list"):
        access.end("nothing")


@pytest.mark.parametrize("name", ["", "x" * 61, "a\x00b", "two\nlines"])
def test_a_key_needs_a_name_that_can_be_shown(access: Access, name: str) -> None:
    with pytest.raises(WrongKeyName):
        access.add_hook_key(name)
