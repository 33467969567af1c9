"""`amends status` and `amends doctor`."""

from __future__ import annotations

import typer

from runtime.cli.installation import installation, missing_store, say
from runtime.cli.options import AsJson
from runtime.cli.printing import Json, print_json, shown
from runtime.cli.refusals import FoundWrong

app = typer.Typer()


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show how the whole stands. The exit code is 0 however it stands: `doctor` judges."""
    from runtime.status import status as facts_of

    wiring = installation()
    facts = facts_of(wiring, store_exists=missing_store(wiring.settings) is None)
    if as_json:
        print_json(facts)
        return
    print("ready" if facts["ready"] else "not ready")
    for part in ("store", "clock", "web", "worker", "prefect", "cases"):
        print(f"  {part:8} {_told(facts[part])}")


def _told(part: Json) -> str:
    return " · ".join(
        f"{name.replace('_', ' ')} {_value(value)}"
        for name, value in part.items()
        if value not in (None, [], {})
    )


def _value(value: object) -> str:
    match value:
        case dict():
            return " ".join(f"{name} {shown(one)}" for name, one in value.items())
        case list():
            return ", ".join(
                str(one.get("name", one)) if isinstance(one, dict) else shown(one) for one in value
            )
    return shown(value)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look everything over; name what is wrong and what mends it."""
    from runtime.doctor import examine

    wrong = 0
    found: list[Json] = []
    for one in examine(installation, store_exists=lambda wiring: missing_store(wiring.settings) is None):
        wrong += one.fine is False
        if as_json:
            found.append({"check": one.check, "ok": one.fine, "found": one.found, "cure": one.cure or None})
            continue
        mark = {True: "ok   ", False: "WRONG", None: "-    "}[one.fine]
        print(f"{mark} {one.check}: {one.found}")
        if one.cure:
            print(f"      → {one.cure}")
    if as_json:
        print_json({"well": not wrong, "checks": found})
    if wrong:
        say(f"amends: {wrong} thing{'s' if wrong > 1 else ''} wrong")
        raise FoundWrong
