"""`amends definitions`: check, publish, list, migrate to and draw the process definitions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.installation import installation, opened, say
from runtime.cli.migrating import migrate
from runtime.cli.options import AsJson, Language
from runtime.cli.printing import Json, console, print_json, table
from runtime.cli.refusals import FoundWrong

app = typer.Typer()
definitions = typer.Typer(
    no_args_is_help=True, help="Process definitions: check, publish, list, migrate, draw."
)
app.add_typer(definitions, name="definitions")

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="FOLDER", help="Folder of the definitions. Default: the shipped ones."),
]
SHORT_HASH = 12


@definitions.command()
def lint(folder: Folder = None, as_json: AsJson = False) -> None:
    """Check drawings, tables and content; every finding with file, line and element."""
    from bpmn.findings import Refused
    from process_definitions.catalogue import CONTENT, load_catalogue
    from process_definitions.loader import FOLDER, load_bundle
    from process_definitions.sheet import CatalogueError

    place = folder or FOLDER
    findings: list[str] = []
    told = ""
    content = [name for name in CONTENT if (place / name).exists()]
    if any(place.glob("*.bpmn")) or not content:
        try:
            bundle = load_bundle(place)
            processes, tables = len(bundle.definitions.processes), len(bundle.definitions.decisions)
            told = f"{processes} processes and {tables} tables are sound: {bundle.hash[:SHORT_HASH]}"
        except Refused as refused:
            findings += map(str, refused.findings)
    else:
        told = f"{', '.join(content)} can be used"
    if content:
        try:
            load_catalogue(place)
        except CatalogueError as error:
            findings.append(error.message)
    if as_json:
        print_json({"sound": not findings, "findings": findings})
    elif not findings:
        print(told)
    if findings:
        if not as_json:
            print("\n".join(findings))
        say(f"amends: {len(findings)} finding{'s' if len(findings) > 1 else ''} in {place}")
        raise FoundWrong


@definitions.command()
def deploy(folder: Folder = None, as_json: AsJson = False) -> None:
    """Publish definitions: new complaints start on them, running ones stay on theirs. Safe to repeat."""
    from process_definitions.loader import load_bundle
    from runtime.publishing import publish
    from store.schema import migrate as migrate_store

    bundle = load_bundle(folder)
    wiring = installation()
    migrate_store(wiring.database)
    known = publish(wiring, bundle)
    if as_json:
        print_json({"hash": bundle.hash, "published": not known})
    else:
        print(f"{bundle.hash[:SHORT_HASH]} {'was live already' if known else 'is live now'}")


@definitions.command()
def show(as_json: AsJson = False) -> None:
    """Show what is published, and how many open complaints run on which bundle."""
    from store.queries.bundles import published

    wiring = opened()
    with wiring.database.read() as session:
        live = wiring.casework.shelf.live(session)
        found = wiring.casework.shelf.definitions(session, live)
        bundles: list[Json] = [
            {
                "hash": row.hash, "live": row.hash == live, "published_at": row.published_at.isoformat(),
                "open_complaints": running,
            }
            for row, running in published(session)
        ]  # fmt: skip
    facts: Json = {
        "live": live,
        "processes": sorted(found.processes),
        "tables": sorted(found.decisions),
        "bundles": bundles,
    }
    if as_json:
        print_json(facts)
        return
    print(f"live       {live[:SHORT_HASH]}")
    print(f"processes  {', '.join(facts['processes'])}")
    print(f"tables     {', '.join(facts['tables'])}\n")
    rows = [(b["hash"][:SHORT_HASH], b["live"], b["published_at"], b["open_complaints"]) for b in bundles]
    console().print(table(("bundle", "live", "published", "open complaints"), rows))


definitions.command()(migrate)


@definitions.command()
def diagram(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key of the process, as in complaint or medium.")],
    ref: Annotated[str | None, typer.Option("--ref", help="Show where this complaint is and was.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here. Default: print.")
    ] = None,
    language: Language = "en",
) -> None:
    """Draw a process as SVG; with --ref, in the version the complaint runs on."""
    from runtime.cli.picture import picture, picture_of

    drawn = picture(key, language) if ref is None else picture_of(opened(), key, ref, language)
    if out is None:
        print(drawn)
    else:
        out.write_text(drawn, encoding="utf-8")
        say(f"written to {out}")
