"""The words a set of definitions may use: everything outside the XML that it can name.

The caller (the loader in `process_definitions`) fills it in; the linter refuses every name that is
not here and suggests the nearest one that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Topic:
    """What a service or send task bound to this topic takes and gives (name to type text)."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work for a person: the actions that finish a user task of this kind, and what its result holds."""

    actions: tuple[str, ...]
    result: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    topics: Mapping[str, Topic] = field(default_factory=dict)
    work: Mapping[str, Work] = field(default_factory=dict)
    messages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Message name to the types of its payload."""
    clocks: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
