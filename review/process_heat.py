"""The process as drawn, each step coloured by how often complaints came to it in the month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from bpmn.diagram import svg
from process_definitions.loader import Bundle, load_bundle

STEPS = 5
MOST_PROCESSES = 3
_VARIABLE = re.compile(r"var\(--[a-z-]+, (#[0-9a-f]{6})\)")


def drawn(passages: Mapping[str, Mapping[str, int]], language: str) -> list[tuple[str, str, int]]:
    """(name, SVG, passages) of the processes with most of them, the complaint itself first.

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
        picture = svg(model, key, counts=counts, heat=_shades(counts), language=language)
        # What draws the PDF knows no variables in SVG; their fallbacks are the same colours.
        found.append((process.name or key, _VARIABLE.sub(r"\1", picture), sum(counts.values())))
    return found


def _shades(counts: Mapping[str, int]) -> dict[str, int]:
    """1 to 5 in even parts of the most frequent step."""
    most = max(counts.values(), default=1)
    return {element: max(1, -(-count * STEPS // most)) for element, count in counts.items() if count}


@cache
def _bundle() -> Bundle:
    return load_bundle()
