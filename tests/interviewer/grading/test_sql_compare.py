"""Rows against rows: by value, in any order or in one, with columns to spare, turned round or missing."""

import pytest

from interviewer.grading.sql_compare import Cell, align, but_for_one_column, compare, fill, in_words, nearly, same_value


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (233.333333, 233.33, True),
        (233.333333, 233.34, False),
        (1, 2, False),
        (1, 1.004, True),
        (0, None, False),
        (None, None, True),
        ("a", "A", False),
        ("1", 1, False),
        ("2025-01-01", "2025-01-01 00:00:00", True),
        ("2025-01-01", "2025-01-01 10:00:00", False),
    ],
)
def test_values_are_the_same_by_value(one: Cell, other: Cell, same: bool) -> None:
    assert same_value(one, other) is same
    assert same_value(other, one) is same


def test_rows_may_stand_in_any_order_and_count_as_often_as_they_occur() -> None:
    assert not compare([(1, "a"), (2, "b")], [(2.0, "b"), (1, "a")])
    twice = compare([(1,), (2,)], [(1,), (1,), (2,)])
    assert (twice.missing, twice.extra) == ((), ((1,),))


def test_an_order_is_kept_but_for_rows_equal_in_what_they_are_sorted_by() -> None:
    expected = [(1, "x"), (1, "y"), (2, "z")]
    assert not compare(expected, [(1, "y"), (1, "x"), (2, "z")], order=[0])
    assert compare(expected, [(2, "z"), (1, "x"), (1, "y")], order=[0]).disordered
    assert compare(expected, [(1, "y"), (1, "x"), (2, "z")], order=[0, 1]).disordered


@pytest.mark.parametrize(
    ("got", "columns", "fault"),
    [
        pytest.param([(1, "a", 5), (2, "b", 6)], (0, 1, 2), "none", id="as asked"),
        pytest.param([("a", 1, 5), ("b", 2, 6)], (1, 0, 2), "order", id="turned round"),
        pytest.param([(1, "a", 9), (2, "b", 9)], (0, 1, 2), "none", id="wrong, but in order"),
        pytest.param([(1, "x", "a", 5), (2, "x", "b", 6)], (0, 2, 3), "extra", id="one too many"),
        pytest.param([("a", 5), ("b", 6)], (None, 0, 1), "fewer", id="the first is missing"),
    ],
)
def test_columns_are_found(got: list[tuple[Cell, ...]], columns: tuple[int | None, ...], fault: str) -> None:
    found = align([[(1, "a", 5), (2, "b", 6)]], [got], 3, len(got[0]))
    assert (found.columns, found.fault) == (columns, fault)


def test_columns_that_are_missing_are_taken_from_the_rows_they_agree_with() -> None:
    expected = [(1, "a", 5), (2, "b", 6)]
    lacking = align([expected], [[("b", 6), ("c", 7)]], 3, 2)
    assert fill(expected, lacking.apply([("b", 6), ("c", 7)]), lacking) == [(2, "b", 6), (None, "c", 7)]


def test_nearly_is_all_but_one_value_of_three() -> None:
    assert nearly([(1, "a", 5)], [(1, "a", 9)])
    assert not nearly([(1, "a", 5)], [(1, "x", 9)])
    assert but_for_one_column([([(1, "a", 5), (2, "b", 6)], [(1, "a", 0), (2, "b", 0)])])
    assert not but_for_one_column([([(1, "a", 5), (2, "b", 6)], [(1, "x", 5), (2, "b", 0)])])


def test_a_difference_is_told_both_ways_round() -> None:
    told = in_words(compare([(1, None), (2, 2.5)], [(3, "x")]), "On “ties”")
    assert told == "On “ties”, 2 rows are missing: (1, NULL), (2, 2.5); 1 row is not expected: (3, x)"
