"""What a DMN file holds and the engine does not execute is refused by name, with file, line and element."""

from __future__ import annotations

import pytest

from bpmn.dmn import parse_decisions
from bpmn.findings import Refused
from tests.unit.dmn.drawn import HEAD, dmn
from tests.unit.refusals.tables import WHOLE


def refusals(data: bytes) -> list[str]:
    with pytest.raises(Refused) as caught:
        parse_decisions(data, "clocks.dmn")
    assert str(caught.value).splitlines() == [str(finding) for finding in caught.value.findings]
    assert all(finding.place.file == "clocks.dmn" for finding in caught.value.findings)
    return [str(finding) for finding in caught.value.findings]


def test_every_mistake_is_listed_at_its_line() -> None:
    found = refusals(dmn(WHOLE.replace('"light"<', '"ligth"<').replace("<text>10<", "<text>true<")))
    assert [line.split(" ")[0] for line in found] == ["clocks.dmn:5", "clocks.dmn:6"]
    assert "(r1)" in found[0]
    assert "(r2)" in found[1]


@pytest.mark.parametrize(
    "data",
    [
        b"not xml",
        b"<definitions/>",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + dmn(WHOLE),
        (HEAD + "</definitions>").encode(),
    ],
)
def test_a_file_that_is_no_safe_dmn_is_refused_whole(data: bytes) -> None:
    assert len(refusals(data)) == 1


def test_what_is_only_drawn_is_left_alone() -> None:
    drawn = '<textAnnotation id="t"><text>why</text></textAnnotation><knowledgeSource id="k"/><extensionElements/>'
    (table,) = parse_decisions(dmn(WHOLE, drawn), "clocks.dmn")
    assert table.key == "routing"
