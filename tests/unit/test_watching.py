"""The shipped alarms, dashboard and page name only figures that `/metrics` has, and the page names them all."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from runtime.meters import Meters
from runtime.metrics import exposition
from runtime.settings import Settings
from runtime.wiring import Wiring, machine_time
from store.queries.due import note_tick

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yaml"
DASHBOARD = ROOT / "deploy" / "grafana" / "amends.json"
PAGE = ROOT / "docs" / "operating.md"
NAME = re.compile(r"\bamends_\w+")
SELECTOR = re.compile(r"(amends_\w+)\{([^}]*)\}")


@cache
def known() -> dict[str, frozenset[str]]:
    """Every sample that a web of a store in use answers with, and its labels."""
    return dict(_seen())


def _seen() -> Iterator[tuple[str, frozenset[str]]]:
    with tempfile.TemporaryDirectory() as home:
        wiring = Wiring(Settings(home=Path(home), prefect_api_url="http://127.0.0.1:9/api"))
        wiring.prepare()
        with wiring.database.write() as session:
            note_tick(session, "clock", machine_time(), machine_time())
        meters = Meters()
        meters.stepped("due", 0.01)
        meters.answered(202, 0.01)
        text = exposition(wiring, meters).decode()
        wiring.database.close()
    for family in text_string_to_metric_families(text):
        assert family.documentation, family.name
        if not family.samples:  # no complaint yet: a family of its labels without a sample
            yield family.name, frozenset({"status", "tier"})
        for sample in family.samples:
            yield sample.name, frozenset(sample.labels)


def expressions() -> list[tuple[str, str]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    found = [(rule["alert"], rule["expr"]) for group in groups for rule in group["rules"]]
    panels: list[dict[str, Any]] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return found + [(panel["title"], target["expr"]) for panel in panels for target in panel["targets"]]


@pytest.mark.parametrize(("where", "expression"), expressions())
def test_an_expression_names_what_exists(where: str, expression: str) -> None:
    names = NAME.findall(expression)
    assert names, f"{where} looks at nothing of ours"
    assert [name for name in names if name not in known()] == []
    for name, selector in SELECTOR.findall(expression):
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
        assert labels <= known()[name], (where, name)
    for grouped in re.findall(r"by \(([^)]*)\)", expression):
        offered = frozenset[str]().union(*(known()[name] for name in names))
        assert {label.strip() for label in grouped.split(",")} <= offered, where


def test_each_alarm_says_what_is_wrong_and_what_cures_it() -> None:
    for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("page", "ticket")
            assert rule["annotations"]["summary"]
            assert rule["annotations"]["cure"]


def test_the_page_lists_every_figure() -> None:
    page = PAGE.read_text(encoding="utf-8")
    written = set(re.findall(r"^\| `(amends_\w+)", page, re.MULTILINE))
    families = {
        re.sub(r"_(bucket|count|sum|created)$", "", name) for name in known() if name.startswith("amends_")
    }
    assert written == families
