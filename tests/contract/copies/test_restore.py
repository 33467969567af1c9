"""What is restored verifies, is as it was, and forgets whoever was erased since."""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlmodel import SQLModel, col, func, select

from cases.opening import Complainant
from cases.requests.direction import End
from runtime.copies.making import back_up
from runtime.copies.restoring import NotEmpty, OtherSecrets, StillRunning, restore
from runtime.erasures import ErasureList, ListUnreadable
from runtime.household import AlreadyRunning, HomeLock
from runtime.verifying import verify
from runtime.wiring import Wiring, machine_time
from store.queries.due import note_tick
from store.tables import Case, CaseText
from tests.contract.canaries import tables
from tests.contract.copies.conftest import ADMIN, PHONE, WORDS, erase, house, installed, words_of


def test_a_backup_taken_while_writers_go_on_is_whole(
    here: Wiring, elsewhere: str, tmp_path: Path, opened: list[Wiring]
) -> None:
    writer, enough, stop = house(here), Event(), Event()

    def write() -> None:
        while not stop.is_set():
            writer.file(
                "退货不退款，商家四五天不回信息", customer=Complainant(phone=f"139{writer.filed:08d}")
            )
            if writer.filed == 5:
                enough.set()

    thread = Thread(target=write)
    thread.start()
    try:
        assert enough.wait(60)
        made = back_up(here, tmp_path / "copy.tar.gz")
        at_backup = writer.filed
    finally:
        stop.set()
        thread.join()
    assert writer.filed >= at_backup
    there = installed(tmp_path / "other", elsewhere, opened)
    done = restore(there, made.path)
    assert done.complaints == made.manifest.counts["cases"] >= 7
    found = verify(there)
    assert found.whole
    assert found.cases == done.complaints
    assert dict(made.manifest.counts) == {**counted(there), "alembic_version": 1}
    with there.database.read() as session:
        texts = session.exec(select(func.count()).select_from(CaseText)).one()
        ref = session.exec(select(Case.ref).where(~col(Case.ended))).first()
    assert texts == done.complaints
    house(there).step(str(ref), End("withdrawn", ADMIN, "自行解决", by_customer=True))
    assert verify(there).whole, "life goes on in the copy"


def counted(wiring: Wiring) -> dict[str, int]:
    with wiring.database.read() as session:
        return {
            name: session.exec(select(func.count()).select_from(table)).one()
            for name, table in SQLModel.metadata.tables.items()
        }


def test_letters_secrets_and_rows_come_back_as_they_were(
    here: Wiring, elsewhere: str, tmp_path: Path, opened: list[Wiring]
) -> None:
    made = back_up(here)
    assert made.path.parent == here.settings.home / "backups"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    there = installed(tmp_path / "other", elsewhere, opened)
    done = restore(there, made.path)
    assert tables(there.database) == tables(here.database)
    for folder in ("mailbox", "secrets"):
        was, now = (
            {path.name: path.read_bytes() for path in (w.settings.home / folder).iterdir()}
            for w in (here, there)
        )
        assert was == now
    assert done.letters == made.letters > 0
    assert there.secrets == here.secrets
    assert (done.erased_again, done.aside) == (0, None)


def test_whoever_was_erased_since_the_backup_is_erased_again(here: Wiring) -> None:
    made = back_up(here)
    assert words_of(here)
    erase(here)
    assert not words_of(here)
    done = restore(here, made.path, replace=True)
    assert (done.erased_again, done.waiting) == (1, 0)
    assert not words_of(here)
    assert verify(here).whole
    assert restore(here, made.path, replace=True).erased_again == 1


def test_a_home_that_was_lost_is_restored_with_the_list_that_was_kept(
    here: Wiring, elsewhere: str, tmp_path: Path, opened: list[Wiring]
) -> None:
    made = back_up(here)
    erase(here)
    there = installed(tmp_path / "other", elsewhere, opened)
    done = restore(there, made.path, lists=[here.erasures.path])
    assert done.erased_again == 1
    assert not words_of(there)
    later = back_up(there, tmp_path / "later.tar.gz")
    assert len({order.id for order in there.erasures.orders()}) == 1
    assert restore(there, later.path, replace=True).erased_again == 0


def test_a_store_that_was_put_back_by_hand_is_erased_again(
    here: Wiring, elsewhere: str, tmp_path: Path, opened: list[Wiring]
) -> None:
    """Not by `amends restore`, but by whoever looks after the database."""
    made = back_up(here)
    there = installed(tmp_path / "other", elsewhere, opened)
    restore(there, made.path)
    erase(here)
    assert there.erasing.order_again(here.erasures.orders()) == 1
    assert there.erasing.order_again(here.erasures.orders()) == 0
    assert [outcome.done for outcome in there.erasing.carry_out_waiting()] == [True]
    assert not words_of(there)


