"""The tests that findings rest on give the published values, and are silent where they should be."""

from __future__ import annotations

from math import comb, exp, factorial, fsum
from random import Random

import pytest

from complaints.review.cycles import Turn, put_right
from complaints.review.finding import Group, Sure, above_the_rest, slower_than_half
from complaints.review.issues import Course, growing, large, matters, next_month, vital_few
from complaints.review.statistics import at_least, discoveries, expected, fisher, sign_test, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe 1998, table I, method 3: 81/263, 15/148, 0/20, 1/29
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_the_published_intervals(
    successes: int, trials: int, low: float, high: float
) -> None:
    found = wilson(successes, trials)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_fisher_agrees_with_the_lady_tasting_tea() -> None:
    assert fisher(4, 4, 0, 4) == pytest.approx(1 / 70)
    assert fisher(3, 4, 1, 4) == pytest.approx(17 / 70)
    assert fisher(0, 4, 4, 4) == pytest.approx(1.0)


def test_the_sign_test_is_the_tail_of_a_fair_coin() -> None:
    assert sign_test(10, 10) == pytest.approx(1 / 1024)
    assert sign_test(9, 10) == pytest.approx(11 / 1024)
    assert sign_test(0, 10) == pytest.approx(1.0)


def test_tails_are_those_of_whole_numbers() -> None:
    """On both sides of the middle, and far out, where a sum of logarithms loses digits."""
    for trials, others, successes in ((12, 30, 9), (40, 5, 11), (90, 400, 60), (300, 300, 310)):
        ways = comb(trials + others, successes)
        for inside in range(max(0, successes - others), min(trials, successes) + 1):
            tail = range(inside, min(trials, successes) + 1)
            exact = sum(comb(trials, k) * comb(others, successes - k) for k in tail) / ways
            assert fisher(inside, trials, successes - inside, others) == pytest.approx(exact, rel=1e-9)
        for above in range(trials + 1):
            exact = sum(comb(trials, k) for k in range(above, trials + 1)) / 2**trials
            assert sign_test(above, trials) == pytest.approx(exact, rel=1e-9)


def test_tails_of_counts_beyond_the_middle_and_before_it() -> None:
    for count in range(1, 60):
        exact = 1 - fsum(exp(-20) * 20**k / factorial(k) for k in range(count))
        assert at_least(count, 20.0, 20.0) == pytest.approx(exact, abs=1e-12)
        # Negative binomial of size 2, mean 20: P(X = k) = (k + 1) (1/11)^2 (10/11)^k
        exact = 1 - fsum((k + 1) / 121 * (10 / 11) ** k for k in range(count))
        assert at_least(count, 20.0, 220.0) == pytest.approx(exact, abs=1e-12)


def test_tails_of_counts() -> None:
    assert at_least(1, 2.0, 2.0) == pytest.approx(1 - exp(-2))
    # Negative binomial of size 1 is geometric: mean 1, variance 2, P(X >= k) = 1/2^k
    assert at_least(5, 1.0, 2.0) == pytest.approx(1 / 32)
    assert at_least(0, 3.0, 3.0) == 1.0
    assert at_least(1, 0.0, 0.0) == 0.0


def test_false_discoveries_follow_benjamini_and_hochberg() -> None:
    # Their own example of 1995: 15 comparisons, the first four are told at 5 %.
    chances = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
        0.7590, 1.0,
    ]  # fmt: skip
    assert discoveries(chances) == [True] * 4 + [False] * 11
    assert discoveries([]) == []


def test_an_even_rate_is_carried_on_by_the_day() -> None:
    even = expected([280, 310, 300], [28, 31, 30], 31)
    assert even.mean == pytest.approx(310)
    assert even.variance == pytest.approx(310 * (1 + 31 / 89))
    # t for 2 degrees of freedom
    assert even.high - even.mean == pytest.approx(4.303 * even.variance**0.5)


def poisson(chance: Random, mean: float) -> int:
    """Events of rate one in a span of `mean`."""
    count, at = 0, chance.expovariate(1)
    while at < mean:
        count, at = count + 1, at + chance.expovariate(1)
    return count


@pytest.mark.parametrize("spread", [0.0, 0.25])
def test_the_interval_holds_what_comes_next_about_nineteen_times_in_twenty(spread: float) -> None:
    """Also where months differ more than chance alone makes them."""
    chance, held, rounds = Random(7), 0, 400
    for _ in range(rounds):
        counts = [poisson(chance, 60 * max(0.1, chance.gauss(1, spread))) for _ in range(8)]
        e = expected(counts[:7], [30.0] * 7, 30.0)
        held += e.low <= counts[7] <= e.high
    assert 0.92 <= held / rounds <= 0.995


