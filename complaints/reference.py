"""The reference of a complaint, one for life: `AM-2611-7K3QPX`; that of an improvement action: `IM-2611-7K3QPX`.

The prefix, year and month of receipt, five characters for the number, one check character. The alphabet is
Crockford's base 32 (no I, L, O, U), so a reference survives the telephone. The check is a sum over
GF(32) with a different weight for each place: it finds every wrong character and every two swapped.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import combinations
from unicodedata import normalize

from complaints.errors import NaiveTime, Refusal

PREFIX = "AM"
IMPROVEMENT = "IM"
"""Prefix of improvement actions; neither is ever read as the other."""
NUMBERS = 32**5
"""How many references a month has."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_ALIKE = ("0DQ", "1T7J", "2Z7", "5S", "6G", "8B", "VYW", "MN", "PFR", "CG", "EF", "KX", "3E8", "4A9")
_SHAPE = re.compile(rf"(?P<body>\d{{2}}(?:0[1-9]|1[0-2])[{_ALPHABET}]{{6}})")
_SCATTER = 0x12D6E8B


class MistypedReference(Refusal):
    """`suggestions` are the well-formed references that the writer may have meant, likeliest first."""

    code = "mistyped-reference"

    def __init__(
        self, text: str, cause: str, suggestions: tuple[str, ...] = (), prefix: str = PREFIX
    ) -> None:
        place = "acknowledgement" if prefix == PREFIX else "list"
        cure = (
            f"did you mean {' or '.join(suggestions[:3])}?"
            if suggestions
            else f"copy it from the {place}, like {prefix}-2611-XXXXXX"
        )
        super().__init__(f"{text[:40]!r} is not a reference: {cause}; {cure}")
        self.text = text
        self.suggestions = suggestions


def make_ref(received_at: datetime, number: int, prefix: str = PREFIX) -> str:
    """The reference for the `number`-th complaint (0 to 32^5 - 1) of the month of `received_at`.

    Each number gives another reference; neighbours look nothing alike, so a slip does not hit the next
    complaint. The month is read in the zone of `received_at`.
    """
    if received_at.tzinfo is None:
        raise NaiveTime("the time of receipt")
    if not 0 <= number < NUMBERS:
        raise ValueError(f"number {number} is outside 0 to {NUMBERS - 1}: a month has no more references")
    scattered = number * _SCATTER % NUMBERS  # odd factor modulo a power of two: one to one
    digits = "".join(_ALPHABET[scattered >> shift & 31] for shift in (20, 15, 10, 5, 0))
    body = f"{received_at:%y%m}{digits}"
    return _written(body + _check(body), prefix)


def parse_ref(text: str, prefix: str = PREFIX) -> str:
    """The reference of a complaint (or of what has another `prefix`) as we write it, from whatever a person typed.

    Case, spaces, hyphens, full-width forms, the prefix, and O, I, L for 0, 1, 1 do not matter.
    `MistypedReference` names what is wrong and what may have been meant.
    """
    plain = re.sub(r"[\s\-‐-―_./#]", "", normalize("NFKC", text)).upper()
    body = _after_prefix(plain, prefix).translate(_READ_AS)
    match = _SHAPE.fullmatch(body)
    if match is None:
        raise MistypedReference(text, _what_is_wrong(body, prefix), prefix=prefix)
    if not _fits(match["body"]):
        meant = _meant(match["body"], prefix)
        raise MistypedReference(text, "a character is wrong or two are swapped", meant, prefix)
    return _written(match["body"], prefix)


def _after_prefix(plain: str, prefix: str) -> str:
    return plain[len(prefix) :] if plain.startswith(prefix) else plain


def _what_is_wrong(body: str, prefix: str) -> str:
    if strange := sorted(set(body) - set(_ALPHABET)):
        return f"it holds {strange[0]!r}, which no reference does"
    if len(body) != 10:
        return f"after {prefix} come 10 characters, not {len(body)}"
    return f"{body[:4]!r} is no year and month"


def _meant(body: str, prefix: str) -> tuple[str, ...]:
    """Well-formed references one swap of neighbours or one lookalike away."""
    places = range(len(body))
    swapped = [body[:i] + body[i + 1] + body[i] + body[i + 2 :] for i in places[:-1]]
    alike = [
        body[:place] + other + body[place + 1 :]
        for place in places
        for first, second in (pair for group in _ALIKE for pair in combinations(group, 2))
        for here, other in ((first, second), (second, first))
        if body[place] == here
    ]
    sound = (
        candidate for candidate in (*swapped, *alike) if _SHAPE.fullmatch(candidate) and _fits(candidate)
    )
    return tuple(dict.fromkeys(_written(candidate, prefix) for candidate in sound))


def _written(body: str, prefix: str) -> str:
    return f"{prefix}-{body[:4]}-{body[4:]}"


def _fits(body: str) -> bool:
    return _check(body[:-1]) == body[-1]


def _check(body: str) -> str:
    total = 0
    for character in body:
        total = _doubled(total ^ _ALPHABET.index(character))
    return _ALPHABET[total]


def _doubled(value: int) -> int:
    """Times x in GF(2^5) modulo x^5 + x^2 + 1; x has order 31, so ten places have ten different weights."""
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
