"""The command line: what is typed wrong, the exit code, and what the one line on the error output says."""

from __future__ import annotations

from dataclasses import dataclass

REASON = ("--reason", "客户来电")
OPS = ("--as", "s-ye-qing")
REFUSED, USAGE = 1, 2


@dataclass(frozen=True, slots=True)
class Command:
    """`words` after `amends`; REF and ITEM stand for an open complaint and its offered work item, FAULTY and
    FAULTY-ITEM for one that is at fault."""

    group: str
    words: tuple[str, ...]
    code: int
    says: str

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
        Command("commands", ("frobnicate",), USAGE, "No such command 'frobnicate'"),
    ]  # fmt: skip
    return tuple(rows)