def test_a_complaint_that_ended_after_the_backup_is_erased_with_the_others(here: Wiring) -> None:
    house(here).file(WORDS, customer=Complainant(phone=PHONE))
    made = back_up(here)
    here.erasing.withdraw(here.erasing.customer(PHONE), ADMIN)
    erase(here)
    done = restore(here, made.path, replace=True)
    assert (done.erased_again, done.waiting) == (1, 0)
    assert not words_of(here)
    assert verify(here).whole


def test_a_complaint_that_was_open_when_its_customer_was_to_be_erased_waits_in_the_copy_too(
    here: Wiring,
) -> None:
    ref = house(here).file(WORDS, customer=Complainant(phone=PHONE))
    made = back_up(here)
    order = here.erasing.order(here.erasing.customer(PHONE), ADMIN, "request")
    assert not here.erasing.carry_out(order).done
    done = restore(here, made.path, replace=True)
    assert (done.erased_again, done.waiting) == (1, 1)
    house(here).step(ref, End("withdrawn", ADMIN, "…", by_customer=True))
    assert [outcome.done for outcome in here.erasing.carry_out_waiting()] == [True]
    assert not words_of(here)


def test_what_is_here_is_not_replaced_unless_told(here: Wiring) -> None:
    made = back_up(here)
    before = tables(here.database)
    with pytest.raises(NotEmpty, match="--replace"):
        restore(here, made.path)
    assert tables(here.database) == before
    done = restore(here, made.path, replace=True)
    assert done.aside is not None
    assert (done.aside / "mailbox").is_dir()
    assert tables(here.database) == before


def test_nothing_is_restored_under_running_processes(here: Wiring) -> None:
    made = back_up(here)
    with HomeLock(here.settings), pytest.raises(AlreadyRunning):
        restore(here, made.path, replace=True)
    with here.database.write() as session:
        note_tick(session, "clock-elsewhere", machine_time(), machine_time())
    with pytest.raises(StillRunning, match="stop every process"):
        restore(here, made.path, replace=True)


def test_a_backup_without_secrets_wants_them_in_place(
    here: Wiring, elsewhere: str, tmp_path: Path, opened: list[Wiring]
) -> None:
    made = back_up(here, tmp_path / "copy.tar.gz", secrets=False)
    assert set(made.manifest.secrets.values()) == {"left out"}
    with tarfile.open(made.path) as tar:
        assert not [name for name in tar.getnames() if "secret" in name]
    there = installed(tmp_path / "other", elsewhere, opened)
    with pytest.raises(OtherSecrets, match="made without its secrets"):
        restore(there, made.path)
    for path in (here.settings.home / "secrets").iterdir():
        target = there.settings.home / "secrets" / path.name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        target.write_bytes(path.read_bytes())
        target.chmod(0o600)
    restore(there, made.path)
    assert verify(there).whole


def test_secrets_of_another_installation_are_not_overwritten_silently(
    here: Wiring, elsewhere: str, tmp_path: Path, opened: list[Wiring]
) -> None:
    made = back_up(here)
    there = installed(tmp_path / "other", elsewhere, opened)
    assert there.secrets != here.secrets  # made now
    with pytest.raises(OtherSecrets, match="is not that of the backup"):
        restore(there, made.path)
    done = restore(there, made.path, replace=True)
    assert done.aside is not None
    assert len(list((done.aside / "secrets").iterdir())) == 4
    again = installed(tmp_path / "other", elsewhere, opened)
    assert again.secrets == here.secrets
    assert verify(again).whole


def test_a_line_that_a_crash_cut_short_does_not_hide_the_others(here: Wiring) -> None:
    erase(here)
    path = here.erasures.path
    whole = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert all(word not in whole.decode() for word in (WORDS, PHONE))
    asked, done = here.erasures.orders()
    assert (asked.id, asked.done_at) == (done.id, None)
    path.write_bytes(whole + whole[:40])
    assert here.erasures.orders() == [asked, done]
    here.erasures.keep(asked)
    assert here.erasures.orders() == [asked, done, asked]
    path.write_bytes(b"{}\n" + whole)
    with pytest.raises(ListUnreadable, match="line 1"):
        ErasureList(here.settings.home).orders()
