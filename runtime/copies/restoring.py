"""Putting a backup back: checked whole first, then in place at once, then erased again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import func, select

from cases.erasing import Order
from runtime.copies import archive, embedded, postgres
from runtime.copies.archive import STORE, Manifest
from runtime.copies.making import SECRETS, fingerprint, sqlite_file
from runtime.erasures import FILE as ERASURES
from runtime.erasures import orders_in, read_orders
from runtime.errors import SetupError
from runtime.household import HomeLock
from runtime.post.wiring import MAILBOX
from runtime.secrets import SecretName, obtain, variable
from runtime.wiring import Wiring, machine_time
from store.schema import configuration, current, migrate, newest
from store.tables import Case, Tick

ASIDE = "replaced"
"""Folder of the home into which what was there before is moved."""
UNPACKED = ".restore-"
"""Begins the name of the folder into which a backup is unpacked."""
TICKING = timedelta(seconds=15)
"""A clock that ticked since then is alive."""


class NotEmpty(SetupError):
    """There is a store already, and a restore would replace it."""


class StillRunning(SetupError):
    """Processes of Amends work on this store."""


class NewerBackup(SetupError):
    """The backup was made by a newer release."""


class OtherKind(SetupError):
    """A backup of SQLite for PostgreSQL, or the other way round."""


class OtherSecrets(SetupError):
    """The secrets here are not those of the backup, or are missing from both."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what had to be erased again."""

    manifest: Manifest
    complaints: int
    letters: int
    erased_again: int
    """Customers whose erasure is younger than the backup."""
    waiting: int
    """Of them, those who wait for a complaint to end."""
    aside: Path | None
    """Where the files are that were here before."""


def restore(
    wiring: Wiring, path: Path, *, replace: bool = False, lists: Sequence[Path] = ()
) -> Restored:  # fmt: skip
    """Put the backup at `path` in place of nothing, or with `replace` of what is here.

    Erased again are the customers of the list in the backup, of this home, of the store that is replaced and of
    `lists`. Everything is checked before anything is changed; files that were here are moved aside, not deleted.
    """
    home = wiring.settings.home
    further = [order for one in lists for order in read_orders(one)]
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with HomeLock(wiring.settings), TemporaryDirectory(dir=home, prefix=UNPACKED) as staged:
        found = Path(staged)
        manifest = archive.unpack(path, found)
        _check_fits(wiring, manifest, found)
        before = _look_at_present(wiring, replace=replace)
        orders = [*read_orders(found / ERASURES), *wiring.erasures.orders(), *before, *further]
        secrets = _secrets_to_place(wiring, manifest, found, replace=replace)
        wiring.erasures.merge(orders)  # before a store comes back that knows nothing of them
        wiring.database.close()
        aside = _put_in_place(wiring, manifest, found, secrets, replace=replace)
    return _bring_up(wiring, manifest, orders, aside)


def _check_fits(wiring: Wiring, manifest: Manifest, found: Path) -> None:
    kind = "sqlite" if wiring.settings.embedded else "postgresql"
    if manifest.kind != kind:
        raise OtherKind(
            f"the backup is of a store on {manifest.kind}, but AMENDS_DATABASE_URL names one on {kind}: change it"
        )
    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if manifest.revision not in known:
        raise NewerBackup(
            f"the backup has schema {manifest.revision or 'none'} of Amends {manifest.amends}, which this release does "
            "not know: restore it with that release or a newer one"
        )
    if kind == "sqlite":
        copy = found / STORE[kind]
        embedded.check(copy)
        counted = embedded.counts(copy)
        if dict(counted) != dict(manifest.counts):
            raise archive.BackupDamaged("the store in the backup holds other rows than its manifest says")
    else:
        postgres.check_tool("pg_restore")


