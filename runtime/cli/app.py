"""The command line put together: one module a noun, in the order in which `amends --help` shows them."""

from __future__ import annotations

import typer

from runtime.cli import (
    checks,
    clock,
    complaints,
    copies,
    definitions,
    direction,
    importing,
    improvements,
    integrity,
    keys,
    looking,
    privacy,
    processes,
    review,
    submit,
    survey,
    work,
)
from runtime.cli.refusals import RefusingGroup

app = typer.Typer(
    name="amends",
    help="Customer complaints as BPMN processes on Prefect.",
    cls=RefusingGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

NOUNS = (
    processes, looking, submit, complaints, work, direction, survey, review, improvements, checks, clock, definitions,
    importing, keys, integrity, copies, privacy,
)  # fmt: skip
"""A module joins the command line by its `app`."""

for noun in NOUNS:
    app.add_typer(noun.app)
