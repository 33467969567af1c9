"""Where the real data and the conformance models lie: beside the checkout, never inside it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(*parts: str) -> Path:
    """The path below `../shared`; the calling test is skipped, with the reason, where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real data not beside this checkout: ../shared/{'/'.join(parts)}")
    return path
