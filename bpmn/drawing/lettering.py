"""How wide written text is and where it breaks, for Latin and Chinese, without a font at hand.

Widths are in em of a usual sans-serif face, rounded up a little: a line may look short, it never overflows.
"""

from __future__ import annotations

import unicodedata

NARROW = frozenset("iljtfrI.,:;!|'()[]-/ ")
WIDE = frozenset("mwMW@%")


def width(text: str, size: float) -> float:
    """The width of one line in the unit of `size` (the font size)."""
    return sum(_em(character) for character in text) * size


def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in NARROW:
        return 0.33
    if character in WIDE:
        return 0.9
    return 0.68 if character.isupper() else 0.57


def wrap(text: str, limit: float, size: float, lines: int | None = None) -> tuple[str, ...]:
    """The text in lines no wider than `limit`; Chinese breaks anywhere, other scripts between words.

    With `lines`, the rest is cut and the last line ends in an ellipsis.
    """
    found: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width((line + piece).rstrip(), size) > limit:
            found.append(line.rstrip())
            line = ""
        line += piece.lstrip() if not line else piece
        while width(line.rstrip(), size) > limit and len(line.rstrip()) > 1:
            fitting = _fitting(line, limit, size)
            found.append(line[:fitting])
            line = line[fitting:]
    if line.strip():
        found.append(line.rstrip())
    if lines is not None and len(found) > lines:
        last = found[lines - 1]
        while last and width(last + "…", size) > limit:
            last = last[:-1]
        found = [*found[: lines - 1], last.rstrip() + "…"]
    return tuple(found)


def _pieces(text: str) -> list[str]:
    """Words with the blank after them; each wide character is a piece, closing punctuation clings to it."""
    pieces: list[str] = []
    for character in " ".join(text.split()):
        wide = unicodedata.east_asian_width(character) in "WF"
        closing = unicodedata.category(character) in ("Pe", "Pf", "Po") and bool(pieces)
        breaks = not pieces or pieces[-1][-1] in " -/" or unicodedata.east_asian_width(pieces[-1][-1]) in "WF"
        if (wide or breaks) and not (closing and wide) and character != " ":
            pieces.append(character)
        elif pieces:
            pieces[-1] += character
    return pieces


def _fitting(line: str, limit: float, size: float) -> int:
    """How many characters of an unbreakable line fit, at least one."""
    count = 1
    while count < len(line) and width(line[: count + 1], size) <= limit:
        count += 1
    return count
