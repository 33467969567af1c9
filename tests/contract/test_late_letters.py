"""Letters that a downtime made late, taken by a sender: those that nobody asked for go one a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from store.database import Database
from store.outbox import begin, delivered, take
from tests.contract.rows import NOON, a_case, a_letter


def sent(database: Database, at: datetime) -> list[str]:
    """What a sender that comes at `at` takes and delivers."""
    with database.write() as session:
        taken = take(session, process_now=at, machine_now=at, lease=timedelta(minutes=3), limit=10)
        for letter in taken:
            begin(session, letter)
            assert delivered(session, letter, process_now=at)
    return [letter.key for letter in taken]


def test_two_unasked_letters_that_a_downtime_made_late_go_on_two_days(database: Database) -> None:
    with database.write() as session:
        case = a_case(session)
        for key, kind in (("plan", "progress"), ("reminder", "reminder"), ("answer", "answer")):
            a_letter(session, case, key, kind=kind).unasked = kind != "answer"
    assert sent(database, NOON + timedelta(hours=2)) == ["plan", "answer"]
    morning = NOON + timedelta(hours=20)  # eight where the customer is
    assert sent(database, morning - timedelta(seconds=1)) == []
    assert sent(database, morning) == ["reminder"]


def test_a_letter_of_another_complaint_takes_no_day(database: Database) -> None:
    with database.write() as session:
        for number in (1, 2):
            case = a_case(session, ref=f"AM-2611-00000{number}")
            a_letter(session, case, f"plan {number}").unasked = True
    assert sent(database, NOON) == ["plan 1", "plan 2"]
