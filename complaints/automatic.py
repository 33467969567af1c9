"""Mail that nobody wrote: automatic replies, bounces and our own letters coming back. It opens nothing.

Only what cannot be a person's words counts, because a complaint taken for an automatic reply is a
complaint lost: the marks that machines set (RFC 3834), and texts that begin as such replies begin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from complaints.reading import Reading

OWN_MARK = "x-amends-letter"
"""Header of every mail we send; what carries it came back to us."""
LOOP_MESSAGES = 10
LOOP_WINDOW = timedelta(minutes=10)
"""From the eleventh message of one case within ten minutes on, two machines are talking (O)."""
BEGINNING = 200
"""Characters of a text that are looked at; a megabyte of spaces must not keep the door busy."""
THANKS_LENGTH = 80
"""A longer text is read by a person even if it thanks."""

_BEGINNINGS = re.compile(
    r"""[\[【<(（「]*\s*(
        (re\s*[:：]\s*)?(自动回复|自動回覆|系统退信|退信通知|邮件退回)\s*([\]】>)）」:：]|[，。\s]|$)
      | (您好[，,]\s*)?(我|本人)(目前|现在)?(正在|在)(休假|度假|出差)(中|期间)?[，,。]\s*
        (请联系(我的)?同事|如有急事|回来后(会|再)?(尽快)?回复|将?于.{1,12}(返回|回复))
      | automatic\s+reply\b\s*[:\-.]
      | auto(matic)?[\s-]?response\b\s*[:\-.]
      | out\s+of\s+(the\s+)?office\b\s*([:\-.]|auto|reply|until)
      | i\s+am\s+(currently\s+)?out\s+of\s+(the\s+)?office\b
      | delivery\s+status\s+notification\b
      | undeliver(ed|able)\b\s*([:\-]|mail|message)
      | mail\s+delivery\s+(failed|failure|subsystem)\b
      | returned\s+mail\b\s*:
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_MACHINES = re.compile(r"\b(mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)
_PRECEDENCE = frozenset({"bulk", "junk", "auto_reply", "auto-reply"})
_NO = frozenset({"", "no", "none", "false", "0"})


def automatic(text: str, extra: Mapping[str, object]) -> str | None:
    """Why this was sent by a machine, or None when a person may have written it.

    `extra` may hold the marks directly (`auto_submitted`, `subject`, `from`) or mail headers under `headers`.
    """
    marks = {str(key).lower().replace("_", "-"): value for key, value in extra.items()}
    headers = extra.get("headers")
    if isinstance(headers, Mapping):
        marks |= {str(key).lower().replace("_", "-"): value for key, value in headers.items()}
    said = {key: str(value).strip().lower() for key, value in marks.items() if not isinstance(value, Mapping)}
    if OWN_MARK in said:
        return "one of our own letters came back"
    if said.get("auto-submitted", "no").partition(";")[0].strip() not in _NO:
        return "automatic reply"
    if said.get("return-path") == "<>" or said.get("content-type", "").startswith("multipart/report"):
        return "bounce"
    if said.get("precedence") in _PRECEDENCE or said.get("x-autoreply", "no") not in _NO:
        return "automatic reply"
    if _MACHINES.search(said.get("from", "")):
        return "sent by a mail system"
    if any(_BEGINNINGS.match(words.lstrip()[:BEGINNING]) for words in (str(marks.get("subject", "")), text)):
        return "automatic reply"
    return None


def is_mere_thanks(reading: Reading, text: str) -> bool:
    """A short thanks and nothing else: it changes nothing (process.md, 7)."""
    return reading.sentiment == "positive" and reading.harm == "question" and len(text) <= THANKS_LENGTH
