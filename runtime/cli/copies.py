"""`amends backup` and `amends restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.installation import installation, opened, say
from runtime.cli.options import AsJson
from runtime.cli.printing import print_json

if TYPE_CHECKING:
    from runtime.copies.restoring import Restored

app = typer.Typer()


@app.command()
def backup(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Where to. Default: a new file in `backups/` of the home."),
    ] = None,
    without_secrets: Annotated[
        bool,
        typer.Option(
            "--without-secrets", help="Leave the secrets out; a restore then needs them in place first."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy store, mailbox, list of erasures and secrets into one file, while everything runs."""
    from runtime.copies.making import back_up

    made = back_up(opened(), file, secrets=not without_secrets)
    held = [name for name, where in made.manifest.secrets.items() if where == "file"]
    if as_json:
        print_json({
            "file": str(made.path), "bytes": made.bytes, "revision": made.manifest.revision,
            "kind": made.manifest.kind, "counts": dict(made.manifest.counts), "letters": made.letters,
            "secrets": dict(made.manifest.secrets),
        })  # fmt: skip
    else:
        print(
            f"{made.path}: {made.manifest.counts['cases']} complaints, {made.letters} letters, "
            f"{made.bytes:,} bytes"
        )
    if held:
        say(
            f"the file holds customers' words and the secrets ({', '.join(held)}): keep it where nobody reads it"
        )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the store that is here; its files are moved aside.")
    ] = False,
    erased: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="A further `erasures.jsonl`, of a home that was lost; may be repeated."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup back, and erase again whoever was erased since. Stop Amends first."""
    from runtime.copies.restoring import restore as put_back

    done = put_back(installation(), file, replace=replace, lists=erased or ())
    if as_json:
        print_json({
            "made_at": done.manifest.made_at, "revision": done.manifest.revision, "complaints": done.complaints,
            "letters": done.letters, "erased_again": done.erased_again, "erasures_waiting": done.waiting,
            "moved_aside": str(done.aside) if done.aside else None,
        })  # fmt: skip
        return
    _tell(done)


def _tell(done: Restored) -> None:
    print(f"restored as of {done.manifest.made_at}: {done.complaints} complaints, {done.letters} letters")
    if done.erased_again:
        print(f"erased again: {done.erased_again} customers whose erasure is younger than the backup")
    if done.waiting:
        print(f"{done.waiting} erasures wait for a complaint to end; the clock carries them out")
    if done.aside is not None:
        print(f"what was here is in {done.aside}: it holds customers' words; delete it when you are sure")
    print("next: `amends verify`, then `amends up`, then `amends recover`, which makes the Prefect runs anew")
