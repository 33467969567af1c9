"""The command line `amends`. `main` is the console script; `python -m runtime.cli` is the same."""

from __future__ import annotations

import sys

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


def main() -> None:
    """Run one command and exit: 0 done, 1 refused or found wrong, 2 wrong usage, 130 interrupted."""
    try:
        from runtime.cli.app import app

        app(prog_name="amends")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
