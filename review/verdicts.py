"""How a figure stands against its target, and why one has no value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.document import Tone
from review.targets import targets
from review.words import Words

STILL_IN = frozenset({"completion", "rectification"})
"""Figures whose undecided ones are in the denominator already: what is pending can only raise them."""


def met(name: str, whole: Mapping[str, Any]) -> bool | None:
    """None where there is no target or no value, and where what is still pending may turn a miss into a hit."""
    target = targets().get(name)
    if target is None:
        return None
    found = target.met(whole["value"])
    if found is False and name in STILL_IN and whole["pending"]:
        best = whole["value"] + whole["pending"] / whole["n"]
        return None if target.met(best) else False
    return found


def tone_of(name: str, whole: Mapping[str, Any]) -> Tone:
    found = met(name, whole)
    return "" if found is None else "good" if found else "bad"


def wanted(words: Words, unit: str, name: str, *, bare: bool = False) -> str:
    """The target with its sign, `bare` under a head that says what it is; nothing where there is none."""
    target = targets().get(name)
    if target is None or target.value is None:
        return ""
    side = "least" if target.better == "more" else "most"
    return words(f"report.{'at' if bare else 'target'}_{side}", value=words.value(unit, target.value))


def why_none(words: Words, name: str, one: Mapping[str, Any]) -> str:
    """Why a figure is n/a; nothing for one that has a value."""
    if one["reason"] is not None:
        return words(f"reason.{one['reason']}")
    return words(f"nothing.{name}") if one["whole"]["value"] is None else ""
