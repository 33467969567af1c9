"""Every place in the code where a definition is refused, and which of them a refusal came from."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from bpmn.dmn.document import Reading as DmnReading
from bpmn.durations import DurationError
from bpmn.feel.errors import EvaluationError, ExpressionError, TypeTextError
from bpmn.feel.functions import Misfit
from bpmn.findings import Finding
from bpmn.linking.source import Source
from bpmn.linting.walk import Notes
from bpmn.parsing.document import BpmnSyntaxError, Reading

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("bpmn", "process_definitions")
NOTING = {
    "add": "notes", "known": "notes|source|self", "note": "source|self", "refuse": "reading|compiling|compiler|self",
    "refuse_foreign": "compiling|compiler|self", "refusal": "self", "flaw": "reading", "find": "reading",
}  # fmt: skip
"""Methods that note a finding, and what they are called on."""
RAISED = (BpmnSyntaxError, TypeTextError, DurationError, Misfit, ExpressionError)
"""What becomes a finding where it is caught."""
NOTED: frozenset[CodeType] = frozenset({
    Notes.add.__code__, Source.note.__code__, Reading.refuse.__code__, Reading.flaw.__code__,
    DmnReading.find.__code__, Finding.__init__.__code__,
})  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Site:
    file: str
    line: int
    last: int
    source: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.source}"


def sites() -> list[Site]:
    """Every call that notes a finding and every raise that becomes one."""
    found: list[Site] = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            name = path.relative_to(ROOT).as_posix()
            for node in _refusing(ast.parse(text)):
                source = " ".join((ast.get_source_segment(text, node) or "").split())[:100]
                found.append(Site(name, node.lineno, node.end_lineno or node.lineno, source))
    return sorted(set(found))


def _refusing(tree: ast.AST) -> Iterator[ast.expr]:
    made = {error.__name__ for base in RAISED for error in _kinds(base)} | {"Finding"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (_name(node.func) in made or _notes(node.func)):
            yield node


def _kinds(base: type[BaseException]) -> Iterator[type[BaseException]]:
    if base is not EvaluationError:
        yield base
        for kind in base.__subclasses__():
            yield from _kinds(kind)


def _name(called: ast.expr) -> str:
    return (
        called.attr
        if isinstance(called, ast.Attribute)
        else called.id
        if isinstance(called, ast.Name)
        else ""
    )


def _notes(called: ast.expr) -> bool:
    on = NOTING.get(called.attr) if isinstance(called, ast.Attribute) else None
    return isinstance(called, ast.Attribute) and on is not None and _name(called.value) in on.split("|")


@contextmanager
def watched(seen: set[tuple[str, int]]) -> Iterator[None]:
    """Note the lines on the way to each finding made in here."""
    before = sys.gettrace()
    sys.settrace(_tracer(seen))
    try:
        yield
    finally:
        sys.settrace(before)


def _tracer(seen: set[tuple[str, int]]) -> Callable[[FrameType, str, Any], Any]:
    def note(frame: FrameType | None) -> None:
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(str(ROOT)):
                seen.add((Path(file).relative_to(ROOT).as_posix(), frame.f_lineno))
            frame = frame.f_back

    def inside(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "exception" and isinstance(argument[1], RAISED) and argument[2].tb_next is None:
            note(frame)
        return inside

    def called(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code in NOTED:
            note(frame.f_back)
        if not frame.f_code.co_filename.startswith(str(ROOT / "bpmn")):
            return None
        frame.f_trace_lines = False
        return inside

    return called