# --- findings


def test_a_group_is_told_when_it_stands_out_and_not_when_it_is_small() -> None:
    groups = [Group("a", 30, 60), Group("b", 10, 100), Group("c", 7, 7), Group("d", 11, 100)]
    found = above_the_rest("weak_declined", groups)
    assert [f.key for f in found] == ["a"]
    assert found[0].sure is Sure.VERY_LIKELY
    assert float(found[0].numbers["low"]) < 0.5 < float(found[0].numbers["high"])
    assert above_the_rest("x", [Group("only", 20, 20)]) == []


def test_below_the_rest_mirrors_it() -> None:
    groups = [Group("a", 10, 100), Group("b", 60, 100)]
    assert [f.key for f in above_the_rest("solution_fails", groups, below=True)] == ["a"]
    assert [f.key for f in above_the_rest("solution_works", groups)] == ["b"]


def test_pure_chance_is_seldom_told() -> None:
    chance, told, rounds = Random(11), 0, 200
    for _ in range(rounds):
        groups = [Group(str(g), sum(chance.random() < 0.2 for _ in range(60)), 60) for g in range(12)]
        told += bool(above_the_rest("weak_declined", groups))
    assert told / rounds <= 0.08


def test_half_over_the_median_is_usual() -> None:
    assert slower_than_half("weak_slow", [Group("a", 50, 100), Group("b", 5, 5)]) == []
    assert [f.key for f in slower_than_half("weak_slow", [Group("a", 75, 100)])] == ["a"]


def test_growth_is_told_against_the_months_before_and_needs_three_of_them() -> None:
    courses = [
        Course("category=logistics", 60, (20, 22, 18, 21)),
        Course("category=billing", 24, (20, 22, 18, 21)),
    ]
    found = growing(courses, [30.0] * 4, 30.0)
    assert [f.key for f in found] == ["category=logistics"]
    assert found[0].numbers["expected"] == pytest.approx(20.25)
    assert growing([Course("c", 60, (20, 22))], [30.0] * 2, 30.0) == []


def test_what_never_came_before_grows() -> None:
    found = growing([Course("product=kettle", 9, (0, 0, 0))], [30.0] * 3, 30.0)
    assert [(f.key, f.numbers["expected"]) for f in found] == [("product=kettle", 0.0)]


def test_a_large_share_needs_a_month_of_some_size() -> None:
    assert [f.key for f in large([Course("a", 60, ()), Course("b", 5, ())], 100)] == ["a"]
    assert large([Course("a", 10, ())], 10) == []
    assert large([Course("a", 100, ())], 100) == [], "the only one there is"
    assert [f.key for f in large([Course("a", 99, ()), Course("b", 1, ())], 100)] == ["a"]


def test_next_month_is_silent_without_three_months_or_any_complaint() -> None:
    assert next_month([10, 12], [30, 31], 30) is None
    assert next_month([0, 0, 0, 0], [30, 31, 30, 31], 30) is None
    found = next_month([10, 12, 11], [30, 31, 30], 30)
    assert found is not None
    assert found.low < 11 < found.high


def test_the_vital_few_make_up_four_fifths() -> None:
    causes = {"a": ["r"] * 12, "b": ["r"] * 6, "c": ["r"] * 1, "d": ["r"] * 1}
    assert [(f.key, round(float(f.numbers["together"]), 2)) for f in vital_few(causes)] == [
        ("a", 0.6),
        ("b", 0.9),
    ]
    assert vital_few({"a": ["r"] * 9}) == []


def test_a_matter_needs_three_followers() -> None:
    found = matters({"AM-1": ["AM-2", "AM-3", "AM-4"], "AM-9": ["AM-8"]})
    assert [(f.key, f.cases, f.refs[0]) for f in found] == [("lead=AM-1", 3, "AM-1")]


def test_what_the_second_cycle_put_right_is_counted() -> None:
    nothing = frozenset[str]()
    more = Turn(
        "AM-1", ("not_upheld", "upheld"), (0, 500), (nothing, frozenset({"refund"})), ("a", "a"), True
    )
    same = Turn("AM-2", ("upheld", "upheld"), (500, 500), (frozenset({"refund"}),) * 2, ("a", "b"), False)
    found = {f.key: (f.cases, f.numbers["accepted"]) for f in put_right([more] * 3 + [same] * 3)}
    assert found == {
        "change=upheld_after_all": (3, 3), "change=granted_more": (3, 3), "change=granted_something_else": (3, 3),
        "change=another_department": (3, 0),
    }  # fmt: skip
    assert put_right([more] * 4) == []
