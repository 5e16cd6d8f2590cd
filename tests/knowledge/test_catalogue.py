"""The catalogue: storing twice is storing once, a new version replaces the old, and workspaces stay apart."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from knowledge.catalogue import Catalogue, CatalogueError
from knowledge.catalogue_tables import METADATA
from knowledge.databases import upgrade
from knowledge.merging import Merge
from knowledge.migrations import MIGRATIONS
from knowledge.readings import Decision, Written
from tests.knowledge.found import drafted, question, reading

OLD, NEW, OTHER = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def catalogue(file: Path) -> Iterator[Catalogue]:
    with Catalogue(f"sqlite:///{file}") as catalogue:
        yield catalogue


def dump(file: Path) -> list[str]:
    """Every row of every table, whatever order they were written in."""
    with closing(sqlite3.connect(file)) as connection:
        return sorted(connection.iterdump())


def slugs(catalogue: Catalogue) -> list[str]:
    return [each.question.id for each in catalogue.drafted()]


def test_what_was_stored_is_read_back(catalogue: Catalogue):
    stored = reading("/a.md", drafted("q-1", "What is a lock?", "One.", "Two."), id=OLD, passages=("Some", "text"))
    catalogue.store(stored)
    assert catalogue.drafted() == stored.drafted
    assert tuple(catalogue.passages()) == stored.passages
    assert catalogue.refusals(OLD) == stored.refused
    (document,) = catalogue.documents()
    assert (document.id, document.name, document.paths) == (OLD, "a.md", ("/a.md",))
    assert (document.questions, document.passages, document.refused) == (1, 2, 1)
    assert (document.workspace_id, document.candidate_id) == ("local", "local")


def test_storing_twice_is_the_same_as_storing_once(catalogue: Catalogue, file: Path):
    readings = [reading("/a.md", drafted("q-1"), id=OLD), reading("/b.md", drafted("q-2"), id=NEW)]
    merges = [Merge(alias="q-2", slug="q-1")]
    for each in readings:
        catalogue.store(each)
    catalogue.settle(merges)
    once = dump(file)
    for each in reversed(readings):
        catalogue.store(each)
    catalogue.settle(merges)
    assert dump(file) == once


def test_a_new_version_of_a_file_replaces_the_old_one_in_its_place(catalogue: Catalogue):
    catalogue.store(reading("/a.md", drafted("q-1"), drafted("q-2", line=2), id=OLD))
    catalogue.store(reading("/b.md", drafted("q-9"), id=OTHER))
    catalogue.store(reading("/a.md", drafted("q-2"), drafted("q-3", line=2), id=NEW))
    assert slugs(catalogue) == ["q-2", "q-3", "q-9"]
    assert [document.id for document in catalogue.documents()] == [NEW, OTHER]
    assert {passage.document_id for passage in catalogue.passages()} == {NEW, OTHER}


def test_a_version_that_another_file_still_has_stays(catalogue: Catalogue):
    catalogue.store(reading("/a.md", drafted("q-1"), id=OLD))
    catalogue.store(reading("/copy.md", drafted("q-1"), id=OLD))
    catalogue.store(reading("/a.md", drafted("q-2"), id=NEW))
    assert [(document.id, document.paths) for document in catalogue.documents()] == [
        (OLD, ("/copy.md",)),
        (NEW, ("/a.md",)),
    ]


def test_deleting_a_document_leaves_nothing_of_it(catalogue: Catalogue, file: Path):
    catalogue.store(reading("/a.md", drafted("q-1"), id=OLD))
    before = dump(file)
    catalogue.store(reading("/b.md", drafted("q-2"), id=NEW))
    catalogue.settle([Merge(alias="q-2", slug="q-1")])
    assert catalogue.delete(NEW)
    assert dump(file) == before
    assert not catalogue.delete(NEW)


def test_merges_are_settled_as_a_whole(catalogue: Catalogue):
    catalogue.store(reading("/a.md", drafted("q-1"), drafted("q-2", line=2), drafted("q-3", line=3), id=OLD))
    catalogue.settle([Merge(alias="q-2", slug="q-1")])
    catalogue.settle([Merge(alias="q-3", slug="q-1")])
    assert catalogue.aliases() == {"q-3": "q-1"}


def test_workspaces_do_not_see_each_other(catalogue: Catalogue, file: Path):
    catalogue.store(reading("/a.md", drafted("q-1"), id=OLD))
    with Catalogue(f"sqlite:///{file}", workspace_id="other", candidate_id="ada") as other:
        assert (other.documents(), other.drafted(), [*other.passages()], other.aliases()) == ((), (), [], {})
        other.store(reading("/a.md", drafted("q-2"), id=OLD))
        assert [document.candidate_id for document in other.documents()] == ["ada"]
        assert other.delete(OLD)
    assert slugs(catalogue) == ["q-1"]


def test_nothing_of_a_file_is_kept_when_it_cannot_be_kept_whole(catalogue: Catalogue, file: Path):
    catalogue.store(reading("/a.md", drafted("q-1"), id=OLD))
    before = dump(file)
    broken = reading("/a.md", drafted("q-2"), id=NEW)
    broken = broken.model_copy(update={"refused": (broken.refused[0].model_copy(update={"reason": None}),)})
    with pytest.raises(CatalogueError, match="NOT NULL"):
        catalogue.store(broken)
    assert dump(file) == before


def test_opening_again_changes_nothing(catalogue: Catalogue, file: Path):
    catalogue.store(reading("/a.md", drafted("q-1"), id=OLD))
    before = dump(file)
    with Catalogue(f"sqlite:///{file}") as again:
        assert slugs(again) == ["q-1"]
    assert dump(file) == before


def test_the_migrations_lead_to_the_tables_that_the_code_uses(catalogue: Catalogue, file: Path):
    scripts = ScriptDirectory.from_config(Config(attributes={}, config_args={"script_location": _folder()}))
    assert scripts.get_current_head() == MIGRATIONS.head
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": MIGRATIONS.version_table})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def _folder() -> str:
    return str(MIGRATIONS.folder)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("not a url", "is none: write"),
        ("sqlite:////no/such/folder/catalogue.sqlite", "exists, is writable"),
        ("mysql+pymysql://host/name", "driver is not installed"),
    ],
    ids=["no URL", "no folder", "no driver"],
)
def test_a_database_that_cannot_be_opened_is_told_with_its_remedy(url: str, said: str):
    with pytest.raises(CatalogueError, match=said):
        Catalogue(url)


def test_a_file_that_is_no_database_is_told(tmp_path: Path):
    file = tmp_path / "catalogue.sqlite"
    file.write_text("This is no database at all, only a long enough text." * 40)
    with pytest.raises(CatalogueError, match="not a database"):
        Catalogue(f"sqlite:///{file}")


# ── Decisions ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_decision_is_kept_by_the_question_and_the_last_one_counts(catalogue: Catalogue):
    catalogue.store(reading("/a.md", drafted("q-1"), id=OLD))
    catalogue.decide(Decision(slug="q-1", verdict="rejected", question=None))
    accepted = Decision(slug="q-1", verdict="accepted", question=question("q-1", "What is a lock?", "One."))
    catalogue.decide(accepted)
    assert catalogue.decisions() == {"q-1": accepted}


def test_a_decision_outlives_a_version_that_does_not_ask_but_not_a_deleted_document(catalogue: Catalogue, file: Path):
    before = dump(file)
    catalogue.store(reading("/a.md", drafted("q-1"), id=OLD))
    catalogue.decide(Decision(slug="q-1", verdict="rejected", question=None))
    catalogue.store(reading("/a.md", drafted("q-2"), id=NEW))
    catalogue.store(reading("/a.md", drafted("q-1"), id=OLD))
    assert list(catalogue.decisions()) == ["q-1"]
    catalogue.delete(OLD)
    assert dump(file) == before


def test_what_a_model_drafted_goes_with_its_question_and_with_the_document_it_quotes(catalogue: Catalogue):
    asking, quoted = reading("/a.md", drafted("q-1"), id=OLD), reading("/b.md", id=OTHER)
    rubric = question("q-1", "What is a lock?", "One.")
    cited = rubric.points[0].model_copy(update={"source": quoted.document.source.model_copy(update={"hash": OTHER})})
    written = Written(question=rubric.model_copy(update={"points": (cited,)}), checkable=True)
    for gone in (OLD, OTHER):
        catalogue.store(asking)
        catalogue.store(quoted)
        catalogue.write(written)
        assert catalogue.written() == {"q-1": written}
        catalogue.delete(gone)
        assert catalogue.written() == {}


def test_a_catalogue_of_the_first_revision_is_brought_up_to_date(file: Path):
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        upgrade(connection, MIGRATIONS, "0001")
    engine.dispose()
    with Catalogue(f"sqlite:///{file}") as catalogue:
        assert (catalogue.decisions(), catalogue.written()) == ({}, {})
