"""What `amends doctor` reads from a real Prefect server."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from runtime.checks.prefect import prefect
from runtime.prefect_api import PrefectApi
from runtime.prefect_server import PrefectServer
from runtime.settings import Settings
from runtime.wiring import Wiring


def test_a_server_in_order_is_found_so(server: PrefectServer, api: PrefectApi, tmp_path: Path) -> None:
    wiring = Wiring(Settings(home=tmp_path, prefect_api_url=server.api_url))
    with closing(wiring.prefect):
        found = {one.check: one for one in prefect(wiring)}
    wiring.database.close()
    for check in ("prefect", "prefect version", "prefect messages", "work pool", "deployment"):
        assert found[check].fine, found[check]
    assert "memory" in found["prefect messages"].found
