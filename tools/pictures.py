"""The pictures of the README, drawn from the shipped definitions.

    python -m tools.pictures

`process.svg` is the whole complaint, as `amends definitions diagram complaint` draws it; `cycle.svg` the part of
the same drawing that turns once a cycle, at reading size. A test compares both with the definitions.
"""

from __future__ import annotations

import re
from pathlib import Path

from bpmn.diagram import svg
from bpmn.model import Model
from process_definitions.loader import load_bundle

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
CYCLE, NEXT, LOWEST = "handle", "tell_low_score", "promise_settled"
"""`cycle.svg` shows from the frame of the cycle to just before the next task, down to the lowest end."""
MARGIN = 12.0
BOX = re.compile(r'viewBox="[^"]*" width="[^"]*" height="[^"]*"')


def pictures() -> dict[str, str]:
    """File name and content of each."""
    model = load_bundle().model_of("complaint")
    whole = svg(model, "complaint")
    return {"process.svg": whole, "cycle.svg": BOX.sub(_box(model), whole, count=1)}


def _box(model: Model) -> str:
    frame, after, lowest = (model.drawing.shapes[element] for element in (CYCLE, NEXT, LOWEST))
    left, top = frame.x - MARGIN, frame.y - MARGIN
    width = after.x - MARGIN / 2 - left
    height = lowest.y + lowest.height - top + 3 * MARGIN  # a flow passes below
    return f'viewBox="{left:g} {top:g} {width:g} {height:g}" width="{width:g}" height="{height:g}"'


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, content in pictures().items():
        (IMAGES / name).write_text(content + "\n", encoding="utf-8")
