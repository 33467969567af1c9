"""The SVG picture: notation, tokens, travelled path, and what a reader who cannot see it hears."""

from __future__ import annotations

import pytest
from lxml import etree

from bpmn.diagram import NotDrawn, svg
from bpmn.drawing.lettering import width, wrap
from bpmn.model import Model
from bpmn.parse import parse_bpmn
from tests.shared import shared
from tests.unit.bpmn.drawn import chain, flow, parsed, process
from tools.lay_out import with_diagram

SVG = "{http://www.w3.org/2000/svg}"
TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
CONTENT = (
    '<startEvent id="s" name="Begin"/><userTask id="a" name="确认客户的投诉内容并且联系相关部门"/>'
    '<exclusiveGateway id="g" name="Enough &amp; clear?" default="g_b"/><callActivity id="b" calledElement="x"/>'
    '<endEvent id="e"><terminateEventDefinition/></endEvent><endEvent id="o"/>'
    f'<boundaryEvent id="late" attachedToRef="a" cancelActivity="false">{TIMER}</boundaryEvent><endEvent id="le"/>'
    '<subProcess id="sub" name="Inside"><startEvent id="is"/><userTask id="iu" name="Inner"/><endEvent id="ie"/>'
    + chain("is", "iu", "ie")
    + "</subProcess>"
    '<subProcess id="ev" triggeredByEvent="true"><startEvent id="es" isInterrupting="false">'
    + TIMER
    + '</startEvent><endEvent id="ee"/>'
    + chain("es", "ee")
    + "</subProcess>"
    + chain("s", "a", "g", "b", "sub", "e")
    + flow("g", "o", "x")
    + flow("late", "le")
)


@pytest.fixture(scope="module")
def model() -> Model:
    return parse_bpmn(
        with_diagram(process(CONTENT, attributes='name="A &lt;process&gt;"'), "p.bpmn"), "p.bpmn"
    )


def drawn(text: str) -> etree._Element:
    return etree.fromstring(text.encode())


def element(picture: etree._Element, name: str) -> etree._Element:
    found = picture.find(f".//{SVG}g[@data-element='{name}']")
    assert found is not None, name
    return found


def classes(found: etree._Element) -> set[str]:
    return {one for part in found.iter() for one in part.get("class", "").split()}


def words(found: etree._Element) -> str:
    return " ".join(str(text) for text in found.itertext())


class TestNotation:
    def test_every_node_and_flow_is_in_the_picture(self, model: Model) -> None:
        picture = drawn(svg(model, "p"))
        shown = {found.get("data-element") for found in picture.iter(f"{SVG}g")} - {None}
        assert shown == set(model.drawing.shapes)
        assert {found.get("data-flow") for found in picture.iter(f"{SVG}g")} - {None} == set(
            model.drawing.edges
        )

    @pytest.mark.parametrize(
        ("name", "circles", "style"),
        [
            ("s", 1, set()),
            ("e", 1, {"end", "mark-filled"}),
            ("late", 2, {"dashed", "mark"}),
            ("es", 1, {"dashed"}),
        ],
    )
    def test_events_are_thin_thick_double_or_dashed(
        self, model: Model, name: str, circles: int, style: set[str]
    ) -> None:
        found = element(drawn(svg(model, "p")), name)
        assert len(found.findall(f"{SVG}circle")) == circles
        assert style <= classes(found)

    def test_calls_are_thick_and_event_subprocesses_dashed(self, model: Model) -> None:
        picture = drawn(svg(model, "p"))
        assert "call" in classes(element(picture, "b"))
        assert {"frame", "event-frame"} <= classes(element(picture, "ev"))
        assert "event-frame" not in classes(element(picture, "sub"))

    def test_the_default_flow_is_crossed(self, model: Model) -> None:
        picture = drawn(svg(model, "p"))
        paths = {
            name: len(picture.findall(f".//{SVG}g[@data-flow='{name}']/{SVG}path")) for name in ("g_b", "g_o")
        }
        assert paths == {"g_b": 3, "g_o": 2}

    def test_frames_lie_under_what_they_hold(self, model: Model) -> None:
        names = [found.get("data-element") for found in drawn(svg(model, "p")).iter(f"{SVG}g")]
        assert names.index("sub") < names.index("iu")
        assert names.index("a") < names.index("late")


