"""The page of bad input says what the table tries."""

from __future__ import annotations

from pathlib import Path

from tests.contract.bad_input.page import page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_bad_input_is_the_table() -> None:
    written = (ROOT / "docs" / "bad-input.md").read_text(encoding="utf-8")
    assert written == page(), (
        "write it again: .venv/bin/python -m tests.contract.bad_input.page > docs/bad-input.md"
    )
