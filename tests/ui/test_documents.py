"""`interviewer documents`, and `interviewer ingest` without a path, as a person or a program uses them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer.settings import read_settings
from tests.ui import test_cli
from tests.ui.test_cli import Ran, check_shape

DOCUMENT = """# Ledgers

Each booking of the brass ledger is sealed with wax.

## How is a booking of the brass ledger sealed?

- With wax of the day's colour.
- By two clerks, one after the other.
"""
SOUGHT = "booking of the brass ledger sealed with wax"
Run = Callable[..., Ran]
run = test_cli.run


@pytest.fixture
def ledger(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "ledgers.md"
    path.write_text(DOCUMENT, encoding="utf-8")
    assert run("ingest", str(path)).status == 0
    return path


def found(run: Run) -> list[str]:
    hits = run("search", SOUGHT, "--json").json
    return [hit["text"] for hit in hits if "brass" in hit["text"]]


def test_documents_are_listed_and_one_that_is_deleted_leaves_nothing_to_find(run: Run, ledger: Path) -> None:
    [document] = run("documents", "--json").json
    check_shape([document], "documents.schema.json")
    assert run("documents", "list", "--json").json == [document]
    assert (document["name"], document["paths"], document["questions"]) == ("ledgers.md", [str(ledger)], 1)
    listed = run("documents")
    assert document["id"][:12] in listed.out
    assert listed.err == "1 document\n"
    assert found(run)

    kept = run("documents", "delete", document["id"][:12], stdin="n\n")
    assert kept.status == 1
    assert "nothing was deleted" in kept.err
    assert run("documents", "--json").json == [document]

    deleted = run("documents", "delete", document["id"][:12], "--yes")
    assert (deleted.status, deleted.err) == (0, "deleted\n")
    assert run("documents", "--json").json == []
    assert run("drafts", "list", "--json").json == []
    assert found(run) == []
    assert ledger.exists()


@pytest.mark.parametrize("id", ["", "0123", "f" * 64], ids=["empty", "too short", "unknown"])
def test_a_document_that_nobody_named_is_not_deleted(run: Run, ledger: Path, id: str) -> None:
    ran = run("documents", "delete", id, "--yes")
    assert (ran.status, ran.out) == (1, "")
    assert "`interviewer documents` lists them" in ran.err
    assert len(run("documents", "--json").json) == 1


def test_without_a_path_the_index_is_built_anew_from_what_was_ingested(run: Run, ledger: Path) -> None:
    ledger.unlink()
    shutil.rmtree(read_settings().index_folder)
    assert run("search", SOUGHT).status == 1
    assert run("ingest").err.endswith(" entries\n")
    assert found(run)
    ran = run("ingest", "--json")
    check_shape(ran.json, "ingest.schema.json")
    assert ran.json["files"] == []
