"""Looking through drafts: what is accepted, edited or rejected is kept, and stays when the text is read again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.catalogue import Catalogue
from knowledge.draft_edits import apply_edit, as_edit
from knowledge.drafts import DraftError, Drafts
from knowledge.embedding import OnnxEmbedder
from knowledge.library import Library
from knowledge.merging import Merge
from tests.knowledge.found import bank, drafted, question, reading

BANK = bank(question("deadlock", "What is a deadlock?", "A circle of waiting.", "One of them is aborted."))
GOOD = "Readers take a shared lock on the row.", "A writer waits until every reader has let go."
EDIT = """
- id: shared
  text: Many readers hold a shared lock at the same time.
  weight: 2
  core: true
- id: alone
  text: A writer holds its lock alone.
  weight: 3
  core: true
  probe: What else belongs here?
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}") as catalogue:
        catalogue.store(reading("/a.md", drafted("lock-1", "What is a lock?", *GOOD), drafted("bare-1", "Why?")))
        catalogue.store(reading("/b.md", drafted("twin-1", "Explain locks."), drafted("dead-1"), id="e" * 64))
        catalogue.settle([Merge(alias="twin-1", slug="lock-1"), Merge(alias="dead-1", slug="deadlock")])
        yield catalogue


def texts(asked: object) -> list[str]:
    return [point.text for point in getattr(asked, "points", ())]


def test_every_question_that_the_bank_does_not_ask_is_listed_once_with_all_its_sources(catalogue: Catalogue):
    listed = Drafts(BANK, catalogue).all()
    assert [(draft.question.id, draft.state, draft.checkable) for draft in listed] == [
        ("lock-1", "pending", True),
        ("bare-1", "pending", False),
    ]
    assert len(listed[0].asked_in) == 1


def test_a_draft_goes_by_any_of_its_slugs(catalogue: Catalogue):
    drafts = Drafts(BANK, catalogue)
    assert drafts.get("twin-1") == drafts.get("lock-1")
    with pytest.raises(DraftError, match=r"bank's rubric 'deadlock'"):
        drafts.get("dead-1")
    with pytest.raises(DraftError, match="no draft 'x'"):
        drafts.get("x")


def test_an_accepted_draft_is_reviewed_and_stays_so_when_read_again(catalogue: Catalogue, embedder: OnnxEmbedder):
    assert Drafts(BANK, catalogue).accept("twin-1", embedder).state == "accepted"
    changed = drafted("lock-1", "What is a lock?", "Quite another answer now.", "And a second one here.")
    catalogue.store(reading("/a.md", changed, id="f" * 64))
    (draft,) = Drafts(BANK, catalogue).all()
    assert (draft.state, draft.question.status, texts(draft.question)) == ("accepted", "reviewed", list(GOOD))
    assert draft.question.sources == draft.asked_in


def test_points_that_the_linter_faults_cannot_be_accepted_only_mended(catalogue: Catalogue, embedder: OnnxEmbedder):
    vague = drafted("vague-1", "What is a row?", "Understands rows.", "Knows about tables.", checkable=False)
    catalogue.store(reading("/c.md", vague, id="f" * 64))
    drafts = Drafts(BANK, catalogue)
    assert texts(drafts.get("vague-1").question) == ["Understands rows.", "Knows about tables."]
    with pytest.raises(DraftError, match=r"vague_point[\s\S]+vague_point"):
        drafts.accept("vague-1", embedder)
    assert catalogue.decisions() == {}


def test_what_no_answer_could_be_marked_by_is_not_accepted(catalogue: Catalogue, embedder: OnnxEmbedder):
    drafts = Drafts(BANK, catalogue)
    with pytest.raises(DraftError, match="drafts edit bare-1 --file"):
        drafts.accept("bare-1", embedder)
    assert catalogue.decisions() == {}
    drafts.accept("lock-1", embedder)
    with pytest.raises(DraftError, match="needs points"):
        drafts.edit("lock-1", "points: []", embedder)
    assert texts(Drafts(BANK, catalogue).get("lock-1").question) == list(GOOD)