class TestTokens:
    def test_an_active_element_carries_its_badge(self, model: Model) -> None:
        picture = drawn(svg(model, "p", active={"a": "3 h"}))
        assert "active" in element(picture, "a").get("class", "")
        assert [words(found) for found in picture.findall(f".//{SVG}g[@class='badge']")] == ["3 h"]

    def test_the_travelled_path_is_marked_and_nothing_else(self, model: Model) -> None:
        picture = drawn(svg(model, "p", path={"s", "s_a"}))
        marked = [
            found.get("data-element") or found.get("data-flow")
            for found in picture.iter(f"{SVG}g")
            if "travelled" in found.get("class", "")
        ]
        assert sorted(filter(None, marked)) == ["s", "s_a"]

    def test_counts_are_shown_at_their_elements(self, model: Model) -> None:
        picture = drawn(svg(model, "p", counts={"a": 12, "gone": 1}))
        assert [words(found) for found in picture.findall(f".//{SVG}g[@class='count']")] == ["12"]

    def test_tokens_inside_a_collapsed_subprocess_show_at_it(self, model: Model) -> None:
        data = with_diagram(process(CONTENT), "p.bpmn").replace(
            b'bpmnElement="sub" isExpanded="true"', b'bpmnElement="sub" isExpanded="false"'
        )
        picture = drawn(svg(parse_bpmn(data, "p.bpmn"), "p", active={"iu": "x", "is": "y"}))
        assert "active" in element(picture, "sub").get("class", "")
        assert [words(found) for found in picture.findall(f".//{SVG}g[@class='badge']")] == ["x, y"]
        assert picture.find(f".//{SVG}g[@data-element='iu']") is None


class TestReading:
    def test_title_and_description_are_named_and_escaped(self, model: Model) -> None:
        picture = drawn(svg(model, "p", active={"b": "", "iu": ""}))
        assert picture.get("role") == "img"
        title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
        assert title is not None
        assert description is not None
        assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert (title.text, description.text) == ("A <process>", "Now at: b, Inner")

    def test_the_description_speaks_the_language_asked_for(self, model: Model) -> None:
        picture = drawn(svg(model, "p", active={"iu": ""}, language="zh"))
        assert (picture.get("lang"), picture.findtext(f"{SVG}desc")) == ("zh", "当前步骤:Inner")

    def test_nothing_is_fetched_from_outside(self, model: Model) -> None:
        text = svg(model, "p")
        assert "Noto Sans CJK SC" in text
        for outside in ("url(", "href", "<script", "@import", "@font-face"):
            assert outside not in text

    def test_an_unknown_process_is_refused_by_name(self, model: Model) -> None:
        with pytest.raises(NotDrawn, match="holds no process 'q'; it holds p"):
            svg(model, "q")

    def test_a_node_without_a_shape_is_refused_with_the_cure(self) -> None:
        with pytest.raises(NotDrawn, match=r"p\.bpmn: s has no shape.*tools\.lay_out"):
            svg(parsed('<startEvent id="s"/>'), "p")

    @pytest.mark.parametrize("file", ["A.1.0.bpmn", "A.4.1.bpmn", "C.1.1.bpmn", "C.5.0.bpmn", "C.9.2.bpmn"])
    def test_files_drawn_by_other_tools_become_pictures(self, file: str) -> None:
        found = parse_bpmn(shared("conformance", "bpmn-miwg", file).read_bytes(), file)
        for one in found.processes:
            picture = drawn(svg(found, one.key))
            assert set(one.scope.nodes) <= {e.get("data-element") for e in picture.iter(f"{SVG}g")}


class TestLettering:
    def test_chinese_breaks_between_characters_and_stays_within_the_box(self) -> None:
        text = "确认客户的投诉内容并且联系相关部门。"
        lines = wrap(text, 60, 12)
        assert "".join(lines) == text
        assert len(lines) == 4
        assert all(width(line, 12) <= 60 for line in lines[:-1])

    def test_words_stay_whole_while_they_fit(self) -> None:
        assert wrap("Tell the customer a new date", 90, 12) == ("Tell the", "customer a", "new date")

    def test_a_word_too_long_for_the_box_is_broken(self) -> None:
        lines = wrap("Beschwerdemanagementbeauftragter", 60, 12)
        assert "".join(lines) == "Beschwerdemanagementbeauftragter"
        assert all(width(line, 12) <= 60 for line in lines)

    def test_what_does_not_fit_ends_in_an_ellipsis(self) -> None:
        assert wrap("one two three four", 30, 12, lines=2) == ("one", "two…")

    def test_no_text_is_no_line(self) -> None:
        assert wrap("  ", 60, 12) == ()
