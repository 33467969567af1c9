"""Amounts of money in Chinese and English text, exact, in minor units of their currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_SCALES = {
    "": 1,
    "百": 100,
    "千": 1_000,
    "k": 1_000,
    "万": 10_000,
    "w": 10_000,
    "十万": 100_000,
    "百万": 1_000_000,
}
_SYMBOLS = {
    "¥": "CNY", "￥": "CNY", "RMB": "CNY", "CNY": "CNY", "$": "USD", "US$": "USD", "USD": "USD",
    "€": "EUR", "EUR": "EUR",
}  # fmt: skip
_WORDS = (
    (r"(?:元|块钱?|人民币|RMB|CNY|yuan)", "CNY"),
    (r"(?:美元|美金|刀|USD|(?:US )?dollars?|bucks)", "USD"),
    (r"(?:欧元|EUR|euros?)", "EUR"),
)
_DIGITS = r"(?P<{0}>\d{{1,3}}(?:[,，]\d{{3}})+(?:\.\d{{1,2}})?|\d{{1,9}}(?:\.\d{{1,4}})?)"
_HAN_DIGITS = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_PREFIXED = re.compile(
    r"(?P<symbol>US\$|[¥￥$€]|(?<![A-Za-z])(?:RMB|CNY|USD|EUR)(?![A-Za-z]))\s*"
    + _DIGITS.format("number")
    + r"\s*(?P<scale>十万|百万|[千万]|[kKwW](?![A-Za-z]))?",
    re.IGNORECASE,
)
_SUFFIXED = re.compile(
    r"(?<![\d.\-/])"
    + _DIGITS.format("number")
    + r"\s*(?P<scale>十万|百万|[百千万]|[kKwW](?![A-Za-z]))?(?:多|余|来)?\s*(?:"
    + "|".join(f"(?P<{code}>{words})" for words, code in _WORDS)
    + ")",
    re.IGNORECASE,
)
_BARE_WAN = re.compile(
    r"(?<![\d.])(?P<number>\d{1,5}(?:\.\d{1,2})?)\s*万(?!次|人|个|户|台|名|播放|阅读|转发|点赞|粉|块|元|公里|里)"
)
_HAN_NUMBER = re.compile(
    r"(?P<digit>[一二两三四五六七八九十])(?P<scale>百|千|万|十万|百万)(?:多|余|来)?(?P<unit>元|块|美元|欧元)?"
)
_HAN_UNITS = {"美元": "USD", "欧元": "EUR"}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that stands at `start` to `end`; `minor` in minor units of `currency` (CNY, USD, EUR)."""

    minor: int
    currency: str
    start: int
    end: int


def amounts(text: str) -> tuple[Amount, ...]:
    """Every amount of money in `text`, in the order it stands there, each place counted once.

    "5万元" and "￥50,000.00" are both 5 000 000 CNY minor units. A number without a unit is no amount.
    """
    found: list[Amount] = []
    for pattern in (_PREFIXED, _SUFFIXED, _BARE_WAN, _HAN_NUMBER):
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            found.append(Amount(_minor(match), _currency(match), match.start(), match.end()))
    return tuple(sorted(found, key=lambda amount: amount.start))


def _currency(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if symbol := groups.get("symbol"):
        return _SYMBOLS[symbol.upper()]
    if unit := groups.get("unit"):
        return _HAN_UNITS.get(unit, "CNY")
    return next((code for code in ("CNY", "USD", "EUR") if groups.get(code)), "CNY")


def _minor(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if groups.get("digit") is not None:
        return _HAN_DIGITS[groups["digit"]] * _SCALES[groups["scale"]] * 100
    scale = "万" if "scale" not in groups else (groups["scale"] or "").lower()
    number = Decimal(groups["number"].replace(",", "").replace("，", ""))
    return int(number * _SCALES[scale] * 100)