def test_a_rejected_draft_is_asked_no_more_and_can_still_be_accepted(catalogue: Catalogue, embedder: OnnxEmbedder):
    assert Drafts(BANK, catalogue).reject("lock-1").state == "rejected"
    assert Library(BANK, catalogue).get("twin-1") is None
    rejected = Drafts(BANK, catalogue).get("lock-1")
    assert (rejected.state, rejected.checkable) == ("rejected", False)
    Drafts(BANK, catalogue).accept("lock-1", embedder)
    assert texts(Library(BANK, catalogue).get("lock-1")) == list(GOOD)


@pytest.mark.parametrize("as_json", [False, True], ids=["YAML", "JSON"])
def test_an_edit_gives_other_points_and_what_it_leaves_out_is_filled_in(
    catalogue: Catalogue, embedder: OnnxEmbedder, as_json: bool
):
    text = json.dumps({"points": _points(), "topic": "storage"}) if as_json else EDIT
    draft = Drafts(BANK, catalogue).edit("lock-1", text, embedder)
    assert (draft.state, draft.checkable) == ("edited", True)
    asked = Library(BANK, catalogue).get("lock-1")
    assert asked is not None
    assert (asked.status, asked.topic) == ("draft", "storage" if as_json else "databases")
    assert [point.id for point in asked.points] == ["lock-1/shared", "lock-1/alone"]
    assert all(point.probe.endswith("?") and point.source for point in asked.points)


def _points() -> list[dict[str, object]]:
    kept = {"weight": 1, "core": True}
    return [
        {"id": "shared", "text": "Many readers hold a shared lock at the same time.", **kept},
        {"id": "alone", "text": "A writer holds its lock alone.", **kept},
    ]


def test_an_edit_of_what_was_accepted_stays_accepted(catalogue: Catalogue, embedder: OnnxEmbedder):
    Drafts(BANK, catalogue).accept("lock-1", embedder)
    assert Drafts(BANK, catalogue).edit("lock-1", EDIT, embedder).state == "accepted"
    asked = Library(BANK, catalogue).get("lock-1")
    assert asked is not None
    assert asked.status == "reviewed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("points: [", "cannot be read"),
        ("a text", "holds a list of points"),
        ("{}", "holds a list of points"),
        ("kind: design", "holds a list of points"),
        ("- {id: a, text: One.}", r"points\.a\.weight[\s\S]+points\.a\.core"),
        ("- {id: a, text: One., weight: 9, core: true, source: nowhere}", r"weight[\s\S]*|unknown source"),
        ("points: 5", "points"),
        ("level: wizard", "level"),
        ("sources: {s: {titel: x}}\npoints: []", "titel"),
        ("- {id: a, text: Understands locks., weight: 1, core: true}", "vague_point"),
        ("- {id: a, text: A lock is held., weight: 1, core: true, probe: Say more.}", "spoken"),
    ],
    ids=["YAML", "text", "nothing", "kind", "fields", "source", "no list", "level", "sources", "vague", "probe"],
)
def test_an_edit_that_cannot_be_kept_is_told_and_changes_nothing(
    catalogue: Catalogue, embedder: OnnxEmbedder, text: str, said: str
):
    with pytest.raises(DraftError, match=said):
        Drafts(BANK, catalogue).edit("lock-1", text, embedder)
    assert catalogue.decisions() == {}


def test_a_draft_printed_as_an_edit_reads_back_as_itself():
    asked = question("lock-1", "What is a lock?", *GOOD)
    edited = apply_edit(asked, as_edit(asked))
    assert texts(edited) == list(GOOD)
    assert not isinstance(edited, tuple)
    assert [point.id for point in edited.points] == ["lock-1/p1", "lock-1/p2"]
