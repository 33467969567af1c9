"""`docs/commands.md`, written from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

from runtime.cli.app import app

HEAD = """\
# Commands

Written from `runtime/cli/`; do not edit by hand.

Every reading command takes `--json` and prints what the API answers. Acting commands need somebody who acts,
`--as STAFF` or `AMENDS_USER`; what the person may do is judged as over HTTP. Results go to the output, remarks
and refusals to the error output.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | refused, or found wrong; one clear line on the error output |
| 2 | wrong usage |
| 130 | interrupted by Ctrl-C |
"""


def page() -> str:
    """The whole page. Write it with `python -m runtime.cli.page > docs/commands.md`."""
    return "\n".join([HEAD, *_sections(get_command(app), "amends")])


def commands() -> Iterator[str]:
    """Every command as it is typed, `amends work confirm`; groups that do something by themselves too."""
    for path, _ in _walk(get_command(app), "amends"):
        yield path


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, inner in getattr(command, "commands", {}).items():
        if inner.hidden:
            continue
        if not getattr(inner, "commands", None) or inner.invoke_without_command:
            yield f"{path} {name}", inner
        yield from _walk(inner, f"{path} {name}")


def _sections(root: Any, path: str) -> Iterator[str]:
    for name, command in _walk(root, path):
        context = typer.Context(command)
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        usage = " ".join([name, *map(_argument, arguments)])
        yield f"## `{usage}`\n\n{_sentence(command.help)}\n"
        rows = [f"| `{_argument(a)}` | {_cell(a.help)} |" for a in arguments if a.help]
        rows += [
            f"| `{_option(o, context)}` | {_cell(o.help)}{' Required.' if o.required else ''} |"
            for o in options
        ]
        if rows:
            yield "\n".join(["| option | what it is |", "|---|---|", *rows, ""])


def _argument(argument: Any) -> str:
    name = str(argument.metavar or argument.name.upper()).strip("[]")
    return name if argument.required else f"[{name}]"


def _option(option: Any, context: typer.Context) -> str:
    if option.is_flag:
        return str(option.opts[0])
    shown = option.metavar or option.display_type(context).strip("<>")
    plain = {"str": "TEXT", "int": "N", "int range": "N", "path": "FILE"}
    return _cell(f"{option.opts[0]} {plain.get(shown, shown)}")


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())


def _cell(text: str | None) -> str:
    """Bars would end the cell."""
    return _sentence(text).replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")
