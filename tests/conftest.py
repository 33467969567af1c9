"""What every test may rely on: a clean environment, a mark by folder, and the three services.

A service that is absent skips the tests that need it, says so at the end, and fails them
instead when `AMENDS_TEST_STRICT=1` (as in `.ci/run`, which provides them all).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests import machines
from tests.databases import database_on

POSTGRES = os.environ.get("AMENDS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("AMENDS_TEST_REDIS", "redis://127.0.0.1:6379")
CHROMIUM = os.environ.get("AMENDS_TEST_CHROMIUM")
STRICT = os.environ.get("AMENDS_TEST_STRICT", "") not in ("", "0")
CONNECT_SECONDS = 3

ABSENT = "service absent: "
FOLDERS = ("unit", "contract", "flows", "acceptance", "faults", "bench")
REAL = ("acceptance", "faults")
LONG = (
    "test_command_line",
    "test_stream",
    "test_without_prefect",
    "test_waiting",
    "test_browser",
    "test_improving",
    "test_kills",
    "test_stories_end_to_end",
    "test_units",
)
"""Files whose tests take minutes: `make long`."""
THOROUGH = (
    "unit/refusals/test_refusals.py",
    "contract/copies/test_restore.py",
    "contract/copies/test_damage.py",
    "contract/figures/test_population.py",
    "contract/figures/test_months.py",
    "contract/stories/test_anything.py",
    "contract/stories/test_moments.py",
    "contract/test_importing.py",
    "contract/test_doctor.py",
    "contract/test_bad_commands.py",
    "contract/test_review_printed.py",
    "acceptance/test_household.py",
    "acceptance/test_forms.py",
    "acceptance/test_logs.py",
)
"""Files that take long for what they add: more of the same data, each kind of damage, real processes for what
is shown without them. `make thorough`."""
REAL_SECONDS = 2400
"""Whole lives in real processes: the default limit is for everything else."""
_PREFECT_HOME = Path(tempfile.mkdtemp(prefix="amends-prefect-"))


def _clear_environment() -> None:
    """The settings of whoever runs the tests decide nothing. Before Prefect is first imported."""
    for name in list(os.environ):
        if name.startswith(("AMENDS_", "PREFECT_")) and not name.startswith("AMENDS_TEST_"):
            del os.environ[name]
    os.environ["PREFECT_HOME"] = str(_PREFECT_HOME)
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = "127.0.0.1,localhost"


_clear_environment()


def pytest_unconfigure() -> None:
    shutil.rmtree(_PREFECT_HOME, ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    machines.add_option(parser)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    if gone := [name for name in THOROUGH if not (here / name).is_file()]:
        raise pytest.UsageError(f"tests/conftest.py names as thorough what is not there: {', '.join(gone)}")
    for item in items:
        path = item.path.relative_to(here)
        folder = path.parts[0]
        if folder in FOLDERS:
            item.add_marker(folder)
        if folder in REAL:
            item.add_marker(pytest.mark.timeout(REAL_SECONDS))
        if path.as_posix() in THOROUGH:
            item.add_marker("thorough")
        elif folder in REAL and path.stem in LONG:
            item.add_marker("long")
    if machines.are_two(config):
        machines.leave_out(config, items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a missing service, with how many tests did not run for want of it; one a reason to leave tests out."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if ABSENT in reason:
            reasons[reason.partition(ABSENT)[2]] += 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} tests skipped, service absent: {reason}", yellow=True)
    machines.tell_left_out(terminalreporter)


def _absent(reason: str) -> NoReturn:
    """Skip, or fail where every service was promised."""
    if STRICT:
        pytest.fail(f"{ABSENT}{reason} (AMENDS_TEST_STRICT allows no such skip)", pytrace=False)
    pytest.skip(ABSENT + reason)


@pytest.fixture(scope="session")
def _postgres_server() -> str:
    """Address of a database from which others may be created."""
    import psycopg

    try:
        psycopg.connect(POSTGRES, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.OperationalError as error:
        _absent(f"PostgreSQL ({str(error).splitlines()[0]}); set AMENDS_TEST_POSTGRES")
    return POSTGRES


@pytest.fixture(scope="session")
def postgres_url(_postgres_server: str) -> Iterator[str]:
    """A database of this session (and xdist worker) alone, as `postgresql+psycopg://…`; dropped after."""
    with database_on(_postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_store_url(_postgres_server: str) -> Iterator[str]:
    """Another one, with the newest schema, for tests that only fill it."""
    from store.database import Database
    from store.schema import migrate

    with database_on(_postgres_server) as url:
        database = Database(url)
        migrate(database)
        database.close()
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """An empty database of a Redis server, this session's alone; emptied after. Never one with data in it."""
    import redis

    claim = "amends:test:claim"
    for number in range(15, 0, -1):
        url = f"{REDIS.rstrip('/')}/{number}"
        with redis.Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS) as client:
            try:
                # The claim and the count are one transaction, so two workers never share a database.
                count, claimed = client.pipeline().dbsize().set(claim, "1", nx=True).execute()
            except redis.RedisError as error:
                _absent(f"Redis ({error}); set AMENDS_TEST_REDIS")
            if claimed and count:
                client.delete(claim)
            elif claimed:
                try:
                    yield url
                finally:
                    client.flushdb()
                return
    _absent("Redis (databases 1 to 15 all hold data); set AMENDS_TEST_REDIS to another server")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser for the pages."""
    found = CHROMIUM or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found or not Path(found).exists():
        _absent("Chromium; apt-get install chromium, or set AMENDS_TEST_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def systemd_analyze() -> str:
    """What judges systemd units."""
    found = shutil.which("systemd-analyze")
    if found is None:
        _absent("systemd-analyze; apt-get install systemd")
    return found


@pytest.fixture(scope="session")
def pango() -> None:
    """What draws a PDF."""
    from review.pdf import LIBRARIES

    try:
        import weasyprint  # noqa: F401
    except OSError:
        _absent(f"Pango; apt-get install {LIBRARIES}")
