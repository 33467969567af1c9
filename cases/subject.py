"""Which complaint this code is at work on, so that every line it logs can say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SUBJECT: ContextVar[str | None] = ContextVar("amends_subject", default=None)
_NOTE = "at work on "


@contextmanager
def at_work_on(ref: str | None) -> Iterator[None]:
    """What is logged inside is about `ref`, in this thread or task and those it starts; so is an error that leaves it.

    None: about no complaint.
    """
    before = _SUBJECT.set(ref)
    try:
        yield
    except Exception as error:
        if ref is not None and about(error) is None:
            error.add_note(_NOTE + ref)
        raise
    finally:
        _SUBJECT.reset(before)


def subject() -> str | None:
    """The reference of the complaint at hand; None between complaints."""
    return _SUBJECT.get()


def about(error: BaseException | None) -> str | None:
    """The reference of the complaint on which this error, or what caused it, was met."""
    while error is not None:
        for note in getattr(error, "__notes__", ()):
            if note.startswith(_NOTE):
                return str(note.removeprefix(_NOTE))
        error = error.__cause__ or error.__context__
    return None
