"""The process as drawn, each step coloured by how often complaints came to it in the month."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from bpmn.diagram import svg
from bpmn.model import NodeKind
from process_definitions.loader import Bundle, load_bundle

STEPS = 5
MOST_PROCESSES = 3
Steps = Sequence[tuple[str, int]]
WORK = frozenset({
    NodeKind.SERVICE, NodeKind.SEND, NodeKind.RECEIVE, NodeKind.USER, NodeKind.RULE, NodeKind.CALL,
})  # fmt: skip
_VARIABLE = re.compile(r"var\(--[a-z-]+, (#[0-9a-f]{6})\)")


def drawn(passages: Mapping[str, Mapping[str, int]], language: str) -> list[tuple[str, str, Steps]]:
    """(name, SVG, steps with how often complaints came to each, the busiest first) of the processes that were passed
    most, the complaint itself first.

    Steps that the shipped drawing no longer has are left out; a process without any is not drawn.
    """
    bundle = _bundle()
    known = {k: v for k, v in passages.items() if k in bundle.definitions.processes and k != "complaint"}
    ranked = sorted(known, key=lambda k: (-sum(known[k].values()), k))[: MOST_PROCESSES - 1]
    found = []
    for key in (*(["complaint"] if passages.get("complaint") else []), *ranked):
        model = bundle.model_of(key)
        process = next(p for p in model.processes if p.key == key)
        counts = passages[key]
        picture = svg(
            model, key, counts=counts, heat=_shades(counts), language=language, names=names(language)
        )
        # What draws the PDF knows no variables in SVG; their fallbacks are the same colours.
        name = names(language).get(process.name, process.name) or key
        found.append((name, _VARIABLE.sub(r"\1", picture), _steps(bundle, key, counts, language)))
    return found


def _steps(bundle: Bundle, key: str, counts: Mapping[str, int], language: str) -> Steps:
    """Activities by their names; events and gateways stand in the drawing only."""
    elements = bundle.definitions.processes[key].elements
    named = {
        names(language).get(element.name, element.name): count for id, count in counts.items()
        if (element := elements.get(id)) is not None and element.name and element.kind in WORK
    }  # fmt: skip
    return sorted(named.items(), key=lambda step: (-step[1], step[0]))


def names(language: str) -> Mapping[str, str]:
    """What is drawn, in the language; empty in that of the drawing."""
    return (
        {} if language != "zh" else {name: told for kind in chinese().values() for name, told in kind.items()}
    )


@cache
def chinese() -> Mapping[str, Mapping[str, str]]:
    """What is drawn in English, in Chinese, by the name as drawn: `process`, `step` and all else, `drawn`."""
    return tomllib.loads(files("review").joinpath("steps.toml").read_text("utf-8"))


def _shades(counts: Mapping[str, int]) -> dict[str, int]:
    """1 to 5 in even parts of the most frequent step."""
    most = max(counts.values(), default=1)
    return {element: max(1, -(-count * STEPS // most)) for element, count in counts.items() if count}


@cache
def _bundle() -> Bundle:
    return load_bundle()
