"""Merging: what asks the same goes by one slug, and what only looks alike does not."""

import numpy as np
import pytest

from knowledge.embedding import OnnxEmbedder
from knowledge.merging import Merge, asks_the_same, content_words, decide_merges, normalise
from tests.knowledge.found import question

SAME = [
    ("What is the CAP theorem?", "Can you explain the CAP theorem?"),
    ("Explain the difference between a queue and a topic.", "What is the difference between a topic and a queue?"),
    (
        "How do you design a chat for millions of users?",
        "How would you approach designing a chat for millions of users?",
    ),
    ("How do you handle versioning in REST APIs?", "How would you version a REST API?"),
    ("What is HTTPS?", "what is https"),
]
DIFFERENT = [
    ("Why should you use caching?", "Why should you not use caching?"),
    ("What are the advantages of microservices?", "What are the disadvantages of microservices?"),
    ("What is optimistic locking?", "What is pessimistic locking?"),
    ("What does the status code 404 mean?", "What does the status code 500 mean?"),
    ("What is a left join?", "What is a right join?"),
    ("What is an index?", "What is a clustered index?"),
    ("How does garbage collection work in Java?", "How does garbage collection work in C#?"),
    ("Which languages are you most proficient in?", "Which language is the best?"),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=[pair[1] for pair in SAME])
def test_the_same_question_worded_twice_is_one(one: str, other: str, embedder: OnnxEmbedder):
    rows = embedder.encode([one, other])
    assert asks_the_same(one, other, float(rows[0] @ rows[1]))


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=[pair[1] for pair in DIFFERENT])
def test_questions_that_a_word_tells_apart_stay_two_however_close(one: str, other: str):
    assert not asks_the_same(one, other, 0.99)


def test_one_word_more_needs_a_higher_similarity_than_the_same_words():
    shorter = "How do front-end and back-end development differ?"
    longer = "How do front-end and back-end development differ, and interact?"
    assert asks_the_same(shorter, longer, 0.95)
    assert not asks_the_same(shorter, longer, 0.86)
    assert asks_the_same(shorter, "Compare back-end development and front-end development.", 0.86)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  What IS\nC++?", "what is c++"),
        ("What’s .NET, C# and node.js?", "what .net c# and node.js"),
        ("Was ist ein Schlüssel?", "was ist ein schlüssel"),
    ],
)
def test_normalising_sets_form_aside_and_keeps_names(text: str, plain: str):
    assert normalise(text) == plain


def test_forms_of_a_word_meet_in_one_stem():
    assert content_words("designing processes, caches") == content_words("design a process with a cache")


def test_the_bank_is_preferred_then_the_question_found_first():
    banked = [question("deadlock", "What is a deadlock?")]
    found = [
        question("a-1", "Explain a deadlock."),
        question("b-1", "What is a livelock?"),
        question("b-2", "Please explain livelocks."),
        question("b-1", "What is a livelock?"),
    ]
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]], dtype=np.float32)
    assert decide_merges(banked, found, vectors) == (
        Merge(alias="a-1", slug="deadlock"),
        Merge(alias="b-2", slug="b-1"),
    )


def test_nothing_found_and_no_bank_merge_nothing():
    assert decide_merges([], [], np.empty((0, 2), dtype=np.float32)) == ()
