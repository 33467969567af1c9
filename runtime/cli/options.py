"""Options and arguments that several commands share, each with one name and one meaning."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, shaped as in the API.")]
AsStaff = Annotated[
    str | None,
    typer.Option("--as", metavar="STAFF", help="Staff id that acts. Default: AMENDS_USER."),
]
Ref = Annotated[str, typer.Argument(metavar="REF", help="Reference of the complaint.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a few words.")]
Language = Annotated[Literal["en", "zh"], typer.Option("--language", help="Language of names and reasons.")]

Tier = Literal["light", "medium", "severe"]
Urgency = Literal["low", "normal", "urgent"]
Impact = Literal["none", "single", "high", "batch"]
Status = Literal[
    "received", "handling", "waiting_customer", "fulfilling", "surveying", "reviewing", "closed", "withdrawn",
    "merged", "void",
]  # fmt: skip
