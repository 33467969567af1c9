"""What a case waits for, in the language of the installation: departments, duties and work by their names."""

from __future__ import annotations

from bpmn import engine
from bpmn.events import Value
from bpmn.instance import Instance
from store.case_file import CaseFile

NAMED = {"department": "department", "duty": "duty", "kind": "work"}
"""Names of process data to the kind of name people read for them."""


def spoken_waits(file: CaseFile, instance: Instance) -> list[str]:
    """Each wait once, sorted: "network to confirm"."""
    books = file.books

    def named(name: str, value: Value) -> str:
        kind = NAMED.get(name)
        gone = kind == "department" and value not in books.organisation.departments
        if kind is None or gone:  # a department that was closed still stands in the cases it had
            return str(value)
        return _inside_a_sentence(books.name(kind, str(value), books.language), books.language)

    found = engine.waits(file.definitions, instance, language=books.language, named=named)
    return sorted({wait.text for wait in found if wait.text})


def _inside_a_sentence(name: str, language: str) -> str:
    """English names lose the capital of a title, unless they are written in capitals ("IT")."""
    return name[:1].lower() + name[1:] if language == "en" and not name[1:2].isupper() else name
