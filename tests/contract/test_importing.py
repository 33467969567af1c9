"""History of another system: counted as it was, once, without a process; and erased like anything else."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from cases.erasing import Erasing
from complaints.acting import Actor
from intake.importing import BadRow, Imported, import_file
from intake.mapping import Layout, WrongMapping, own_fields, read_mapping
from store.anchors import agrees, anchor_day
from store.erasers import ERASERS
from store.history import broken_chains
from store.queries.figures import Dimension, Period, backlog_identity, case_refs, figure, mismatched
from store.queries.runs import without_run
from store.tables import ActivityRow, Case, CaseText, History, Letter
from tests.contract.casework import SECRET, Built, build

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
"""Real logs, promised beside the checkout: without them these tests fail."""
LAYOUTS = Path(__file__).parent / "layouts"
ADMIN = Actor("s-shen-yi", "admin")


@pytest.fixture
def house(store_url: str) -> Iterator[Built]:
    built = build(store_url)
    yield built
    built.casework.database.close()


def brought(house: Built, path: Path, layout: Layout, *, dry: bool = False) -> tuple[Imported, list[BadRow]]:
    bad: list[BadRow] = []
    return import_file(house.casework, path, layout, tell=bad.append, dry=dry), bad


def month(house: Built, year: int, number: int) -> Period:
    return Period.month(year, number, "Asia/Shanghai", house.clock.now)


ROW = {
    "external_id": "A-1", "received_at": "2026-09-03T10:00:00+08:00", "closed_at": "2026-09-05T10:00:00+08:00",
    "resolved_at": "2026-09-04T10:00:00+08:00", "text": "canary-text", "answer": "canary-answer",
    "customer": {"id": "17", "name": "canary-name", "phone": "13899990000"}, "tier": "severe",
    "category": "logistics", "department": "logistics", "owner": "s-sun-yue", "outcome": "accepted",
    "decision": "upheld", "score": 5, "channel": "hotline", "region": "canary-region",
}  # fmt: skip


def lines(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "history.jsonl"
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows) + "\n", "utf-8")
    return path


def test_an_imported_complaint_counts_where_it_belongs_and_starts_nothing(
    house: Built, tmp_path: Path
) -> None:
    done, bad = brought(house, lines(tmp_path, ROW), own_fields("crm", "Asia/Shanghai"))
    assert (done.written, done.known, done.bad, bad) == (1, 0, 0, [])
    september = month(house, 2026, 9)
    with house.casework.database.read() as session:
        for name, value in (
            ("received", 1),
            ("closed", 1),
            ("csat", 1.0),
            ("upheld", 1.0),
            ("completion", 1.0),
        ):
            assert figure(session, name, september).whole.value == value, name
        assert figure(session, "resolution_time", september).whole.value == 24 * 3600
        by = figure(session, "received", september, by=Dimension.HANDLER)
        assert [(part.key, part.n) for part in by.parts] == [("s-sun-yue", 1)]
        identity = backlog_identity(session, september)
        assert (identity.received, identity.closed, identity.open_end, identity.holds) == (1, 1, 0, True)
        assert mismatched(session, september) == []
        assert figure(session, "received", month(house, 2026, 11)).whole.value == 0
        assert without_run(session, 9) == []
        assert session.exec(select(ActivityRow)).all() == []
        assert session.exec(select(Letter)).all() == []
        assert broken_chains(session, SECRET, session.exec(select(Case)).all()) == []


def test_a_repeat_is_known_whatever_else_it_says_and_another_source_is_another(
    house: Built, tmp_path: Path
) -> None:
    layout = own_fields("crm", "Asia/Shanghai")
    brought(house, lines(tmp_path, ROW), layout)
    done, _ = brought(
        house, lines(tmp_path, {**ROW, "text": "anders"}, {**ROW, "external_id": "A-2"}), layout
    )
    assert (done.written, done.known) == (1, 1)
    other, _ = brought(house, lines(tmp_path, ROW), own_fields("old", "Asia/Shanghai"))
    assert (other.written, other.known) == (1, 0)


def test_an_anchor_of_a_day_before_the_import_still_agrees_and_one_after_it_vouches(
    house: Built, tmp_path: Path
) -> None:
    ref = house.file("退货不退款，商家四五天不回信息，商品有问题也不理人")
    house.pass_time(hours=3)
    now = house.clock.now
    with house.casework.database.write() as session:
        before = anchor_day(session, SECRET, now - timedelta(days=1), now)
    house.pass_time(hours=1)
    brought(house, lines(tmp_path, ROW), own_fields("crm", "Asia/Shanghai"))
    house.pass_time(hours=1)
    now = house.clock.now
    with house.casework.database.write() as session:
        after = anchor_day(session, SECRET, now, now)
    house.pass_time(minutes=1)
    assert before is not None
    assert after is not None
    with house.casework.database.read() as session:
        assert agrees(session, SECRET, before) is True
        assert agrees(session, SECRET, after) is True
    with house.casework.database.write() as session:  # somebody takes an imported complaint's last line away
        case = session.exec(select(Case).where(Case.imported)).one()
        line = session.get_one(History, (case.id, case.history_count))
        assert line.what == "imported"
        session.delete(line)
    with house.casework.database.read() as session:
        assert agrees(session, SECRET, after) is False
        assert [
            broken.ref for broken in broken_chains(session, SECRET, session.exec(select(Case)).all())
        ] != [ref]


def test_an_imported_complaint_makes_the_next_of_its_customer_a_repeat(house: Built, tmp_path: Path) -> None:
    october = {"received_at": "2026-10-03T10:00:00+08:00", "closed_at": "2026-10-05T10:00:00+08:00"}
    later = {**ROW, **october, "external_id": "A-2"}
    del later["resolved_at"]
    brought(house, lines(tmp_path, ROW, later), own_fields("crm", "Asia/Shanghai"))
    with house.casework.database.read() as session:
        assert figure(session, "repeat_rate", month(house, 2026, 10)).whole.value == 1.0
        assert figure(session, "repeat_rate", month(house, 2026, 9)).whole.value == 0.0


def test_a_dry_run_says_the_same_and_writes_nothing(house: Built, tmp_path: Path) -> None:
    path = lines(tmp_path, ROW, {**ROW, "external_id": "A-2", "tier": "huge"})
    tried, wrong = brought(house, path, own_fields("crm", "Asia/Shanghai"), dry=True)
    with house.casework.database.read() as session:
        assert session.exec(select(Case)).all() == []
    done, bad = brought(house, path, own_fields("crm", "Asia/Shanghai"))
    assert (tried.written, tried.bad, wrong) == (done.written, done.bad, bad)
    assert (done.written, done.bad) == (1, 1)


@pytest.mark.parametrize(("change", "field", "cause"), [
    ({"received_at": "gestern"}, "received_at", "is no time"),
    ({"closed_at": "2026-09-01T00:00:00+08:00"}, "row", "before it was received"),
    ({"resolved_at": "2026-09-01T00:00:00+08:00"}, "row", "lies before its receipt"),
    ({"closed_at": "2036-09-01T00:00:00+08:00"}, "closed_at", "still to come"),
    ({"tier": "huge"}, "tier", "'light', 'medium' or 'severe'"),
    ({"department": "logistic"}, "department", "did you mean 'logistics'"),
    ({"owner": "s-nobody"}, "owner", "there is no person"),
    ({"channel": "pigeon"}, "channel", "there is no channel"),
    ({"score": 6}, "score", "less than or equal to 5"),
    ({"score": "five"}, "score", "no whole number"),
    ({"external_id": ""}, "external_id", "Field required"),
    ({"catgory": "billing"}, "catgory", "did you mean 'category'"),
])  # fmt: skip
def test_a_bad_row_is_told_with_its_line_its_cause_and_its_cure(
    house: Built, tmp_path: Path, change: dict[str, object], field: str, cause: str
) -> None:
    path = lines(tmp_path, {**ROW, "external_id": "A-0"}, {**ROW, **change})
    done, bad = brought(house, path, own_fields("crm", "Asia/Shanghai"))
    assert (done.written, done.bad) == (1, 1)
    assert (bad[0].line, bad[0].field) == (2, field)
    assert cause in bad[0].cause


def test_a_line_that_is_no_row_is_told_and_the_rest_goes_on(house: Built, tmp_path: Path) -> None:
    done, bad = brought(house, lines(tmp_path, "{", "[1]", "", ROW), own_fields("crm", "Asia/Shanghai"))
    assert (done.written, done.bad, [row.line for row in bad]) == (1, 2, [1, 2])


def test_an_imported_customer_is_erased_and_the_same_file_brings_nothing_back(
    house: Built, tmp_path: Path
) -> None:
    layout = own_fields("crm", "Asia/Shanghai")
    brought(house, lines(tmp_path, ROW), layout)
    erasing = Erasing(house.casework, ERASERS, lambda _order: None)
    outcome = erasing.carry_out(erasing.order(erasing.customer("13899990000"), ADMIN, "request"))
    assert outcome.done
    with house.casework.database.read() as session:
        text = session.exec(select(CaseText)).one()
        case = session.exec(select(Case)).one()
        assert "canary" not in f"{text.text}{case.region}"
        assert case.external_id != "A-1"
        assert broken_chains(session, SECRET, [case]) == []
        assert figure(session, "received", month(house, 2026, 9)).whole.value == 1
    again, _ = brought(house, lines(tmp_path, ROW), layout)
    assert (again.written, again.known) == (0, 1)


# --- real logs


@pytest.mark.parametrize(("name", "layout", "complaints"), [
    ("log_municipal_receipt.csv.gz", "municipal", 1434),
    ("log_compensation_claims.csv", "claims", 6),
])  # fmt: skip
def test_a_real_log_of_events_becomes_one_complaint_a_case(
    house: Built, name: str, layout: str, complaints: int
) -> None:
    used = read_mapping(LAYOUTS / f"{layout}.toml", "Europe/Amsterdam")
    done, bad = brought(house, DATA / name, used)
    assert (done.written, bad) == (complaints, [])
    assert brought(house, DATA / name, used)[0].known == complaints
    _sound(house, done, complaints)


def test_real_answers_give_their_real_delays(house: Built) -> None:
    name = "zh_citizen_messages_with_reply.csv.gz"
    done, bad = brought(house, DATA / name, read_mapping(LAYOUTS / "replies.toml", "Asia/Shanghai"))
    assert done.written + done.known + done.bad == 1926
    assert done.bad <= 20, bad[:3]
    _sound(house, done, done.written)
    with house.casework.database.read() as session:
        whole = Period(datetime(2010, 1, 1, tzinfo=UTC), house.clock.now, "Asia/Shanghai", house.clock.now)
        median = figure(session, "resolution_time", whole).whole.value
    assert median is not None
    assert 9 <= median / 86_400 <= 13  # the data say 11 days


def test_real_outcomes_of_a_regulator_keep_their_day_and_channel(house: Built) -> None:
    done, bad = brought(
        house, DATA / "en_cfpb_2013_structured.csv.gz", read_mapping(LAYOUTS / "cfpb.toml", "UTC")
    )
    assert done.written + done.bad == 3186
    assert (done.bad, {row.field for row in bad}) == (6, {"row"})  # sent on before they were received
    _sound(house, done, 3180)


def _sound(house: Built, done: Imported, complaints: int) -> None:
    """Every one counted once, by a plain reading of what was told; the chains whole, the backlog in balance."""
    with house.casework.database.read() as session:
        now = house.clock.now
        whole = Period(datetime(2000, 1, 1, tzinfo=UTC), now, "Asia/Shanghai", now)
        assert figure(session, "received", whole).whole.value == complaints
        by = figure(session, "received", whole, by=Dimension.CATEGORY)
        assert {str(part.key or "–"): part.n for part in by.parts} == dict(done.categories)
        identity = backlog_identity(session, whole)
        identity.check()
        assert (identity.received, identity.open_end) == (complaints, 0)
        assert len(case_refs(session, "received", whole, limit=10_000)) == complaints
        some = session.exec(select(Case).limit(200)).all()
        assert broken_chains(session, SECRET, some) == []


# --- mappings


@pytest.mark.parametrize(("text", "says"), [
    ("colums = {}", "there is no part 'colums'; did you mean 'columns'"),
    ('[columns]\ntir = "x"', "there is no field 'tir'; did you mean 'tier'"),
    ('[copy]\nclosed_at = "resolved"', "there is no field 'resolved'"),
    ('zone = "Mars/Base"', "is no time zone"), ('zone = "Asia"', "is no time zone"), ('zone = ""', "is no time zone"),
    ("zone = 8", "zone is a text"), ("time = 3", "time is a text"), ('source = ""', "1 to 30 characters"),
    ('delimiter = ""', "one character"), ('delimiter = ";;"', "one character"), ("delimiter = 1", "is a text"),
    ('header = "a,b"', "lists the names"), ("header = [1]", "lists the names"), ("columns = 3", "is no table"),
    ("[columns]\ntier = 3", "a column is a text, not '3'"), ('[values]\ntier = "x"', "a table of texts"),
    ("[values.tier]\nx = 1", "a table of texts"), ("[copy]\nclosed_at = ['received_at']", "a field is a text"),
    ("[defaults]\ntier = ['light']", "a text, a number or a time"), ("events = 3", "names the columns"),
    ("[events]\ncase = 1\ntime = 2", "names the columns"),
    ("[events]\ncase = 'x'", "names the columns"), ("x", "bad.toml"),
])  # fmt: skip
def test_a_mapping_that_cannot_be_used_says_why(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(WrongMapping, match=says):
        read_mapping(path, "UTC")


def test_a_column_that_the_file_lacks_is_refused_before_anything_is_read(
    house: Built, tmp_path: Path
) -> None:
    table, layout = tmp_path / "t.csv", tmp_path / "t.toml"
    with table.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["no", "opened"], ["1", "2026-01-01"]])
    layout.write_text('[columns]\nexternal_id = "no"\nreceived_at = "opend"', "utf-8")
    with pytest.raises(WrongMapping, match="has no column 'opend'; it has no, opened"):
        brought(house, table, read_mapping(layout, "UTC"))
