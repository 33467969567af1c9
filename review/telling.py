"""A finding in words: numbers written out, groups by name, examples that lead to their complaints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from review.document import Cell, Told
from review.words import Words

if TYPE_CHECKING:
    from review.composing import Links

SHARES = ("share", "rest", "together")
BEHIND = {
    "hot_growth": ("received", "counted"), "hot_volume": ("received", "counted"),
    "hot_repeats": ("repeat_rate", "numerator"), "promises_broken": ("promise_kept", "rest"),
}  # fmt: skip
"""The figure, and which of its complaints, that list all cases of a finding; the others name examples only."""


def told(words: Words, finding: Mapping[str, Any], links: Links) -> Told:
    kind, key, numbers = finding["kind"], finding["key"], finding["numbers"]
    by, _, group = key.partition("=")
    whole = kind == "promises_broken" and not key
    text = f"finding.{kind}_all" if whole else f"finding.{kind}"
    what = words.cause(key) if kind == "cause" else words.qualified(by, group) if key else ""
    of_share = "share" in numbers
    written = {name: _written(words, name, value, of_share) for name, value in numbers.items()}
    return Told(
        kind, key, words(text, what=what), words(f"{text}_text", what=what, **written),
        words(f"sure.{finding['sure']}"), tuple(Cell(ref, href=links.complaint(ref)) for ref in finding["refs"]),
        _more(words, finding, by, group, links),
    )  # fmt: skip


def _more(words: Words, finding: Mapping[str, Any], by: str, group: str, links: Links) -> Cell | None:
    if finding["kind"] not in BEHIND:
        return None
    figure, which = BEHIND[finding["kind"]]
    href = links.cases(figure, which=which, by=by or None, key=group or None)
    return Cell(words("report.all_cases", n=f"{finding['cases']:,}"), href=href)


def _written(words: Words, name: str, value: float | str, of_share: bool) -> str:
    if isinstance(value, str):
        return value
    if name in SHARES or (of_share and name in ("low", "high")):
        return words.share(value)
    if name.endswith("seconds"):
        return words.duration(value)
    return f"{value:,.0f}"
