"""The library: every question once, by any of its slugs, with a rubric only where answers may be marked against it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.catalogue import Catalogue
from knowledge.library import Library
from knowledge.merging import Merge
from knowledge.readings import Decision, Drafted, Written
from tests.knowledge.found import bank, drafted, question, reading

BANKED = question("deadlock", "What is a deadlock?", "A circle of waiting.", "One of them is aborted.")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}") as catalogue:
        yield catalogue


def keep(catalogue: Catalogue, *questions: Drafted, merges: dict[str, str] | None = None) -> Library:
    """Each question in a document of its own."""
    for number, each in enumerate(questions):
        catalogue.store(reading(f"/{number}.md", each, id=f"{number:064x}"))
    catalogue.settle([Merge(alias=alias, slug=slug) for alias, slug in (merges or {}).items()])
    return Library(bank(BANKED), catalogue)


def test_the_bank_comes_first_and_ingested_questions_stand_beside_it(catalogue: Catalogue):
    library = keep(catalogue, drafted("lock-1", "What is a lock?", "One.", "Two."))
    assert [each.id for each in library.all()] == ["deadlock", "lock-1"]
    assert [each.status for each in library.all()] == ["reviewed", "draft"]


def test_a_question_that_the_bank_asks_too_goes_by_the_bank_s_rubric(catalogue: Catalogue):
    merged = drafted("explain-deadlocks-1", "Explain deadlocks.", "Other.", "Points.")
    library = keep(catalogue, merged, merges={"explain-deadlocks-1": "deadlock"})
    assert [each.id for each in library.all()] == ["deadlock"]
    asked = library.get("explain-deadlocks-1")
    assert asked == library.get("deadlock")
    assert asked is not None
    assert [point.text for point in asked.points] == ["A circle of waiting.", "One of them is aborted."]
    assert library.asked_in("deadlock") == merged.question.sources


def test_an_alias_leads_to_the_question_it_was_merged_into(catalogue: Catalogue):
    library = keep(catalogue, drafted("a-1"), drafted("b-1"), merges={"b-1": "a-1"})
    assert [each.id for each in library.all()] == ["deadlock", "a-1"]
    assert library.get("b-1") == library.get("a-1")
    assert library.get("c-1") is None


def test_a_question_stands_for_itself_again_when_what_it_was_merged_into_is_gone(catalogue: Catalogue):
    keep(catalogue, drafted("a-1"), drafted("b-1"), merges={"b-1": "a-1"})
    catalogue.delete(f"{0:064x}")
    library = Library(bank(BANKED), catalogue)
    assert [each.id for each in library.all()] == ["deadlock", "b-1"]


def test_a_draft_that_is_not_checkable_is_asked_without_its_points(catalogue: Catalogue):
    library = keep(catalogue, drafted("a-1", "What is a lock?", "One.", "Two.", checkable=False))
    asked = library.get("a-1")
    assert asked is not None
    assert asked.points == ()
    assert len(catalogue.drafted()[0].question.points) == 2


def test_a_bare_question_takes_the_rubric_of_the_document_that_answers_it(catalogue: Catalogue):
    bare = drafted("a-1", "What is a lock?")
    full = drafted("b-1", "Explain what a lock is.", "One.", "Two.", model_answer="One. Two.")
    asked = keep(catalogue, bare, full, merges={"b-1": "a-1"}).get("a-1")
    assert asked is not None
    assert (asked.text, asked.model_answer) == ("What is a lock?", "One. Two.")
    assert [point.id for point in asked.points] == ["a-1/p1", "a-1/p2"]


def test_the_same_words_in_two_documents_are_one_question(catalogue: Catalogue):
    library = keep(catalogue, drafted("a-1"), drafted("a-1"))
    assert [each.id for each in library.all()] == ["deadlock", "a-1"]
    assert library.document_of("a-1") == f"{0:064x}"
    assert library.document_of("deadlock") is None


def test_the_revision_changes_with_what_can_be_asked_and_with_nothing_else(catalogue: Catalogue):
    first = keep(catalogue, drafted("a-1"))
    assert Library(bank(BANKED), catalogue).revision == first.revision
    assert Library(bank(), catalogue).revision != first.revision
    assert keep(catalogue, drafted("a-1"), drafted("b-1")).revision != first.revision


# ── Decisions, and what a model drafted ──────────────────────────────────────────────────────────────────────


def accepted(slug: str, *points: str) -> Decision:
    return Decision(slug=slug, verdict="accepted", question=question(slug, "What is a lock?", *points))


def test_what_was_accepted_is_a_reviewed_question_as_it_was_seen(catalogue: Catalogue):
    keep(catalogue, drafted("a-1", "What is a lock?", "Anew.", "Drafted."))
    catalogue.decide(accepted("a-1", "As", "seen."))
    asked = Library(bank(BANKED), catalogue).get("a-1")
    assert asked is not None
    assert (asked.status, [point.text for point in asked.points]) == ("reviewed", ["As", "seen."])


def test_what_was_edited_is_marked_against_as_a_draft(catalogue: Catalogue):
    keep(catalogue, drafted("a-1", "What is a lock?", "Vague.", checkable=False))
    catalogue.decide(accepted("a-1", "Mended.").model_copy(update={"verdict": "edited"}))
    asked = Library(bank(BANKED), catalogue).get("a-1")
    assert asked is not None
    assert (asked.status, [point.text for point in asked.points]) == ("draft", ["Mended."])


def test_what_was_rejected_is_not_asked_in_these_words_or_others(catalogue: Catalogue):
    keep(catalogue, drafted("a-1"), drafted("b-1"), merges={"b-1": "a-1"})
    before = Library(bank(BANKED), catalogue).revision
    catalogue.decide(Decision(slug="b-1", verdict="rejected", question=None))
    library = Library(bank(BANKED), catalogue)
    assert [each.id for each in library.all()] == ["deadlock"]
    assert library.get("a-1") is None
    assert library.get("b-1") is None
    assert library.revision != before


def test_a_decision_goes_on_to_the_question_that_stands_for_it_now(catalogue: Catalogue):
    keep(catalogue, drafted("a-1"), drafted("b-1"), merges={"b-1": "a-1"})
    catalogue.decide(accepted("b-1", "One.", "Two."))
    asked = Library(bank(BANKED), catalogue).get("b-1")
    assert asked is not None
    assert (asked.id, asked.status, [point.id for point in asked.points]) == ("a-1", "reviewed", ["a-1/p1", "a-1/p2"])


def test_what_a_model_drafted_serves_until_a_document_answers(catalogue: Catalogue):
    keep(catalogue, drafted("a-1", "What is a lock?"))
    catalogue.write(Written(question=question("a-1", "What is a lock?", "By", "a model."), checkable=True))
    drafts = Library(bank(BANKED), catalogue).get("a-1")
    assert drafts is not None
    assert [point.text for point in drafts.points] == ["By", "a model."]
    catalogue.store(reading("/b.md", drafted("a-1", "What is a lock?", "From", "a document."), id="b" * 64))
    answered = Library(bank(BANKED), catalogue).get("a-1")
    assert answered is not None
    assert [point.text for point in answered.points] == ["From", "a document."]
