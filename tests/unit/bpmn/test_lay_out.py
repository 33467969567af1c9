"""The layout tool: what it draws is sound as a drawing, and nothing else in the file moves."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest

from bpmn.model import Drawing, Model, Node, NodeKind, Scope, Shape
from bpmn.parse import parse_bpmn
from tests.unit.bpmn.drawn import chain, definitions, flow, process
from tools.lay_out import CannotLayOut, main, with_diagram

SHIPPED = sorted((Path(__file__).resolve().parents[3] / "process_definitions").glob("*.bpmn"))
TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
LOOP = process(
    '<startEvent id="s" name="Begin"/><userTask id="a" name="Ask"/><exclusiveGateway id="g" name="Enough?"/>'
    '<serviceTask id="b" name="Answer"/><endEvent id="e"/><serviceTask id="more" name="Ask for more"/>'
    f'<boundaryEvent id="late" name="1 h" attachedToRef="a">{TIMER}</boundaryEvent>'
    '<serviceTask id="push" name="Push"/>'
    '<subProcess id="sub"><startEvent id="is"/><userTask id="iu"/><endEvent id="ie"/>'
    + chain("is", "iu", "ie")
    + "</subProcess>"
    '<subProcess id="ev" triggeredByEvent="true"><startEvent id="es"/><endEvent id="ee"/>'
    + chain("es", "ee")
    + "</subProcess>"
    '<textAnnotation id="note"><text>The customer decides</text></textAnnotation>'
    '<association id="tie" sourceRef="b" targetRef="note"/>'
    + chain("s", "a", "g", "b", "sub", "e")
    + flow("g", "more")
    + flow("more", "a")
    + flow("late", "push")
    + flow("push", "g")
)


def laid_out(data: bytes) -> Model:
    return parse_bpmn(with_diagram(data, "p.bpmn"), "p.bpmn")


def scopes(scope: Scope) -> list[Scope]:
    inner = [node.scope for node in scope.nodes.values() if node.scope is not None]
    return [scope, *(found for one in inner for found in scopes(one))]


def overlap(a: Shape, b: Shape) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def holds(outer: Shape, inner: Shape) -> bool:
    return (
        outer.x < inner.x
        and outer.y < inner.y
        and inner.x + inner.width < outer.x + outer.width
        and inner.y + inner.height < outer.y + outer.height
    )


def on_border(shape: Shape, x: float, y: float) -> bool:
    within = shape.x - 1 <= x <= shape.x + shape.width + 1 and shape.y - 1 <= y <= shape.y + shape.height + 1
    edge = min(
        abs(x - shape.x), abs(x - shape.x - shape.width), abs(y - shape.y), abs(y - shape.y - shape.height)
    )
    return within and edge <= 1


def hosts(node: Node, other: Node) -> bool:
    return node.attached_to == other.id or other.attached_to == node.id


def check(model: Model) -> None:
    drawing = model.drawing
    for scope in scopes(model.processes[0].scope):
        for a, b in combinations(scope.nodes.values(), 2):
            if not hosts(a, b):
                assert not overlap(drawing.shapes[a.id], drawing.shapes[b.id]), f"{a.id} lies on {b.id}"
        for node in scope.nodes.values():
            for inner in node.scope.nodes if node.scope is not None else ():
                assert holds(drawing.shapes[node.id], drawing.shapes[inner]), f"{inner} sticks out"
        check_flows(scope, drawing)


def check_flows(scope: Scope, drawing: Drawing) -> None:
    for found in scope.flows.values():
        points = drawing.edges[found.id].points
        first, last = points[0], points[-1]
        assert on_border(drawing.shapes[found.source], first.x, first.y), found.id
        assert on_border(drawing.shapes[found.target], last.x, last.y), found.id
        for a, b in pairwise(points):
            assert a.x == b.x or a.y == b.y, f"{found.id} runs askew"
            for node in scope.nodes.values():
                shape = drawing.shapes[node.id]
                cut = (
                    min(a.x, b.x) < shape.x + shape.width - 1
                    and max(a.x, b.x) > shape.x + 1
                    and min(a.y, b.y) < shape.y + shape.height - 1
                    and max(a.y, b.y) > shape.y + 1
                )
                assert not cut or node.id == found.source, f"{found.id} runs through {node.id}"


class TestDrawing:
    def test_every_node_and_flow_is_drawn_apart_and_square(self) -> None:
        check(laid_out(LOOP))

    @pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
    def test_the_shipped_definitions_are_drawn_apart_and_square(self, path: Path) -> None:
        check(laid_out(path.read_bytes()))

    def test_the_happy_path_is_one_straight_line_from_left_to_right(self) -> None:
        edges = laid_out(LOOP).drawing.edges
        ways = [edges[f"{a}_{b}"].points for a, b in pairwise(["s", "a", "g", "b", "sub", "e"])]
        assert {point.y for points in ways for point in points} == {ways[0][0].y}
        assert all(points[0].x < points[-1].x for points in ways)

    def test_other_ways_run_below_and_loops_come_back(self) -> None:
        drawing = laid_out(LOOP).drawing
        assert drawing.shapes["more"].y > drawing.shapes["g"].y
        back = drawing.edges["more_a"].points
        assert back[-1].x < back[0].x

    def test_a_boundary_event_sits_on_the_lower_edge_and_its_flow_goes_down_first(self) -> None:
        drawing = laid_out(LOOP).drawing
        event, host = drawing.shapes["late"], drawing.shapes["a"]
        assert event.y + event.height / 2 == host.y + host.height
        first, second = drawing.edges["late_push"].points[:2]
        assert (second.x, second.y > first.y) == (first.x, True)

    def test_event_subprocesses_stand_below_the_main_flow(self) -> None:
        drawing = laid_out(LOOP).drawing
        flowing = [s for name, s in drawing.shapes.items() if name not in ("ev", "es", "ee")]
        assert drawing.shapes["ev"].y > max(shape.y + shape.height for shape in flowing)

    def test_names_of_events_gateways_and_flows_get_places_of_their_own(self) -> None:
        drawing = laid_out(LOOP).drawing
        places = [drawing.shapes[name].label for name in ("s", "g", "late")]
        assert None not in places
        assert len(set(places)) == 3

    def test_a_note_is_drawn_and_tied(self) -> None:
        drawing = laid_out(LOOP).drawing
        assert drawing.shapes["note"].width > 0
        assert len(drawing.edges["tie"].points) == 2


class TestFile:
    def test_everything_but_the_diagram_stays_byte_for_byte(self) -> None:
        drawn = with_diagram(LOOP, "p.bpmn")
        start, end = drawn.index(b"  <bpmndi:BPMNDiagram"), drawn.index(b"</bpmndi:BPMNDiagram>\n")
        assert drawn[:start] + drawn[end + len(b"</bpmndi:BPMNDiagram>\n") :] == LOOP

    def test_drawing_again_changes_nothing(self) -> None:
        drawn = with_diagram(LOOP, "p.bpmn")
        assert with_diagram(drawn, "p.bpmn") == drawn

    def test_prefixes_that_the_file_lacks_are_declared_on_the_diagram(self) -> None:
        bare = (
            b'<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL">'
            b'<b:process id="p"><b:startEvent id="s"/></b:process></b:definitions>'
        )
        drawn = with_diagram(bare, "p.bpmn")
        assert parse_bpmn(drawn, "p.bpmn").drawing.shapes["s"].width == 36
        assert drawn.startswith(bare.removesuffix(b"</b:definitions>"))

    @pytest.mark.parametrize("content", ["", '<process id="a"/><process id="b"/>'])
    def test_a_file_without_exactly_one_process_is_refused(self, content: str) -> None:
        with pytest.raises(CannotLayOut, match="one process a file"):
            with_diagram(definitions(content), "p.bpmn")

    def test_the_command_rewrites_the_files_it_is_given(self, tmp_path: Path) -> None:
        path = tmp_path / "loop.bpmn"
        path.write_bytes(LOOP)
        assert main([str(path)]) == 0
        assert path.read_bytes() == with_diagram(LOOP, "loop.bpmn")

    def test_the_command_without_a_file_says_how_it_is_used(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([]) == 2
        assert "tools.lay_out FILE.bpmn" in capsys.readouterr().err

    def test_task_kinds_keep_their_usual_sizes(self) -> None:
        model = laid_out(LOOP)
        sizes = {
            node.kind: (model.drawing.shapes[node.id].width, model.drawing.shapes[node.id].height)
            for node in model.processes[0].scope.nodes.values()
        }
        assert sizes[NodeKind.SERVICE] == (100, 80)
        assert sizes[NodeKind.EXCLUSIVE] == (50, 50)
        assert sizes[NodeKind.START] == (36, 36)