def _look_at_present(wiring: Wiring, *, replace: bool) -> list[Order]:
    """What the store that is here knows of erasures. `NotEmpty` unless it may be replaced."""
    file = sqlite_file(wiring.settings.database_url) if wiring.settings.embedded else None
    if (file is not None and not file.exists()) or not inspect(wiring.database.engine).has_table("cases"):
        letters = any((wiring.settings.home / MAILBOX).glob("*.eml"))
        if letters and not replace:
            raise NotEmpty(
                f"{wiring.settings.home / MAILBOX} holds letters: choose another AMENDS_HOME, or --replace"
            )
        return []
    if not replace:
        raise NotEmpty(
            "there is a store here already: choose another AMENDS_HOME and AMENDS_DATABASE_URL, or --replace it"
        )
    if current(wiring.database) != newest():
        return []  # of another release: its own list in the home is all that can be read
    with wiring.database.read() as session:
        tick = session.exec(select(func.max(Tick.at))).one()
        if tick is not None and machine_time() - tick < TICKING:
            raise StillRunning("a clock works on this store: stop every process of Amends on it first")
        return orders_in(session)


def _secrets_to_place(wiring: Wiring, manifest: Manifest, found: Path, *, replace: bool) -> list[SecretName]:
    """The secrets to take from the backup: those that are not here. Others here must be the backup's own."""
    home, place = wiring.settings.home, []
    for name in SecretName:
        in_backup = (found / SECRETS / name).exists()
        if not _is_here(name, home):
            if not in_backup:
                raise OtherSecrets(
                    f"the backup was made without its secrets: put the file {SECRETS}/{name} of the old home into "
                    f"{home / SECRETS} first, mode 0600"
                )
            place.append(name)
        elif fingerprint(obtain(name, home).value) != manifest.fingerprints.get(name):
            if not (replace and in_backup):
                raise OtherSecrets(
                    f"the secret {name} of this home is not that of the backup: history, links and keys would be "
                    "worth nothing; restore into an empty home, or put the old secret back"
                )
            place.append(name)
    return place


def _is_here(name: SecretName, home: Path) -> bool:
    return variable(name) in os.environ or (home / SECRETS / name).exists()


def _put_in_place(
    wiring: Wiring, manifest: Manifest, found: Path, secrets: Sequence[SecretName], *, replace: bool
) -> Path | None:
    """The moment of change. What is here goes aside first, so that nothing is lost if this is cut short."""
    home = wiring.settings.home
    aside = home / ASIDE / f"{machine_time():%Y%m%dT%H%M%SZ}"
    moved = False
    if manifest.kind == "postgresql":
        postgres.restore(wiring.database, found / STORE["postgresql"], replace=replace)
    else:
        file = sqlite_file(wiring.settings.database_url)
        for old in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
            moved |= _aside(old, aside)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(found / STORE["sqlite"], file)
    moved |= _aside(home / MAILBOX, aside)
    if (found / MAILBOX).exists():
        shutil.move(found / MAILBOX, home / MAILBOX)
    for name in secrets:
        moved |= _aside(home / SECRETS / name, aside / SECRETS)
        (home / SECRETS).mkdir(mode=0o700, exist_ok=True)
        shutil.move(found / SECRETS / name, home / SECRETS / name)
    return aside if moved else None


def _aside(path: Path, folder: Path) -> bool:
    if not path.exists():
        return False
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.move(path, folder / path.name)
    return True


def _bring_up(wiring: Wiring, manifest: Manifest, orders: Sequence[Order], aside: Path | None) -> Restored:
    """Migrate what an older release wrote, then erase whoever was erased since the backup."""
    anew = Wiring(wiring.settings)  # with the secrets as they are now
    try:
        migrate(anew.database)
        erased = anew.erasing.order_again(orders)
        outcomes = anew.erasing.carry_out_waiting()
        with anew.database.read() as session:
            complaints = session.exec(
                select(func.count()).select_from(Case).where(Case.kind == "complaint")
            ).one()
        letters = sum(1 for name in manifest.files if name.startswith(f"{MAILBOX}/"))
        return Restored(
            manifest, complaints, letters, erased, sum(not outcome.done for outcome in outcomes), aside
        )  # fmt: skip
    finally:
        anew.database.close()
