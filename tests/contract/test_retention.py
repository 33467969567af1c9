"""What is kept for a time only goes by age, and nothing younger does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from cases.opening import Complainant
from cases.requests.direction import End, Hold
from runtime.retention import Forgotten, forget_what_is_over
from runtime.settings import Settings
from store.tables import Case, HookConflict, HookReceipt, UsedNonce
from tests.contract.canaries import ADMIN, Aviary, aviary

COMPLAINT = "退货不退款，商家四五天不回信息"


@pytest.fixture
def birds(store_url: str, tmp_path: Path) -> Iterator[Aviary]:
    with aviary(store_url, tmp_path / "mailbox") as found:
        yield found


def forget(birds: Aviary, *, keep_aside_days: int = 30, erase_after_days: int | None = None) -> Forgotten:
    settings = Settings(
        home=birds.folder, keep_aside_days=keep_aside_days, erase_after_days=erase_after_days
    )  # fmt: skip
    now = birds.house.built.clock.now
    return forget_what_is_over(birds.database, settings, birds.mailbox, birds.erasing, now)


def test_bodies_that_opened_nothing_and_conflicts_go_after_their_days(birds: Aviary) -> None:
    def automatic_and_conflict() -> None:
        birds.hook(birds.body(text=f"自动回复：{birds.canary('automatic')}"))
        body = birds.body()
        birds.hook(body)
        birds.hook({**body, "text": birds.canary("twin")})

    automatic_and_conflict()
    birds.house.built.clock.now += timedelta(days=20)
    automatic_and_conflict()
    birds.house.built.clock.now += timedelta(days=11)
    assert forget(birds) == Forgotten(bodies=1, conflicts=1)
    assert forget(birds) == Forgotten()
    with birds.database.read() as session:
        receipts = session.exec(select(HookReceipt.kept).where(HookReceipt.kind == "automatic")).all()
        assert sorted(kept is None for kept in receipts) == [False, True], "the receipt of a repeat stays"
        assert len(session.exec(select(HookConflict)).all()) == 1
    assert forget(birds, keep_aside_days=1) == Forgotten(bodies=1, conflicts=1)


def test_nonces_go_when_no_page_can_bring_them_any_more(birds: Aviary) -> None:
    now = birds.house.built.clock.now
    with birds.database.write() as session:
        session.add(UsedNonce(nonce="old", used_at=now - timedelta(days=401)))
        session.add(UsedNonce(nonce="young", used_at=now - timedelta(days=399)))
    assert forget(birds).nonces == 1
    with birds.database.read() as session:
        assert session.exec(select(UsedNonce.nonce)).all() == ["young"]


def test_drafts_of_letters_that_a_process_left_go_and_letters_stay(birds: Aviary) -> None:
    now = birds.house.built.clock.now.timestamp()
    birds.folder.mkdir()
    for name, age in ((".left.part", 7200), (".under-way.part", 60), ("letter.eml", 7200)):
        (birds.folder / name).write_text("…")
        os.utime(birds.folder / name, (now - age, now - age))
    assert forget(birds).drafts == 1
    assert sorted(path.name for path in birds.folder.iterdir()) == [".under-way.part", "letter.eml"]


def test_what_a_killed_backup_left_goes_and_backups_stay(birds: Aviary) -> None:
    backups = birds.folder / "backups"
    staged, under_way = backups / ".backup-left", birds.folder / ".restore-under-way"
    for folder in (staged, under_way):
        folder.mkdir(parents=True)
    (staged / "store.db").write_text("…")
    (backups / ".kept.tar.gz.0.part").write_text("…")
    (backups / "kept.tar.gz").write_text("…")
    now = birds.house.built.clock.now.timestamp()
    for path in (staged, backups / ".kept.tar.gz.0.part", backups / "kept.tar.gz"):
        os.utime(path, (now - 90_000, now - 90_000))
    os.utime(under_way, (now - 60, now - 60))
    assert forget(birds).copies == 2
    assert [path.name for path in backups.iterdir()] == ["kept.tar.gz"]
    assert under_way.is_dir()


def test_customers_are_erased_by_age_only_where_told_and_only_when_all_of_theirs_is_over(
    birds: Aviary,
) -> None:
    built = birds.house.built
    refs = {name: built.file(COMPLAINT, customer=Complainant(phone=name)) for name in ("1", "2", "3", "4")}
    refs["4 again"] = built.file("昨天的发票抬头开错了，请重新开具", customer=Complainant(phone="4"))
    for name in ("1", "2", "4"):
        built.step(refs[name], End("withdrawn", ADMIN, "自行解决", by_customer=True))
    built.step(refs["2"], Hold(ADMIN, "诉讼"))
    built.clock.now += timedelta(days=99)
    for name in ("3", "4 again"):
        built.step(refs[name], End("withdrawn", ADMIN, "自行解决", by_customer=True))
    built.clock.now += timedelta(days=2)
    assert forget(birds).customers == 0, "only where it is set"
    assert forget(birds, erase_after_days=100).customers == 1
    assert forget(birds, erase_after_days=100).customers == 0
    with birds.database.read() as session:
        erased = session.exec(select(Case.ref).where(col(Case.erased_at).is_not(None))).all()
    assert erased == [refs["1"]]
    assert {order.by for order in birds.orders} == {"amends"}
