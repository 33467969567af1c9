"""The bundle: what belongs to it, its hash, and everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpmn.findings import Refused
from bpmn.model import NodeKind, Scope
from process_definitions.loader import FOLDER as SHIPPED
from process_definitions.loader import Bundle, NoDefinitions, load_bundle, read_bundle, read_files

SHIPPED_PROCESSES = {
    "complaint", "light", "medium", "severe", "offer", "item", "fulfil", "callback", "duty", "answer",
}  # fmt: skip
WAITING = {NodeKind.USER, NodeKind.RECEIVE, NodeKind.CATCH, NodeKind.EVENT_BASED}


def changed(bundle: Bundle, name: str, old: str, new: str) -> dict[str, str]:
    assert old in bundle.files[name], f"{old!r} is not in {name}"
    return {**bundle.files, name: bundle.files[name].replace(old, new)}


def findings(files: dict[str, str]) -> str:
    with pytest.raises(Refused) as refused:
        read_bundle(files)
    return str(refused.value)


def test_everything_shipped_links_without_a_finding(bundle: Bundle) -> None:
    assert set(bundle.definitions.processes) >= SHIPPED_PROCESSES
    assert {"triage", "routing", "next_cycle", "escalation"} <= set(bundle.definitions.decisions)


def test_files_read_back_from_the_store_give_the_same_bundle(bundle: Bundle) -> None:
    shuffled = dict(reversed(list(bundle.files.items())))
    assert read_bundle(shuffled).hash == bundle.hash


@pytest.mark.parametrize("name", ["offer.bpmn", "escalation.dmn", "templates/offer.en.j2"])
def test_one_changed_sign_in_a_drawing_a_table_or_a_letter_is_another_bundle(
    bundle: Bundle, name: str
) -> None:
    files = {**bundle.files, name: bundle.files[name] + "\n"}
    assert read_bundle(files).hash != bundle.hash


def test_mistakes_in_several_files_are_reported_together(bundle: Bundle) -> None:
    files = changed(bundle, "offer.bpmn", 'camunda:topic="take_back"', 'camunda:topic="take_bakc"')
    files |= {
        "light.bpmn": changed(bundle, "light.bpmn", "confidence &gt;= 70", "confidense &gt;= 70")[
            "light.bpmn"
        ]
    }
    report = findings(files)
    for named in ("offer.bpmn", "take_back", "light.bpmn", "confidence"):
        assert named in report


def test_a_letter_without_template_is_refused(bundle: Bundle) -> None:
    files = {name: text for name, text in bundle.files.items() if not name.startswith("templates/plan_made")}
    assert "plan_made" in findings(files)


def test_an_escalation_that_nobody_catches_is_refused(bundle: Bundle) -> None:
    files = changed(bundle, "complaint.bpmn", 'escalationCode="to_medium"', 'escalationCode="to_large"')
    assert "to_medium" in findings(files)


def test_a_persons_step_without_clock_is_refused(bundle: Bundle) -> None:
    files = changed(bundle, "offer.bpmn", 'attachedToRef="confirm_offer"', 'attachedToRef="tell_offer"')
    assert "confirm_offer has no clock" in findings(files)


def test_a_folder_without_drawings_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NoDefinitions, match=tmp_path.name):
        load_bundle(tmp_path)


def test_whatever_waits_says_what_for(bundle: Bundle) -> None:
    silent: list[str] = []

    def look(process: str, scope: Scope) -> None:
        for node in scope.nodes.values():
            if node.kind in WAITING and "waits" not in node.properties:
                silent.append(f"{process}.{node.id}")
            if node.scope is not None:
                look(process, node.scope)

    for model in bundle.models:
        for process in model.processes:
            look(process.key, process.scope)
            assert process.documentation, f"{process.key} does not say what it is for"
    assert silent == []


def test_every_element_is_drawn(bundle: Bundle) -> None:
    for model in bundle.models:
        missing: list[str] = []

        def look(scope: Scope, drawn: set[str], missing: list[str] = missing) -> None:
            missing += [node for node in scope.nodes if node not in drawn]
            missing += [flow for flow in scope.flows if flow not in drawn]
            for node in scope.nodes.values():
                if node.scope is not None:
                    look(node.scope, drawn)

        for process in model.processes:
            look(process.scope, {*model.drawing.shapes, *model.drawing.edges})
        assert missing == [], model.file


def test_the_shipped_folder_is_read_by_default(bundle: Bundle) -> None:
    assert dict(bundle.files) == read_files(SHIPPED)
