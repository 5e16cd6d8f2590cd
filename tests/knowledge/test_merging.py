"""Merging: what asks the same goes by one slug, and what only looks alike does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.embedding import OnnxEmbedder
from knowledge.merging import Merge, asks_the_same, content_words, decide_merges, normalise, worded, wordings
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
    (
        "How do you prioritise tasks when you manage several projects?",
        "How do you prioritize tasks when managing several projects?",
    ),
    ("What are database indexes?", "What is a database index?"),
    ("How do you optimise a query?", "How do you optimize queries?"),
]
DIFFERENT = [
    ("Why should you use caching?", "Why should you not use caching?"),
    ("What are the advantages of microservices?", "What are the disadvantages of microservices?"),
    ("What is optimistic locking?", "What is pessimistic locking?"),
    ("What does the status code 404 mean?", "What does the status code 500 mean?"),
    ("What is a left join?", "What is a right join?"),
    ("What is an index?", "What is a clustered index?"),
    ("What is HTTP?", "What is HTTPS?"),
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


@pytest.mark.parametrize(
    "forms",
    [
        "prioritise prioritize", "analyse analyze", "behaviour behavior behaviours", "centre center centres",
        "catalogue catalog catalogues", "modelling modeling", "licence license licenses", "cache caches",
        "query queries", "index indexes indices", "process processes", "branch branches", "api apis",
    ],
)  # fmt: skip
def test_spellings_one_and_many_are_worded_the_same(forms: str):
    assert len({worded(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("words", ["http https", "size sized", "status stat", "hour hor", "four for", "aws aw"])
def test_words_that_only_look_like_forms_of_one_stay_two(words: str):
    assert len({worded(word) for word in words.split()}) == 2


def test_forms_of_a_word_meet_in_one_stem():
    assert content_words("prioritised queries") == content_words("prioritizing a query")
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


def test_a_wording_of_the_bank_s_own_merges_whatever_its_vector_says():
    banked = [
        question("slow-query", "A query is slow. What do you do?", asked_as=("How do you optimise database queries?",)),
        question("indexing", "What does an index cost?"),
    ]
    found = [question("a-1", "How do you optimize database queries?"), question("b-1", "How do you optimize queries?")]
    assert [wording.text for wording in wordings(banked)][2:] == ["How do you optimise database queries?"]
    vectors = np.eye(5, dtype=np.float32)
    assert decide_merges(banked, found, vectors) == (Merge(alias="a-1", slug="slow-query"),)


def test_a_near_duplicate_of_another_wording_merges_too():
    banked = [question("slow-query", "A query is slow. What do you do?", asked_as=("How do you tune a slow query?",))]
    found = [question("a-1", "What would you do to tune slow queries?")]
    vectors = np.array([[1, 0], [0, 1], [0, 1]], dtype=np.float32)
    assert decide_merges(banked, found, vectors) == (Merge(alias="a-1", slug="slow-query"),)


def test_among_several_the_most_similar_is_chosen_and_one_word_more_on_either_side_is_looked_at():
    shorter = question("a-1", "Which consistency guarantees do replicated stores offer readers?")
    longer = question("b-1", "Which strong consistency guarantees do replicated stores offer readers?")
    apart = question("c-1", "Which weak consistency guarantees do replicated stores offer readers?")
    near = np.array([[1, 0], [0.9, 0.1]], dtype=np.float32)
    assert decide_merges([], [shorter, longer], near) == (Merge(alias="b-1", slug="a-1"),)
    assert decide_merges([], [longer, shorter], near) == (Merge(alias="a-1", slug="b-1"),)
    vectors = np.array([[0.1, 0.9], [1, 0], [0.95, 0.05]], dtype=np.float32)
    assert decide_merges([], [longer, apart, shorter], vectors) == (Merge(alias="a-1", slug="c-1"),)


@given(st.data())
def test_looking_only_at_like_words_finds_what_comparing_every_pair_finds(data: st.DataObject):
    words = ["lock", "row", "table", "query", "index", "join", "cache", "shard"]
    texts = data.draw(
        st.lists(st.lists(st.sampled_from(words), min_size=1, max_size=8).map(" ".join), min_size=2, max_size=8)
    )
    asked = [question(f"q-{number}", text) for number, text in enumerate(texts)]
    vectors = np.ones((len(asked), 1), dtype=np.float32)
    kept: list[int] = []
    merged: list[str] = []
    for place, each in enumerate(asked):
        if any(asks_the_same(each.text, asked[other].text, 1.0) for other in kept):
            merged.append(each.id)
        else:
            kept.append(place)
    assert [merge.alias for merge in decide_merges([], asked, vectors)] == merged
