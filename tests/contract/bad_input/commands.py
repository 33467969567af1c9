"""The command line: what is typed wrong, the exit code, and what the one line on the error output says."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass

REASON = ("--reason", "客户来电")
OPS = ("--as", "s-ye-qing")
REFUSED, USAGE = 1, 2


@dataclass(frozen=True, slots=True)
class Command:
    """`words` after `amends`; REF and ITEM stand for an open complaint and its offered work item, FAULTY and
    FAULTY-ITEM for one that is at fault, ACTION and CHECK for an improvement action that waits to be agreed to and a
    quality check, and a name of `FILES` for that file. `found`: each thing that is wrong with a file has its line."""

    group: str
    words: tuple[str, ...]
    code: int
    says: str
    found: bool = False

    @property
    def id(self) -> str:
        return " ".join(_short(word) for word in self.words)


def _short(word: str) -> str:
    shown = word if word.isprintable() else ascii(word)[1:-1]
    shown = shown if len(shown) <= 40 else f"{shown[:8]}… ({len(word):,} characters)"
    return f"'{shown}'" if not shown or " " in shown else shown


def _on(command: str, *words: str) -> tuple[str, ...]:
    return (*command.split(), *words, *OPS)


def commands() -> tuple[Command, ...]:
    """All of them, in the order of the page."""
    refs = (
        "AM-2611-000000",
        "nonsense",
        "' or 1=1",
        "{{ 7*7 }}",
        "<script>",
        "投诉",
        "x" * 5_000,
        "\u202e",
        "",
    )
    rows = [Command("reference", ("complaint", ref), REFUSED, "is not a reference") for ref in refs]
    rows += [
        Command("reference", _on("withdraw", "nonsense", *REASON), REFUSED, "is not a reference"),
        Command("reference", _on("withdraw", *REASON), USAGE, "Missing argument 'REF'"),
        Command("reference", ("complaints", "--after", "nonsense"), REFUSED, "is not a reference"),
        Command("who acts", ("withdraw", "REF", *REASON), USAGE, "say who acts"),
        Command("who acts", ("withdraw", "REF", *REASON, "--as", "nobody"), REFUSED, "there is no person 'nobody'"),
        Command("who acts", ("withdraw", "REF", *REASON, "--as", "s-ye-qin"), REFUSED, "did you mean 's-ye-qing'?"),
        Command("who acts", ("hold", "REF", *REASON, "--as", "s-lin-tao"), REFUSED, "does not carry the right hold"),
        Command("who acts", ("work", "confirm", "ITEM", "--as", "s-lin-tao"), REFUSED, "not to s-lin-tao"),
        Command("reason", _on("void", "REF"), USAGE, "Missing option '--reason'"),
        *(Command("reason", _on("void", "REF", "--reason", text), REFUSED, "needs a reason") for text in ("", "\t")),
        Command("reason", _on("void", "REF", "--reason", "\udcff\udcfe"), REFUSED, "is not UTF-8"),
        *(Command("grade", _on("regrade", "REF", *REASON, f"--{name}", value), USAGE, "is not one of")
          for name, value in (("tier", "huge"), ("urgency", "soon"), ("impact", "big"), ("category", "weather"),
                              ("tier", ""))),
        Command("grade", _on("regrade", "REF", *REASON), USAGE, "say what changes"),
        Command("grade", _on("regrade", "REF", *REASON, "--department", "moon"), REFUSED, "no department 'moon'"),
        Command("hands", _on("reassign", "REF", *REASON, "--to", "s-nobody"), REFUSED, "no person 's-nobody'"),
        Command("hands", _on("work assign", "ITEM", "--handler", "s-nobody"), REFUSED, "'assign' is not open"),
        Command("lead", _on("merge", "REF", *REASON, "--into", "REF"), REFUSED, "into itself"),
        Command("lead", _on("merge", "REF", *REASON, "--into", "nonsense"), REFUSED, "is not a reference"),
        Command("lead", _on("merge", "REF", *REASON, "--into", "ABSENT"), REFUSED, "to merge into"),
        *(Command("work item", _on("work confirm", number), REFUSED, "there is no work item")
          for number in ("0", "999999", "9" * 30)),
        *(Command("work item", _on("work confirm", number), USAGE, "a valid integer")
          for number in ("abc", "1.5")),
        Command("work item", _on("work dance", "ITEM"), USAGE, "No such command 'dance'"),
        Command("work item", _on("work done", "ITEM"), REFUSED, "it takes confirm"),
        *(Command("amount", _on("work resolve", "ITEM", "--solution", "x", "--remedy", "refund", "--amount", amount),
                  USAGE, "--amount") for amount in ("-1", "1.5")),
        Command("amount", _on("work resolve", "ITEM", "--solution", "x", "--option", "退款:refund:1.5"), USAGE,
                "is no amount"),
        *(Command("score", _on("survey answer", "REF", "--score", score), USAGE, "a valid integer")
          for score in ("five", "3.5")),
        *(Command("score", _on("survey answer", "REF", "--score", score), REFUSED, "a whole number from 1 to 5")
          for score in ("0", "6", "9" * 30)),
        Command("score", _on("survey answer", "REF", "--score", "5"), REFUSED, "survey is closed"),
        *(Command("time", ("clock", "advance", "--", length), USAGE, "") for length in (
            "tomorrow", "-PT1H", "PT0S", "P1Y1M", "24h", "")),
        Command("complaint to file", ("submit", "--channel", "nowhere", "--text", "x"), REFUSED,
                "no channel 'nowhere'"),
        Command("complaint to file", ("submit",), USAGE, "give either --text or --file"),
        Command("complaint to file", ("submit", "--file", "absent.jsonl"), REFUSED, "No such file"),
        Command("lists", ("complaints", "--channel", "nowhere"), REFUSED, "no channel 'nowhere'"),
        Command("lists", ("complaints", "--limit", "0"), USAGE, "--limit"),
        Command("lists", ("work", "--department", "moon"), REFUSED, "no department 'moon'"),
        Command("lists", ("work", "--status", "lost"), USAGE, "is not one of"),
        Command("definitions", ("definitions", "lint", "no-such-folder"), REFUSED, "no-such-folder"),
        Command("definitions", ("definitions", "deploy", "no-such-folder"), REFUSED, "no-such-folder"),
        Command("definitions", ("definitions", "diagram", "weather"), REFUSED, "weather"),
        Command("definitions", _on("definitions migrate", "REF"), REFUSED, "already"),
        Command("definitions", _on("definitions migrate", "ABSENT"), REFUSED, "there is no complaint"),
        Command("definitions", _on("definitions migrate", "nonsense"), REFUSED, "is not a reference"),
        Command("definitions", _on("definitions migrate", "REF", "--to", "zzz"), REFUSED, "no published bundle begins"),
        Command("definitions", _on("definitions migrate", "REF", "--map", "resolve"), USAGE, "is no pair"),
        Command("definitions", _on("definitions migrate", "REF", "--set", "=1"), USAGE, "is no pair"),
        Command("definitions", ("definitions", "migrate", "REF"), USAGE, "say who acts"),
        Command("definitions", ("definitions", "migrate", "REF", "--as", "s-lin-tao"), REFUSED, "the right operate"),
        Command("access", ("keys", "add", "nowhere"), REFUSED, "nowhere"),
        Command("access", ("keys", "add", "--role", "king", "x"), USAGE, "is not one of"),
        *(Command("complaint at fault", _on(*words), REFUSED, "send it again later") for words in (
            ("work note", "FAULTY-ITEM", "--text", "x"), ("work decline", "FAULTY-ITEM", *REASON),
            ("withdraw", "FAULTY", *REASON), ("survey answer", "FAULTY", "--score", "5"))),
        *_improving(),
        *_importing(),
        Command("commands", ("frobnicate",), USAGE, "No such command 'frobnicate'"),
    ]  # fmt: skip
    return tuple(rows)


PLAN = ("--title", "减少错分拣", "--what", "扫码复核", "--owner", "s-sun-yue", "--due", "2099-12-20")
LONG_NUMBER = "9" * 30


def _improving() -> Iterator[Command]:
    """Improvement actions, checks, the review, judgements and codes."""
    for ref in ("nonsense", "AM-2611-000000", "' or 1=1", "x" * 5_000, ""):
        yield Command("improvement action", ("improvement", ref), REFUSED, "is not a reference")
        yield Command(
            "improvement action", _on("improve note", ref, "--text", "x"), REFUSED, "is not a reference"
        )
    yield Command(
        "improvement action", ("improvements", "--after", "nonsense"), REFUSED, "is not a reference"
    )
    yield Command("improvement action", ("improvements", "--limit", "0"), USAGE, "--limit")
    yield Command("improvement action", ("improve", "agree", "ACTION"), USAGE, "say who acts")
    yield Command(
        "improvement action", ("improve", "agree", "ACTION", "--as", "s-lin-tao"), REFUSED, "not to s-lin-tao"
    )
    yield Command("improvement action", _on("improve done", "ACTION"), REFUSED, "'done' is not open now")
    yield Command(
        "improvement action", _on("improve reopen", "ACTION", *REASON), REFUSED, "it is not done yet"
    )
    yield Command(
        "improvement action", _on("improve refuse", "ACTION", "--reason", " "), REFUSED, "needs a reason"
    )
    yield Command(
        "improvement action", _on("improve note", "ACTION", "--text", ""), REFUSED, "needs a reason"
    )
    yield Command("improvement action", _on("improve plan", "ACTION", *REASON), REFUSED, "say what changes")
    yield Command(
        "improvement action",
        _on("improve plan", "ACTION", *REASON, "--owner", "s-nobody"),
        REFUSED,
        "s-nobody",
    )
    for due, code, says in (
        ("soon", USAGE, "is no time"), ("2026-02-30", USAGE, "is no time"), ("0001-01-01", REFUSED, "has passed"),
        ("9999-12-31T23:59:59-23:59", REFUSED, "five years ahead"), ("2099-12-20", REFUSED, "five years ahead"),
    ):  # fmt: skip
        yield Command("improvement action", _on("improve plan", "ACTION", *REASON, "--due", due), code, says)
        yield Command("improvement action", _on("improve open", *PLAN, "--due", due), code, says)
    moved = ("--figure", "received", "--expected")
    for more, says in (
        (("--title", " "), "needs a title"), (("--title", "x" * 201), "needs a title"),
        (("--what", " "), "say what is to change"), (("--what", "x" * 4_001), "over 4,000 characters"),
        (("--finding", "x" * 301), "over 300 characters"), (("--group", "x" * 201), "over 200 characters"),
        (("--owner", "s-nobody"), "s-nobody"), (("--expected", "-25"), "name the figure"),
        (("--figure", "moon"), "there is no figure"), (("--figure", "received"), "by how much"),
        ((*moved, "0"), "is no change"), ((*moved, "-101"), "is no change"), ((*moved, LONG_NUMBER), "is no change"),
        ((*moved, "-25", "--by", "moon"), "cannot be broken down"), ((*moved, "-25", "--by", "category"), "or neither"),
    ):  # fmt: skip
        yield Command(
            "improvement action", _on("improve open", *PLAN, "--due", "2028-12-20", *more), REFUSED, says
        )
    yield Command(
        "improvement action", _on("improve open", *PLAN, "--expected", "much"), USAGE, "a valid integer"
    )
    for month in ("October", "2026-13", "2026-1", "９999-01", ""):
        yield Command("checks", _on("checks draw", "--month", month), REFUSED, "is no month")
    yield Command("checks", _on("checks draw", "--month", "2098-01"), REFUSED, "is not over")
    yield Command(
        "checks", _on("checks draw", "--month", "2026-01", "--kind", "random"), USAGE, "is not one of"
    )
    yield Command(
        "checks", _on("checks draw", "--month", "2020-01", "--seed", "x" * 41), REFUSED, "40 characters"
    )
    for number in ("0", "-1", "999999", LONG_NUMBER):
        yield Command("checks", ("checks", "record", *OPS, "--", number), REFUSED, "there is no check")
    yield Command("checks", _on("checks record", "abc"), USAGE, "a valid integer")
    yield Command("checks", ("checks", "record", "CHECK"), USAGE, "say who acts")
    yield Command("checks", _on("checks record", "CHECK"), REFUSED, "whether it deviates")
    for required, covered in (("3", "4"), (LONG_NUMBER, "1"), ("1001", "1000")):
        yield Command(
            "checks",
            _on("checks record", "CHECK", "--no-deviation", "--required", required, "--covered", covered),
            REFUSED, "steps cannot be",
        )  # fmt: skip
    yield Command(
        "checks", _on("checks record", "CHECK", "--deviation", "--required", "3", "--covered", "2"), REFUSED,
        "needs a reason",
    )  # fmt: skip
    for month in ("October", "2026-13", "9999-01"):
        yield Command("review", ("review", "--month", month), REFUSED, "is no month")
    yield Command("review", ("review", "--format", "exe"), USAGE, "is not one of")
    yield Command("judgement of declines", _on("work assign", "ITEM", "--handler", "s-han-xue", "--judged", "maybe"),
                  USAGE, "is not one of")  # fmt: skip
    yield Command(
        "judgement of declines",
        _on("work done", "ITEM", "--judged", "misrouted"),
        REFUSED,
        "it takes confirm",
    )
    yield Command("access", ("keys", "code"), USAGE, "say who acts")
    yield Command("access", ("keys", "code", "--as", "nobody"), REFUSED, "there is no person 'nobody'")
    for days in ("0", LONG_NUMBER, "40000"):
        yield Command("access", ("keys", "add", "--role", "ops", "x", "--days", days), USAGE, "--days")


NO_TIMES: tuple[object, ...] = (
    "soon", "2020-02-30", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", 5, None, [], {}, True,
)  # fmt: skip
FILES: dict[str, bytes] = {
    "empty.csv": b"", "names.csv": b"external_id,received_at\n", "utf16.csv": "a,b\n1,2".encode("utf-16"),
    "unpacked.csv.gz": b"external_id\n1\n", "cut.csv.gz": gzip.compress(b"external_id\n" * 1_000)[:40],
    "strange.csv": b"external_id,tierr,closed_at,received_at\n1,x,2020-01-02,2020-01-01\n",
    "broken.jsonl": b'{"external_id": 1\n[1]\nnull\n' + b"[" * 5_000 + b"\n" + b'{"cycles": ' + b"9" * 5_000 + b"}\n",
    "times.jsonl": b"".join(
        json.dumps({"external_id": str(n), "received_at": at, "closed_at": "2020-01-02T00:00:00Z"}).encode() + b"\n"
        for n, at in enumerate(NO_TIMES)
    ),
    "words.jsonl": b'{"external_id": "a\\u0000b", "received_at": "2020-01-01", "closed_at": "2020-01-02"}\n'
                   b'{"external_id": "\\ud83d", "received_at": "2020-01-01", "closed_at": "2020-01-02"}\n',
    "events.jsonl": b'{"a": 1}\n', "events.toml": b'[events]\ncase = "Case"\ntime = "Time"\n',
    "wrong.toml": b"columns = 3\n", "broken.toml": b"[columns\n", "utf16.toml": "x = 1".encode("utf-16"),
}  # fmt: skip
"""What there is to import, and mappings."""


def _importing() -> Iterator[Command]:
    def row(name: str, code: int, says: str, *more: str, found: bool = False) -> Command:
        return Command("import", _on("import", "--file", name, "--source", "x", *more), code, says, found)

    yield row("absent.csv", USAGE, "does not exist")
    yield Command("import", _on("import"), USAGE, "Missing option '--file'")
    yield Command("import", ("import", "--file", "empty.csv"), USAGE, "say who acts")
    yield Command(
        "import", ("import", "--file", "empty.csv", "--as", "s-lin-tao"), REFUSED, "the right operate"
    )
    yield row("empty.csv", REFUSED, "has no column")
    yield row("names.csv", REFUSED, "has no column")
    yield row("utf16.csv", REFUSED, "is not UTF-8 text")
    yield row("unpacked.csv.gz", REFUSED, "is no whole gzip file")
    yield row("cut.csv.gz", REFUSED, "is no whole gzip file")
    yield row("strange.csv", REFUSED, "has no column")
    yield row("broken.jsonl", REFUSED, "line 2: row: holds list", found=True)
    yield row("times.jsonl", REFUSED, "line 2: received_at", found=True)
    yield row("words.jsonl", REFUSED, "line 1: external_id", found=True)
    yield row("events.jsonl", REFUSED, "line 1: row: has no 'Case'", "--mapping", "events.toml", found=True)
    yield row("words.jsonl", REFUSED, "[columns] is no table", "--mapping", "wrong.toml")
    yield row("words.jsonl", REFUSED, "broken.toml", "--mapping", "broken.toml")
    yield row("words.jsonl", REFUSED, "utf16.toml", "--mapping", "utf16.toml")
    yield row("words.jsonl", USAGE, "does not exist", "--mapping", "absent.toml")
    for source in ("", "x" * 31):
        yield Command(
            "import",
            _on("import", "--file", "words.jsonl", "--source", source),
            REFUSED,
            "1 to 30 characters",
        )
