"""The drawings of the review are whole SVG, say what they show, and draw no number where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from review.charts import Bar, bars, days, pareto, trend
from review.process_heat import drawn


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
    assert [(name, passed) for name, _, passed in found] == [("Handle a complaint", 17)]
    svg = found[0][1]
    assert re.search(r'class="element heat-5" data-element="acknowledge"', svg)
    assert re.search(r'class="element heat-1" data-element="identify"', svg)
    assert "var(" not in svg
    assert drawn({}, "en") == []
