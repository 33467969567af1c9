"""References: one for each number, and a slip of the pen is found and put right."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from complaints.errors import NaiveTime
from complaints.reference import NUMBERS, MistypedReference, make_ref, parse_ref

RECEIVED = datetime(2026, 11, 20, tzinfo=UTC)
REFS = st.integers(0, NUMBERS - 1).map(lambda number: make_ref(RECEIVED, number))
CHARACTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_reference_names_its_month_and_reads_back() -> None:
    ref = make_ref(RECEIVED, 7)
    assert ref.startswith("AM-2611-")
    assert len(ref) == 14
    assert parse_ref(ref) == ref


def test_no_number_gives_the_reference_of_another() -> None:
    assert len({make_ref(RECEIVED, number) for number in range(0, NUMBERS, 997)}) == len(
        range(0, NUMBERS, 997)
    )


@given(st.integers(0, NUMBERS - 2))
def test_neighbours_differ_in_more_than_a_slip(number: int) -> None:
    pairs = zip(make_ref(RECEIVED, number), make_ref(RECEIVED, number + 1), strict=True)
    assert sum(here != there for here, there in pairs) >= 3


@given(REFS, st.integers(3, 13), st.sampled_from(CHARACTERS))
def test_every_wrong_character_is_found(ref: str, place: int, character: str) -> None:
    assume(ref[place] not in ("-", character))
    with pytest.raises(MistypedReference):
        parse_ref(ref[:place] + character + ref[place + 1 :])


@given(REFS, st.integers(8, 12))
def test_two_swapped_characters_are_found_and_put_right(ref: str, place: int) -> None:
    assume(ref[place] != ref[place + 1])
    swapped = ref[:place] + ref[place + 1] + ref[place] + ref[place + 2 :]
    with pytest.raises(MistypedReference) as refused:
        parse_ref(swapped)
    assert ref in refused.value.suggestions


@pytest.mark.parametrize(("meant", "typed"), ["8B", "B8", "5S", "S5", "2Z", "0D", "VY", "MN"])
def test_a_lookalike_is_put_right(meant: str, typed: str) -> None:
    ref = next(ref for ref in (make_ref(RECEIVED, number) for number in range(999)) if meant in ref[8:])
    place = ref.index(meant, 8)
    with pytest.raises(MistypedReference, match="did you mean") as refused:
        parse_ref(ref[:place] + typed + ref[place + 1 :])
    assert ref in refused.value.suggestions


@given(REFS)
def test_how_people_write_it_does_not_matter(ref: str) -> None:
    assert parse_ref(ref.lower()) == ref
    assert parse_ref(f" {ref.replace('-', ' ')} ") == ref
    assert parse_ref(ref.removeprefix("AM-")) == ref
    assert parse_ref(ref.replace("-", "－").replace("AM", "ＡＭ")) == ref
    assert parse_ref(ref[:3] + ref[3:].replace("0", "o").replace("1", "l")) == ref


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "10 characters, not 0"),
        ("AM-2611-7K3Q", "10 characters, not 8"),
        ("AM-2613-7K3QPX", "no year and month"),
        ("AM-2611-7K3QPU", "holds 'U'"),
        ("投诉", "no reference does"),
    ],
)
def test_what_is_no_reference_is_refused_with_its_cause(text: str, cause: str) -> None:
    with pytest.raises(MistypedReference, match=cause):
        parse_ref(text)


def test_numbers_and_times_outside_are_refused() -> None:
    with pytest.raises(ValueError, match="no more references"):
        make_ref(RECEIVED, NUMBERS)
    with pytest.raises(NaiveTime):
        make_ref(datetime(2026, 11, 20), 1)
