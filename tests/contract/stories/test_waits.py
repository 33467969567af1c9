"""What a case is said to wait for: names, not keys, in the language of the installation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from process_definitions.catalogue import Catalogue
from tests.contract.casework import Built
from tests.contract.stories.conftest import File


def speaking(house: Built, language: str) -> None:
    books = house.casework.books
    assert isinstance(books, Catalogue)
    house.casework.books = replace(books, language=language)


@pytest.mark.parametrize(
    ("language", "offered", "assigned"),
    [
        ("en", "returns to confirm", "coordinator to act: assign a handler"),
        ("zh", "等待售后部确认接单", "等待派单协调办理：指定处理人"),
    ],
)
def test_departments_duties_and_work_are_named(
    house: Built, file: File, language: str, offered: str, assigned: str
) -> None:
    speaking(house, language)
    story = file("medium")
    department = house.casework.books.name("department", str(story.case.department), language)
    assert story.case.waiting == [
        offered.replace("returns", department.lower()).replace("售后部", department)
    ]
    story.act("decline", reason="不属于我们的范围")
    story.act("decline", reason="也不属于我们")
    assert story.case.waiting == [assigned]


def test_every_wait_is_said_in_both_languages(house: Built) -> None:
    with house.casework.database.read() as session:
        processes = house.casework.shelf.definitions(session, house.casework.shelf.live(session)).processes
    silent = [
        element.id for process in processes.values() for element in process.elements.values()
        if element.waits is not None and "zh" not in element.waits_in
    ]  # fmt: skip
    assert silent == []
