"""`amends keys`: who may come in. A secret is printed once, when it is given out."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

import typer

from runtime.cli.acting import actor
from runtime.cli.installation import installation, opened, say
from runtime.cli.options import AsJson, AsStaff
from runtime.cli.printing import console, local, print_json, table

app = typer.Typer()
keys = typer.Typer(no_args_is_help=True, help="Keys of channels, people and machines.")
app.add_typer(keys, name="keys")

RoleName = Literal["agent", "specialist", "head", "ops", "auditor", "admin"]


@keys.command()
def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A channel; with --role, a person or a machine.")
    ],
    role: Annotated[RoleName | None, typer.Option(help="Make an API key with this role instead.")] = None,
    staff: Annotated[
        str | None,
        typer.Option(metavar="STAFF", help="Who the API key acts as. Default: NAME, if on the staff."),
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="How long the API key lives. Default: for ever.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give out a key: a hook key of a channel, or an API key with a role. The secret is on the output."""
    from complaints.roles import Role
    from intake.errors import UnknownChannel
    from store.schema import migrate

    wiring = installation()
    migrate(wiring.database)
    organisation = wiring.catalogue.organisation
    if role is None:
        if staff is not None or days is not None:
            raise typer.BadParameter(
                "--staff and --days are for API keys: say which --role", param_hint="--role"
            )
        if name not in wiring.catalogue.channels:
            raise UnknownChannel(name, wiring.catalogue.channels)
        given = wiring.access.add_hook_key(name)
    else:
        acts_as = organisation.person(staff).id if staff else name if name in organisation.people else None
        lives = timedelta(days=days) if days is not None else None
        given = wiring.access.add_role_key(Role(role), name, staff=acts_as, lives=lives)
    _give(given.id, given.name, given.secret, as_json)


@keys.command()
def rotate(channel: Annotated[str, typer.Argument(metavar="CHANNEL")], as_json: AsJson = False) -> None:
    """Give a channel a new key; the newest old one lives on for a week."""
    given = opened().access.rotate(channel)
    _give(given.id, given.name, given.secret, as_json)


@keys.command()
def code(as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Give out a personal action code for one run of a form in Prefect; it lives for a quarter of an hour."""
    wiring = opened()
    given = wiring.codes.give(actor(wiring, as_staff))
    if as_json:
        print_json({"code": given.code, "expires_at": given.expires_at.isoformat()})
        return
    print(given.code)
    say(f"for one run of a form, until {local(given.expires_at.isoformat(), wiring.settings.zone)}")


@keys.command()
def end(key_id: Annotated[str, typer.Argument(metavar="ID", help="As `amends keys list` shows it.")]) -> None:
    """End a key now."""
    opened().access.end(key_id)
    print(f"key {key_id} opens nothing any more")


@keys.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List every key ever given out, without the secrets."""
    wiring = opened()
    found = wiring.access.listed()
    if as_json:
        print_json([
            {
                "id": key.id, "purpose": key.purpose, "name": key.name, "role": key.role, "staff": key.staff,
                "created_at": key.created_at.isoformat(),
                "expires_at": key.expires_at.isoformat() if key.expires_at else None, "alive": key.alive,
            }
            for key in found
        ])  # fmt: skip
        return
    zone = wiring.settings.zone
    rows = [
        (
            key.id, key.purpose, key.name, key.role, key.staff, local(key.created_at.isoformat(), zone),
            local(key.expires_at.isoformat(), zone) if key.expires_at else "never", key.alive,
        )
        for key in found
    ]  # fmt: skip
    headings = ("id", "for", "name", "role", "acts as", "given out", "ends", "alive")
    console().print(table(headings, rows) if rows else "no keys")


def _give(key_id: str, name: str, secret: str, as_json: bool) -> None:
    if as_json:
        print_json({"id": key_id, "name": name, "secret": secret})
        return
    print(secret)
    say(f"key {key_id} of {name}: keep the secret now, it is not shown again")
