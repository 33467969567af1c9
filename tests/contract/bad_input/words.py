"""Words that have broken systems before: none of them is wrong, so each is kept as it came and shown as text."""

from __future__ import annotations

from collections.abc import Mapping

HOSTILE: Mapping[str, str] = {
    "script": "<script>alert(1)</script>",
    "image with a handler": "<img src=x onerror=alert(2)>",
    "end of an attribute": "\"'><svg onload=alert(3)>",
    "end of a text area": "</textarea></form><iframe src=//x.example></iframe>",
    "script address": "[x](javascript:alert(4)) javascript:alert(5)",
    "template expression": "{{ 7*7 }} {{ config }} {{ ''.__class__.__mro__ }}",
    "template statement": "{% for x in y %}{% endfor %} {# #} {% raw %}",
    "shell and format": "${7*7} #{7*7} $(id) `id` %s %n {0} {name}",
    "SQL": "'; DROP TABLE cases; -- \" OR 1=1 /* %' UNION SELECT 1",
    "right-to-left override": "\u202egnp.exe\u202c \u2066abc\u2069 שלום",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe\u2060f",
    "emoji": "😡👨\u200d👩\u200d👧🏳️\u200d🌈 𠮷野家",
    "many marks on a letter": "Z" + "\u0301\u0323\u0358" * 40,
    "spreadsheet formula": "=cmd|' /C calc'!A0 @SUM(1) +1 -1",
    "path": "../../etc/passwd C:\\windows\\..\\ file:///etc/passwd",
    "names of nothing": "null undefined NaN true None NULL \\N 0",
    "escapes": "\\u0000 \\x00 %00 &lt;script&gt; &#60; \\",
}
CONTROL = "坏\x00了\x07\x1b[31m\x85红"
CLEANED = "坏了[31m红"
MARKUP = ("<script>alert", "<img src=x", "<svg onload", "</textarea></form>", "<iframe", "49 ")
"""What must not stand in a page as it came: markup, or the result of a template."""
