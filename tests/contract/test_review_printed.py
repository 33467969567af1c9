"""The review outside of a browser: letters to the managers through the outbox, and the command, on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from process_definitions.catalogue import load_catalogue
from review.printing import Press
from runtime.cli.app import app
from runtime.post.giving_up import next_way_or_incident
from runtime.review import MonthlyReview, managers
from store.database import Database
from store.queries.health import stuck_letters
from store.tables import Letter
from tests.contract.desk_house import House, open_house
from tests.contract.rows import Clock
from tests.contract.test_outbox import Office

DECEMBER = timedelta(days=14)
MONTH = "2026-11"


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    with open_house(store_url) as opened:
        opened.survey_sent()
        opened.built.clock.now += DECEMBER
        yield opened


@pytest.fixture
def review(house: House) -> MonthlyReview:
    database, clock = house.built.casework.database, house.built.clock
    return MonthlyReview(
        Press(
            database,
            load_catalogue(),
            zone="Asia/Shanghai",
            public_url="https://amends.example",
            machine_clock=clock,
        )
    )


def review_letters(database: Database) -> list[Letter]:
    with database.read() as session:
        return list(session.exec(select(Letter).where(Letter.kind == "monthly_review")).all())


def test_each_manager_gets_one_letter_through_the_outbox(house: House, review: MonthlyReview) -> None:
    people = managers(load_catalogue().organisation)
    assert len(people) > 5
    assert review.mail(MONTH) == len(people)
    assert review.mail(MONTH) == 0
    office = Office(house.built.casework.database, Clock(house.built.clock.now))
    while office.outbox.send_due():
        pass
    carried = [p for p in (*office.mail.carried, *office.mailbox.carried) if p.kind == "monthly_review"]
    assert sorted(p.key for p in carried) == sorted(f"review/{MONTH}/{person.id}" for person in people)
    assert {letter.state for letter in review_letters(house.built.casework.database)} == {"delivered"}
    body = carried[0].body
    assert f"https://amends.example/desk/review/{MONTH}" in body
    assert "王芳" not in body
    assert "洗衣机" not in body


def test_a_letter_that_will_not_go_is_named_by_doctor(house: House, review: MonthlyReview) -> None:
    review.mail(MONTH)
    database = house.built.casework.database
    letter = review_letters(database)[0]
    with database.write() as session:
        row = session.get(Letter, letter.id)
        assert row is not None
        row.state = "failed"
        session.add(row)
        next_way_or_incident(house.built.casework)(session, row, "no such address")
    with database.read() as session:
        before = datetime(2026, 1, 1, tzinfo=house.built.clock.now.tzinfo)
        assert [(key, one.id) for key, one in stuck_letters(session, before, before)] == [
            (letter.key, letter.id)
        ]


def test_a_running_month_is_told_to_nobody(house: House, review: MonthlyReview) -> None:
    assert review.mail("2026-12") == 0
    assert review_letters(house.built.casework.database) == []


# --- the command


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation without a complaint; the command's files go beside it."""
    for name in [name for name in os.environ if name.startswith("AMENDS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path / "home"))
    done = CliRunner().invoke(app, ["review", "--month", "2026-10"])
    if done.exit_code:  # a home without a store: bring it to this release
        from runtime.settings import load
        from runtime.wiring import Wiring

        Wiring(load()).prepare()
    return tmp_path / "out"


def test_the_command_prints_and_writes_every_shape(command: Path) -> None:
    printed = CliRunner().invoke(app, ["review", "--month", "2026-10", "--language", "zh"])
    assert printed.exit_code == 0, printed.output
    assert printed.stdout.startswith("# 投诉月度分析报告")
    forms = [word for form in ("md", "html", "xlsx", "pdf") for word in ("--format", form)]
    done = CliRunner().invoke(app, ["review", "--month", "2026-10", *forms, "--out", str(command), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["month"] == "2026-10"
    assert told["frozen"] is False
    assert sorted(Path(file).suffix for file in told["files"]) == [".html", ".md", ".pdf", ".xlsx"]
    assert all(Path(file).stat().st_size > 1_000 for file in told["files"])


@pytest.mark.parametrize("month", ["2026-13", "october", "9998-12"])
def test_the_command_refuses_what_is_no_month_in_one_line(command: Path, month: str) -> None:
    refused = CliRunner().invoke(app, ["review", "--month", month])
    assert refused.exit_code == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "Traceback" not in refused.output


def test_a_machine_without_pango_is_told_what_to_install(tmp_path: Path) -> None:
    """WeasyPrint raises OSError where it finds no Pango; a module that does the same stands in its place."""
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")\n")
    script = (
        "from review import pdf\n"
        "try:\n    pdf.render(None)\n"
        "except pdf.NoPdf as error:\n    print(error.message)\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        timeout=60,
    )
    assert "apt-get install libpango-1.0-0" in done.stdout
    assert "fonts-noto-cjk" in done.stdout
