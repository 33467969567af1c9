"""`amends definitions migrate`: chosen complaints go on by a newer bundle, once it is clear what that does to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.acting import actor, demand_right
from runtime.cli.installation import opened, say
from runtime.cli.options import AsJson, AsStaff
from runtime.cli.printing import Json, console, local, print_json, table
from runtime.cli.refusals import FoundWrong

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlmodel import Session

    from bpmn.migration import Wishes
    from cases.requests.migrating import Migrate
    from complaints.acting import Actor
    from runtime.wiring import Wiring

HEADINGS = ("what", "number", "where", "what happens")
SHORT_HASH = 12

Pairs = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="OLD=NEW",
        help="The element NEW takes the place of OLD, as in resolve=solve or medium/resolve=solve. Repeatable.",
    ),
]  # fmt: skip
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE",
        help="Value of data that is new, as in medium/rounds=0, note=null or 'way=\"mail\"'. Repeatable.",
    ),
]  # fmt: skip


def migrate(
    refs: Annotated[list[str], typer.Argument(metavar="REF…", help="References of open complaints.")],
    to: Annotated[
        str,
        typer.Option("--to", metavar="HASH", help="Beginning of the bundle's hash. Default: the live one."),
    ] = "",
    pairs: Pairs = None,
    values: Values = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it. Without, only what would happen is shown.")
    ] = False,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Let open complaints go on by another bundle. Shows what happens to each token, timer, clock and work item;
    each complaint moves whole or not at all."""
    from bpmn.migration import Wishes
    from complaints.reference import parse_ref
    from complaints.roles import Right

    wishes = Wishes(dict(map(_pair, pairs or ())), dict(map(_pair, values or ())))
    wiring = opened()
    who = actor(wiring, as_staff)
    demand_right(who, Right.OPERATE)
    target = _bundle(wiring, to)
    named = list(dict.fromkeys(map(parse_ref, refs)))
    answers = [_answer(wiring, ref, who, target, wishes, yes) for ref in named]
    if as_json:
        print_json({"to": target, "complaints": answers})
    else:
        for answer in answers:
            _tell(answer, wiring.settings.zone)
        if not yes and any(answer.get("sound") for answer in answers):
            say("nothing was changed: --yes does it")
    if not all(answer.get("sound") for answer in answers):
        raise FoundWrong


def _pair(text: str) -> tuple[str, str]:
    before, sign, after = text.partition("=")
    if not (sign and before.strip() and after.strip()):
        raise typer.BadParameter(f"{text!r} is no pair: write OLD=NEW")
    return before.strip(), after.strip()


def _bundle(wiring: Wiring, beginning: str) -> str:
    """The whole hash of the one bundle meant; `NoSuchBundle` otherwise."""
    from cases.shelf import NoSuchBundle
    from store.queries.bundles import named

    with wiring.database.read() as session:
        if not beginning:
            return wiring.casework.shelf.live(session)
        found = named(session, beginning.lower())
    if len(found) != 1:
        what = "several bundles begin" if found else "no published bundle begins"
        raise NoSuchBundle(f"{what} with {beginning!r}: `amends definitions show --json` lists them")
    return found[0]


def _answer(wiring: Wiring, ref: str, who: Actor, target: str, wishes: Wishes, yes: bool) -> Json:
    """Look, or do it in one transaction: the view of it, with `moved`; or why it is `refused`."""
    from cases.requests.migrating import CannotMigrate
    from cases.view.migration import migration_view
    from complaints.errors import Refusal
    from store.seams import Change

    casework = wiring.casework
    try:
        if not yes:
            return _look(wiring, ref, who, target, wishes)
        with wiring.database.write(Change.STEP) as session:
            case = casework.find(session, ref, lock=True)
            done = casework.step_in(session, case, _request(wiring, session, who, target, wishes))
            assert done is not None, "the request answers"
            return {**migration_view(done, target), "moved": True}
    except CannotMigrate:
        return _look(wiring, ref, who, target, wishes)
    except Refusal as refused:
        return {"ref": ref, "sound": False, "moved": False, "refused": refused.message}


def _look(wiring: Wiring, ref: str, who: Actor, target: str, wishes: Wishes) -> Json:
    from cases.view.migration import migration_view

    with wiring.casework.reading(ref) as file:
        request = _request(wiring, file.session, who, target, wishes)
        return {
            **migration_view(request.outlook(file, wiring.casework.passage(file)), target),
            "moved": False,
        }


def _request(wiring: Wiring, session: Session, who: Actor, target: str, wishes: Wishes) -> Migrate:
    from cases.requests.migrating import Migrate

    return Migrate(who, target, wiring.casework.shelf.definitions(session, target), wishes)


def _tell(answer: Json, zone: ZoneInfo) -> None:
    """One complaint: a line, and a table of everything of it that is open."""
    if "refused" in answer:
        say(f"amends: {answer['refused']}")
        return
    how = "goes on there now" if answer["moved"] else "can move" if answer["sound"] else "cannot move"
    print(f"{answer['ref']}, {answer['from'][:SHORT_HASH]} → {answer['to'][:SHORT_HASH]}: {how}")
    console().print(table(HEADINGS, _rows(answer, zone), folded="what happens"))
    for one in answer["hindrances"]:
        place = "/".join(filter(None, (one["process"], one["element"])))
        near = f"; did you mean {one['near']!r}?" if one["near"] else ""
        say(f"amends: {answer['ref']}: {place + ': ' if place else ''}{one['reason']}{near}")


def _rows(answer: Json, zone: ZoneInfo) -> Iterator[tuple[object, ...]]:
    for one in answer["tokens"]:
        where = f"{one['process']}/{one['element']}" if one["element"] else one["process"]
        goes = f"goes on as {one['becomes']}" if one["becomes"] != one["element"] else "stays"
        yield "token", one["activation"], where, "; ".join([goes, *one["notes"]])
    for one in answer["timers"]:
        level = f" ({one['clock']}, {one['level']})" if one["clock"] else ""
        yield (
            "timer",
            one["activation"],
            one["element"],
            f"{one['how']}, due {local(one['due_at'], zone)}{level}",
        )
    for one in answer["clocks"]:
        name = f"{one['name']} of {one['key']}" if one["key"] else one["name"]
        due = "started" if one["how"] == "started" else f"kept, due {local(one['due_at'], zone)}"
        yield "clock", None, name, due if one["due_at"] or one["how"] == "started" else "kept, stands still"
    for one in answer["items"]:
        before, after = ", ".join(one["actions"]), ", ".join(one["becomes"])
        asked = f"asked to {after}" if before == after else f"asked to {before} → {after}"
        yield "item", one["id"], f"{one['kind']}, {one['assignee'] or 'nobody'}", asked
