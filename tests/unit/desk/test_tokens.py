"""Links are signed for one page, repeat exactly, and cannot be made up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.tokens import LIFETIMES, PAGES, BadToken, Tokens, over_at
from store.tables import Case

TOKENS = Tokens(b"a secret of thirty-two bytes here", "https://amends.example")
NOW = datetime(2026, 11, 18, tzinfo=UTC)


def case(cycle: int = 1) -> Case:
    return Case(
        id="7d1f", ref="AM-2611-XHM7PV", bundle="b", customer_id="c", channel="app", external_id="x",
        occurred_at=NOW, received_at=NOW, cycle=cycle,
    )  # fmt: skip


@pytest.mark.parametrize("purpose", sorted(PAGES))
def test_a_link_is_the_same_each_time_and_opens_its_page(purpose: str) -> None:
    link = TOKENS.links(case(), purpose)[purpose]
    assert TOKENS.links(case(), purpose) == {purpose: link}
    page, token = link.removeprefix("https://amends.example/").split("/")
    assert TOKENS.read(page, token).ref == "AM-2611-XHM7PV"


def test_surveys_belong_to_a_cycle_and_progress_to_the_case() -> None:
    assert TOKENS.links(case(1), "survey") != TOKENS.links(case(2), "survey")
    assert TOKENS.links(case(1), "track") == TOKENS.links(case(2), "track")


@pytest.mark.parametrize("page", sorted(LIFETIMES))
@pytest.mark.parametrize("other", sorted(LIFETIMES))
def test_a_token_opens_no_other_page(page: str, other: str) -> None:
    token = TOKENS.token(page, "AM-2611-XHM7PV", 1)
    if page == other:
        assert TOKENS.read(other, token).page == page
    else:
        with pytest.raises(BadToken):
            TOKENS.read(other, token)


@given(st.text(max_size=600))
def test_nothing_made_up_is_let_in(token: str) -> None:
    with pytest.raises(BadToken):
        TOKENS.read("t", token)


@given(st.data())
def test_a_token_changed_anywhere_is_refused(data: st.DataObject) -> None:
    token = TOKENS.token("s", "AM-2611-XHM7PV", 2)
    at = data.draw(st.integers(0, len(token) - 2))  # the last character may hold unused bits
    letter = data.draw(st.sampled_from("ABCabc012_-").filter(lambda c: c != token[at]))
    with pytest.raises(BadToken):
        TOKENS.read("s", token[:at] + letter + token[at + 1 :])


def test_another_secret_opens_nothing() -> None:
    other = Tokens(b"another secret of thirty-two byte", "https://amends.example")
    with pytest.raises(BadToken):
        other.read("t", TOKENS.token("t", "AM-2611-XHM7PV", 0))


def test_a_nonce_is_new_each_time_and_belongs_to_one_page() -> None:
    given_one = TOKENS.read("s", TOKENS.token("s", "AM-2611-XHM7PV", 1))
    given_two = TOKENS.read("s", TOKENS.token("s", "AM-2611-XHM7PV", 2))
    nonce = TOKENS.nonce(given_one)
    assert nonce != TOKENS.nonce(given_one)
    assert len(nonce) <= 64
    assert TOKENS.is_genuine(nonce, given_one)
    assert not TOKENS.is_genuine(nonce, given_two)
    assert not TOKENS.is_genuine(nonce[:-1], given_one)
    assert not TOKENS.is_genuine("ünlesbar", given_one)


def test_a_survey_link_outlives_the_survey_by_a_day() -> None:
    assert (over_at("s", NOW) - NOW).days == 8
