"""Why a due time is what it is: the pieces, and the sentence they make in a language.

The words are data (`process_definitions/clock_why.toml`); here is only what goes into the blanks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bpmn.durations import Duration
from complaints.errors import Fault


class WordsMissing(Fault):
    code = "words-missing"

    def __init__(self, word: str) -> None:
        super().__init__(f"no word for {word!r} in clock_why.toml: add it in each language")
        self.word = word


@dataclass(frozen=True, slots=True)
class Why:
    """`kind` picks the sentence: `start`, `extension`, `floor`, `merger`, each also with `_paused`, or `cancelled`.

    `key` is the cycle or item, `armed_at` when the present terms began, `left` the working time brought
    along by an extension, granted by a re-grade or left by a merger, `lost` what pauses gave back since.
    """

    kind: str
    name: str
    key: int | str | None
    started_at: datetime
    armed_at: datetime
    duration: Duration
    calendar: str
    zone: str
    left: timedelta
    pauses: int
    lost: timedelta
    paused_since: datetime | None
    due_at: datetime | None

    def sentence(self, words: Mapping[str, str]) -> str:
        """One sentence, times in the calendar's own zone. `words` is one language of `clock_why.toml`."""
        blanks = {
            "clock": _word(words, f"clock.{self.name}"),
            "started": self._local(self.started_at),
            "armed": self._local(self.armed_at),
            "duration": _length(self.duration, words),
            "left": _length(_exact(self.left), words),
            "calendar": self.calendar,
            "zone": self.zone,
            "since": self._local(self.paused_since),
            "due": self._local(self.due_at),
            "pauses": "",
        }
        if self.pauses and self.lost:
            pauses = _word(words, "pauses")
            blanks["pauses"] = pauses.format(count=self.pauses, lost=_length(_exact(self.lost), words))
        return _word(words, self.kind).format_map(blanks)

    def _local(self, at: datetime | None) -> str:
        return "" if at is None else f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"


def _exact(length: timedelta) -> Duration:
    return Duration(seconds=round(length.total_seconds()))


def _length(length: Duration, words: Mapping[str, str]) -> str:
    """`2 days 3 h`; hours are not made days, since 72 hours and 3 days are two things."""
    hours, seconds = divmod(length.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    parts = {
        "month": length.months, "day": length.days, "hour": hours, "minute": minutes, "second": seconds,
    }  # fmt: skip
    said = [_word(words, f"unit.{unit}").format(n=n) for unit, n in parts.items() if n]
    return " ".join(said) or _word(words, "unit.minute").format(n=0)


def _word(words: Mapping[str, str], key: str) -> str:
    if key not in words:
        raise WordsMissing(key)
    return words[key]
