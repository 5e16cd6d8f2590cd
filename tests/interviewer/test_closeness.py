"""Shared words: what breaks a tie and what chooses a fact."""

import pytest

from interviewer.closeness import closeness, closest_fact, words
from knowledge.models import Fact

TRAFFIC = Fact(about="traffic", text="About 200 requests a second at noon.")
STORAGE = Fact(about="database", text="One PostgreSQL server, 40 GB of orders.")


def test_common_words_and_endings_do_not_count() -> None:
    assert words("The indexes are used by the cached queries") == words("index, caching, query")


def test_closeness_is_the_share_of_the_texts_own_words() -> None:
    assert closeness("Locks serialise writers.", "locks, and then writers, and so on") == pytest.approx(2 / 3)
    assert closeness("Locks serialise writers.", "") == 0
    assert closeness("the of and", "anything") == 0


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param("Which database is it?", STORAGE, id="by what it is about"),
        pytest.param("How many requests per second?", TRAFFIC, id="by its text"),
        pytest.param("Who pays for lunch?", None, id="none fits"),
        pytest.param(None, TRAFFIC, id="the button alone"),
        pytest.param("Why?", TRAFFIC, id="no telling word"),
    ],
)
def test_the_fact_that_fits_is_chosen(asked: str | None, expected: Fact | None) -> None:
    assert closest_fact([TRAFFIC, STORAGE], asked) == expected


def test_without_facts_there_is_none() -> None:
    assert closest_fact([], "Which database?") is None
