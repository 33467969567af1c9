"""Content of an installation's own stands in the place of the shipped one; what it does not hold is the shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from process_definitions.catalogue import load_catalogue
from process_definitions.loader import FOLDER
from process_definitions.sheet import CatalogueError


def test_an_own_organisation_replaces_the_shipped_one_and_nothing_else(tmp_path: Path) -> None:
    text = (FOLDER / "organisation.toml").read_text("utf-8")
    (tmp_path / "organisation.toml").write_text(text.replace('"Sun Yue"', '"Sun Jing"'), "utf-8")
    own, shipped = load_catalogue(tmp_path), load_catalogue()
    assert own.profile("s-sun-yue").name_en == "Sun Jing"
    assert shipped.profile("s-sun-yue").name_en == "Sun Yue"
    assert [s.key for s in own.solutions] == [s.key for s in shipped.solutions]
    assert (own.channels, own.names) == (shipped.channels, shipped.names)


def test_own_names_sign_the_letters(tmp_path: Path) -> None:
    text = (FOLDER / "names.toml").read_text("utf-8")
    firm = load_catalogue().names["word"]["firm"]["en"]
    (tmp_path / "names.toml").write_text(text.replace(firm, "Sparrow & Sons"), "utf-8")
    assert load_catalogue(tmp_path).names["word"]["firm"]["en"] == "Sparrow & Sons"


def test_a_folder_that_would_change_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="there is no folder"):
        load_catalogue(tmp_path / "absent")
    with pytest.raises(
        CatalogueError, match=r"holds none of organisation.toml, .*copy what you want to change"
    ):
        load_catalogue(tmp_path)
    (tmp_path / "organization.toml").write_text("", "utf-8")
    with pytest.raises(
        CatalogueError, match=r"organization.toml is no content.*did you mean 'organisation.toml'"
    ):
        load_catalogue(tmp_path)


def test_a_whole_copy_of_the_definitions_can_be_used() -> None:
    assert load_catalogue(FOLDER).names == load_catalogue().names
