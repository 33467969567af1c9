"""The drawings of the review are whole SVG, say what they show, and draw no number where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from lxml import etree

from bpmn.model import Scope
from process_definitions.loader import load_bundle
from review.charts import Bar, bars, days, pareto, trend
from review.process_heat import WORK, chinese, drawn
from review.scales import span


def whole(svg: str) -> etree._Element:
    found = etree.fromstring(svg.encode())
    assert found.get("aria-label") or found.tag.endswith("svg")
    assert "style=" not in svg
    return found


def paths(svg: str) -> list[str]:
    return re.findall(r'<path d="([^"]+)"', svg)


def line(values: Sequence[float | None], target: float | None = None) -> str:
    return trend(
        [str(n) for n in range(len(values))], values, target=target, written=lambda v: f"{v:g}!",
        target_says="goal", says="it says",
    )  # fmt: skip


def test_a_gap_in_a_trend_is_no_line() -> None:
    svg = line([1, 2, None, 4, 5, 6])
    whole(svg)
    assert [path.count("L") for path in paths(svg)] == [1, 2]
    assert ">6!<" in svg


def test_a_trend_of_nothing_says_so() -> None:
    svg = line([None, None])
    assert paths(svg) == []
    assert ">it says<" in svg


def test_a_target_lies_where_the_scale_puts_it() -> None:
    svg = line([10, 20], target=30)
    heights = [float(y) for y in re.findall(r'y1="([\d.]+)"[^>]*stroke-dasharray', svg)]
    points = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", paths(svg)[0])]
    assert len(heights) == 1
    # Even steps of ten lie even distances apart, higher values higher up.
    assert (
        points[0] - points[1] == points[1] - heights[0] or abs(points[0] - 2 * points[1] + heights[0]) < 0.3
    )


def test_one_value_and_equal_values_are_drawn() -> None:
    drawn: tuple[list[float | None], ...] = ([5.0], [5.0, 5.0], [0.0, 0.0], [-3.0, -3.0])
    for values in drawn:
        whole(line(values, target=5))


def test_bars_are_as_long_as_their_values_and_lead_somewhere() -> None:
    svg = bars(
        [Bar("a & b", 40, 20, "/desk?x=1&y=2"), Bar("物流配送", 10)], written=lambda v: f"{v:g}", before_says="before",
        says="says",
    )  # fmt: skip
    whole(svg)
    wide = [float(w) for w in re.findall(r'<rect [^>]*width="([\d.]+)"', svg)]
    assert abs(wide[0] / wide[1] - 4) < 0.05
    assert 'href="/desk?x=1&amp;y=2"' in svg
    whole(bars([], written=str, before_says="", says="none"))


def test_the_line_of_a_pareto_ends_at_the_end_of_its_bars_together() -> None:
    svg = pareto([Bar("a", 6), Bar("b", 3), Bar("c", 1)], together_says="together", says="says")
    whole(svg)
    wide = [float(w) for w in re.findall(r'<rect [^>]*width="([\d.]+)"', svg)]
    begin = float(re.findall(r'<rect x="([\d.]+)"', svg)[0])
    xs = [float(x) for x in re.findall(r"[ML]([\d.]+) ", paths(svg)[0])]
    assert [round(x - begin) for x in xs] == [round(wide[0]), round(wide[0] + wide[1]), round(sum(wide))]
    assert re.findall(r">(\d+)%</text>", svg)[-3:] == ["60", "90", "100"]


def test_a_day_without_a_snapshot_breaks_the_line() -> None:
    svg = days(
        ["1", "2", "3", "4", "5"], [3, 4, None, 5, 6], [1, 1, None, 2, 0], open_says="open", received_says="new",
        says="says",
    )  # fmt: skip
    whole(svg)
    assert len(paths(svg)) == 2
    assert ">open 6<" in svg
    whole(days([], [], [], open_says="o", received_says="r", says="s"))


def test_the_process_is_shaded_by_how_often_its_steps_were_passed() -> None:
    found = drawn({"complaint": {"acknowledge": 10, "identify": 2, "gone": 5}, "nowhere": {"x": 1}}, "en")
    assert [(name, steps) for name, _, steps in found] == [
        ("Handle a complaint", [("Acknowledge the complaint", 10), ("Identify the customer", 2)])
    ]
    svg = found[0][1]
    assert re.search(r'class="element heat-5" data-element="acknowledge"', svg)
    assert re.search(r'class="element heat-1" data-element="identify"', svg)
    assert "var(" not in svg
    assert drawn({}, "en") == []
    assert [(name, steps) for name, _, steps in drawn({"complaint": {"acknowledge": 10}}, "zh")] == [
        ("投诉处理", [("发出受理回执", 10)])
    ]


def test_every_shipped_step_has_a_chinese_name_and_no_other_has() -> None:
    bundle = load_bundle()
    steps = {
        element.name for program in bundle.definitions.processes.values() for element in program.elements.values()
        if element.kind in WORK and element.name
    }  # fmt: skip
    names = {process.name for model in bundle.models for process in model.processes if process.name}
    assert set(chinese()["step"]) == steps
    assert set(chinese()["process"]) == names
    drawn_too = {
        name for model in bundle.models for process in model.processes for name in _named(process.scope)
    }
    assert set(chinese()["drawn"]) == drawn_too - steps - names


def test_the_drawing_is_in_chinese_from_its_title_to_its_flows() -> None:
    _, svg, _ = drawn({"complaint": {"acknowledge": 10}}, "zh")[0]
    texts = re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", svg)
    assert len(texts) > 100
    assert {text for text in texts if re.search("[A-Za-z]", text)} == set()
    assert ">投诉处理</title>" in svg


def _named(scope: Scope) -> Iterator[str]:
    """Names that stand in the drawing: of nodes, at any depth, and of flows."""
    yield from (flow.name for flow in scope.flows.values() if flow.name)
    for node in scope.nodes.values():
        if node.name:
            yield node.name
        if node.scope is not None:
            yield from _named(node.scope)


@pytest.mark.parametrize(("unit", "values", "axis"), [
    ("count", [47, 12], (0, 50)), ("count", [1_428], (0, 1_500)), ("count", [0, 0], (0, 1)), ("count", [1], (0, 1)),
    ("share", [0.31], (0, 0.4)), ("share", [0.985, 0.98], (0, 1)), ("share", [0.0], (0, 0.01)),
    ("seconds", [1_741, 600], (0, 1_800)), ("seconds", [111_360], (0, 129_600)), ("seconds", [86_400 * 200], (0, 2e7)),
    ("points", [-43, -36], (-50, 0)), ("points", [-5, 30], (-10, 50)),
])  # fmt: skip
def test_an_axis_goes_from_zero_to_a_round_number(
    unit: str, values: Sequence[float], axis: tuple[float, float]
) -> None:
    assert span(unit, values) == axis


def test_a_bar_of_the_rest_is_told_apart_and_numbers_of_before_stand_at_the_edge() -> None:
    svg = bars(
        [Bar("a", 8, 15), Bar("b", 6, 6), Bar("others", 9, rest=True)], written=lambda v: f"{v:g}",
        before_says="before", says="says",
    )  # fmt: skip
    whole(svg)
    fills = re.findall(r'<rect [^>]*fill="(#\w+)"', svg)
    assert fills[0] == fills[1] != fills[2]
    placed = {
        text: (float(x), anchor)
        for x, anchor, text in re.findall(r'<text x="([\d.]+)"[^>]*anchor="(\w+)"[^>]*>(\d+)<', svg)
    }
    assert placed["15"] == (636.0, "end")
    assert placed["8"][0] < placed["15"][0] - 100
