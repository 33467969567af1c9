"""What a backup or a restore that was killed left behind: copies of customers' words under no name."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from runtime.copies.making import FOLDER, STAGED
from runtime.copies.restoring import UNPACKED


def sweep_copies(home: Path, before: datetime) -> int:
    """Take away drafts and staging folders last changed before that moment (machine time); how many.

    Only those of the home: a backup into another folder is looked after by whoever named it.
    """
    left = [
        path
        for path in (
            *home.glob(f"{UNPACKED}*"), *(home / FOLDER).glob(f"{STAGED}*"), *(home / FOLDER).glob(".*.part"),
        )
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    ]  # fmt: skip
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return len(left)
