"""The options of a decision as they are written on the command line: `TEXT[:REMEDY[:AMOUNT]]`."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from cases.requests.work import ProposedOption

HINT = "--option"


def proposed(
    written: Sequence[str], *, remedy: str | None = None, amount: int | None = None
) -> tuple[ProposedOption, ...]:
    """The options, the first one recommended. Wrong usage names what is wrong with which.

    `remedy` and `amount` stand for a decision without options; both ways at once would leave one of them out.
    """
    if written and (remedy is not None or amount is not None):
        raise typer.BadParameter(
            "write remedy and amount into each option, or give --remedy and --amount alone", param_hint=HINT
        )
    return tuple(_option(text, recommended=place == 0) for place, text in enumerate(written))


def _option(written: str, *, recommended: bool) -> ProposedOption:
    """Read from the right, because a text may hold colons and a remedy and an amount may not."""
    from cases.requests.work import ProposedOption
    from complaints.remedies import RemedyKind

    kinds = [kind.value for kind in RemedyKind]
    text, remedy, amount = written, None, None
    before, _, last = written.rpartition(":")
    inner, _, middle = before.rpartition(":")
    if last in kinds:
        text, remedy = before, last
    elif middle in kinds:
        if not (last.isascii() and last.isdigit()):
            raise typer.BadParameter(
                f"{last!r} in {written!r} is no amount: write minor units, 12950 for 129.50", param_hint=HINT
            )
        text, remedy, amount = inner, middle, int(last)
    else:
        for word in filter(None, (last if before else "", middle)):
            if close := get_close_matches(word, kinds, n=1):
                raise typer.BadParameter(
                    f"{word!r} in {written!r} is no remedy; did you mean {close[0]}?", param_hint=HINT
                )
    if not text.strip():
        raise typer.BadParameter(
            f"{written!r} says nothing to the customer: begin with words", param_hint=HINT
        )
    return ProposedOption(text.strip(), remedy, amount, recommended=recommended)
