"""The sample complaints are filed once, on however many machines a trial is started."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlmodel import select

from process_definitions.catalogue import load_samples
from runtime.app import build
from runtime.samples import file
from runtime.secrets import obtain_all
from runtime.settings import Settings
from runtime.wiring import Wiring
from store.tables import HookConflict
from tests.contract.doors import served
from tests.databases import cleared

SAMPLES = load_samples()[:12]


@contextmanager
def two_machines(store_url: str, folder: Path) -> Iterator[tuple[Wiring, Wiring]]:
    """Two homes with the same secrets on one store, and a web that takes what either files."""
    obtain_all(folder / "first")
    shutil.copytree(folder / "first" / "secrets", folder / "second" / "secrets")
    with ExitStack() as stack:

        def machine(name: str, port: int = 8400) -> Wiring:
            wiring = Wiring(Settings(home=folder / name, database_url=store_url, port=port))
            stack.callback(wiring.database.close)
            return wiring

        web = machine("first")
        web.prepare()
        port = stack.enter_context(served(build(web)))
        yield machine("first", port), machine("second", port)


def conflicts(wiring: Wiring) -> int:
    with wiring.database.read() as session:
        return len(session.exec(select(HookConflict.id)).all())


def test_a_second_machine_knows_the_samples_that_the_first_filed(store_url: str, tmp_path: Path) -> None:
    with two_machines(store_url, tmp_path) as (first, second):
        assert file(first, SAMPLES) == (len(SAMPLES), 0)
        assert file(second, SAMPLES) == file(first, SAMPLES) == (0, len(SAMPLES))
        assert conflicts(first) == 0


def test_two_machines_that_start_at_once_file_each_sample_once(
    postgres_store_url: str, tmp_path: Path
) -> None:
    with two_machines(cleared(postgres_store_url), tmp_path) as machines, ThreadPoolExecutor(2) as both:
        counted = list(both.map(lambda wiring: file(wiring, SAMPLES), machines))
        assert sum(filed for filed, _ in counted) == sum(known for _, known in counted) == len(SAMPLES)
        assert conflicts(machines[0]) == 0
