"""A published bundle goes on when the vocabulary was widened since; new definitions have to know every word of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpmn.errors import WrongData
from bpmn.findings import Refused
from bpmn.link import Definitions, link
from bpmn.vocabulary import Topic, Vocabulary
from tests.unit.engine.case import Case
from tests.unit.engine.drawn import VOCABULARY, chain, end, flow, parsed, process, service, start, tag

MOODS = "enum(glad, cross)"
WIDER = "enum(glad, cross, worried)"
OTHERS = "enum(calm, worried)"


def words(mood: str, **more: str) -> Vocabulary:
    """Where the message `reply` and the topic `post` give a mood, alone and inside lists and contexts."""
    given = {"mood": mood, "moods": f"list({mood})", "seen": f"context{{mood: {mood}}}", **more}
    return replace(
        VOCABULARY, messages={"reply": given}, topics={"post": Topic({"mood": mood}, {"sent": "integer"})}
    )


def hearing(keeps: str = MOODS, mood: str = "result.mood") -> str:
    """Hears a mood and goes its own way for those who are cross."""
    hear = tag("receiveTask", "hear", messageRef="m_reply", outputs={"mood": mood})
    return process(
        "p", start(), hear, tag("exclusiveGateway", "which", default="which_end"),
        service("soothe", inputs={"mood": "mood"}), end(), chain("start", "hear", "which"),
        flow("which", "soothe", 'mood = "cross"'), flow("which", "end"), chain("soothe", "end"), data={"mood": keeps},
    )  # fmt: skip


def again(drawn: str, vocabulary: Vocabulary) -> Definitions:
    """As it is linked once it was published."""
    return link([parsed(drawn)], {}, vocabulary, published=True)


def refusal(drawn: str, vocabulary: Vocabulary, *, published: bool) -> str:
    with pytest.raises(Refused) as refused:
        link([parsed(drawn)], {}, vocabulary, published=published)
    return str(refused.value)


def heard(definitions: Definitions, mood: str) -> Case:
    case = Case(definitions)
    return case.send("reply", mood=mood)


def test_a_published_bundle_links_with_a_value_that_it_does_not_know_and_a_new_one_does_not() -> None:
    link([parsed(hearing())], {}, words(MOODS))
    assert f"gives {WIDER} where {MOODS} is wanted" in refusal(hearing(), words(WIDER), published=False)
    again(hearing(), words(WIDER))
    link([parsed(hearing(WIDER))], {}, words(WIDER))


@pytest.mark.parametrize(("mood", "at"), [("glad", []), ("cross", ["soothe"])])
def test_the_values_that_it_knows_take_their_ways_as_before(mood: str, at: list[str]) -> None:
    case = heard(again(hearing(), words(WIDER)), mood)
    assert case.at == at
    assert case.data.get("mood", mood) == mood


def test_a_value_that_it_does_not_know_is_named_and_moves_nothing() -> None:
    case = Case(again(hearing(), words(WIDER)))
    with pytest.raises(
        WrongData, match=r"p hear: 'worried' .* does not fit data\.mood, a enum\(glad, cross\)"
    ):
        case.send("reply", mood="worried")
    assert case.at == ["hear"]
    assert case.send("reply", mood="cross").at == ["soothe"]


def test_a_value_that_is_kept_as_a_text_goes_by_the_default_flow() -> None:
    vocabulary = replace(words(WIDER), topics={"post": Topic({"mood": "string"})})
    assert heard(again(hearing("string"), vocabulary), "worried").is_over


@pytest.mark.parametrize(
    ("keeps", "mood"),
    [
        (f"list({MOODS})", "result.moods"),
        (MOODS, "result.seen.mood"),
        (f"context{{mood: {MOODS}}}", "result.seen"),
        (MOODS, 'if result.mood = "glad" then result.mood else "cross"'),
    ],
)
def test_values_inside_lists_contexts_and_expressions_may_be_more_too(keeps: str, mood: str) -> None:
    drawn = process(
        "p", start(), tag("receiveTask", "hear", messageRef="m_reply", outputs={"mood": mood}), end(),
        chain("start", "hear", "end"), data={"mood": keeps},
    )  # fmt: skip
    assert "is wanted" in refusal(drawn, words(WIDER), published=False)
    again(drawn, words(WIDER))


def test_a_new_field_of_what_is_given_and_of_what_is_taken_breaks_nothing() -> None:
    wider = words(MOODS, tone="string")
    taking = replace(wider, topics={"post": Topic({"mood": MOODS, "tone": "string"}, {"sent": "integer"})})
    for published in (True, False):
        link([parsed(hearing())], {}, taking, published=published)


@pytest.mark.parametrize(
    ("vocabulary", "said"),
    [
        (words(OTHERS), f'"calm", "worried" is none of {MOODS}'),
        (words("string"), f"gives string where {MOODS} is wanted"),
        (words("enum(glad, worried)"), f"gives {MOODS} where enum(glad, worried) is wanted"),
        (replace(words(WIDER), messages={"reply": {"who": "id"}}), "mood"),
        (replace(words(WIDER), messages={}), "unknown message 'reply'"),
        (replace(words(WIDER), topics={"post": Topic()}), "topic 'post' takes no 'mood'"),
        (replace(words(WIDER), topics={}), "unknown topic 'post'"),
    ],
    ids=["every value", "the kind", "a value that is taken", "a field", "a message", "an input", "a topic"],
)
def test_what_was_taken_away_or_narrowed_is_refused_as_ever(vocabulary: Vocabulary, said: str) -> None:
    assert said in refusal(hearing(), vocabulary, published=True)


def test_a_value_written_in_an_expression_must_still_be_one() -> None:
    drawn = hearing(mood='if result.mood = "cross" then "cross" else "glad"')
    again(drawn, words(WIDER))
    assert '"cross" is none of' in refusal(drawn, words("enum(glad, worried)"), published=True)


def test_data_of_the_bundles_own_stays_as_strict_as_it_was() -> None:
    drawn = process(
        "p", start(), tag("subProcess", "x", start("s"), end("e"), chain("s", "e"),
                          properties={"data.own": WIDER}, outputs={"mood": "result.own"}),
        end(), chain("start", "x", "end"), data={"mood": MOODS},
    )  # fmt: skip
    assert f"gives {WIDER} where {MOODS} is wanted" in refusal(drawn, words(WIDER), published=True)
