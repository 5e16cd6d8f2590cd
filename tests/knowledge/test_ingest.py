"""Ingesting end to end: from files to what can be asked and found, twice the same as once, told file by file."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from jsonschema import Draft202012Validator

from knowledge.bank import Bank, read_bank
from knowledge.catalogue import Catalogue
from knowledge.documents import MAX_BYTES, read_document
from knowledge.embedding import OnnxEmbedder
from knowledge.extraction import extract
from knowledge.generations import writing
from knowledge.index import open_index
from knowledge.index_models import IndexBusy, Where, silent
from knowledge.ingest import ingest, reindex
from knowledge.ingest_report import FoundLine, IngestReport
from knowledge.library import Library

HERE = Path(__file__).parent
LOOKALIKES = HERE / "lookalikes"
SCHEMAS = HERE.parents[1] / "docs" / "schemas"

LOCKS = """# Locks

## What is a deadlock?

A deadlock is a circle of transactions that wait for each other. The database aborts one of them to break the circle.

## How do you keep deadlocks rare?

- Lock rows in one agreed order.
- Keep transactions short.
- Retry the transaction that was aborted.
"""
MORE = """# More

1. How do you prevent SQL injection?
2. Explain what a deadlock is.
3. What does a write-ahead log do?
"""


class Line(NamedTuple):
    """The whole line in a folder of its own, with the shipped bank."""

    folder: Path
    catalogue: Catalogue
    bank: Bank
    embedder: OnnxEmbedder

    def take_in(self, *paths: Path, dry_run: bool = False) -> IngestReport:
        index = self.folder / "index"
        return ingest(paths, self.catalogue, self.bank, self.embedder, index, silent, dry_run)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def library(self) -> Library:
        return Library(self.bank, self.catalogue)

    def dump(self) -> list[str]:
        with closing(sqlite3.connect(self.folder / "catalogue.sqlite")) as connection:
            return sorted(connection.iterdump())

    def found(self, text: str, where: Where | None = None) -> list[str]:
        index = open_index(self.folder / "index", self.embedder)
        try:
            return [hit.text for hit in index.search(text, 5, where)]
        finally:
            index.close()


@pytest.fixture(scope="session")
def shipped() -> Bank:
    return read_bank()


@pytest.fixture(scope="session")
def shipped_index(tmp_path_factory: pytest.TempPathFactory, shipped: Bank, embedder: OnnxEmbedder) -> Path:
    """What `make run` builds at first, so that each test need not embed the bank and the notes again."""
    folder = tmp_path_factory.mktemp("shipped")
    with Catalogue(f"sqlite:///{folder / 'catalogue.sqlite'}") as empty:
        reindex(empty, shipped, embedder, folder / "index")
    return folder / "index"


@pytest.fixture
def line(tmp_path: Path, shipped: Bank, shipped_index: Path, embedder: OnnxEmbedder) -> Iterator[Line]:
    shutil.copytree(shipped_index, tmp_path / "index")
    with Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite'}") as catalogue:
        yield Line(tmp_path, catalogue, shipped, embedder)


def by_text(report: IngestReport) -> dict[str, FoundLine]:
    return {question.text: question for file in report.files for question in file.questions}


# ── The documents ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_lookalikes_become_questions_that_can_be_asked_and_found(line: Line):
    # expected.jsonl lies beside them, and is none of them.
    report = line.take_in(*(path for path in sorted(LOOKALIKES.iterdir()) if path.suffix != ".jsonl"))
    totals = report.totals
    assert report.ok
    assert (totals.questions, totals.answered) == (33, 13)
    assert totals.kept + totals.merged == totals.questions
    library = line.library()
    assert len(library.all()) == len(line.bank.questions) + totals.kept
    for question in by_text(report).values():
        asked = library.get(question.id)
        assert asked is not None
        assert bool(asked.points) == (question.rubric != "none")
        assert line.found(question.text, Where(kind="question"))[0] == asked.text


def test_the_five_public_documents_hold_112_questions_58_with_answers(line: Line, shared: Path):
    report = line.take_in(shared / "seeds")
    totals = report.totals
    assert report.ok
    assert (totals.questions, totals.answered) == (112, 58)
    assert totals.kept + totals.merged == 112
    merged = {question.text: question for question in by_text(report).values() if question.status == "merged"}
    assert merged["How do you prevent SQL injection?"].merged_into == "sql-injection-prevention"
    assert {question.rubric for question in merged.values() if question.merged_into in _ids(line.bank)} == {"bank"}
    assert "Explain the difference between SQL and NoSQL databases?" in merged
    expected = [json.loads(row) for row in (shared / "expected" / "questions.jsonl").read_text().splitlines()]
    personal = "HR and Behavioral Interview Questions"
    coached = [row["question"] for row in expected if row["section"] == personal]
    # Advice on how to answer is no rubric; the bank's own may be.
    assert {by_text(report)[text].rubric for text in coached} <= {"none", "bank"}


def _ids(bank: Bank) -> set[str]:
    return {question.id for question in bank.questions}


def test_an_answer_becomes_a_draft_rubric_that_is_marked_against_at_once(line: Line):
    report = line.take_in(line.write("locks.md", LOCKS))
    rare = by_text(report)["How do you keep deadlocks rare?"]
    assert (rare.answered, rare.status, rare.rubric) == (True, "kept", "draft")
    asked = line.library().get(rare.id)
    assert asked is not None
    assert (asked.status, asked.topic, asked.level) == ("draft", "databases", "junior")
    assert [point.text for point in asked.points] == [
        "Lock rows in one agreed order.",
        "Keep transactions short.",
        "Retry the transaction that was aborted.",
    ]
    assert {point.source.hash for point in asked.points if point.source} == {line.catalogue.documents()[0].id}


def test_a_question_is_merged_into_the_bank_s_and_into_one_of_another_document(line: Line):
    line.take_in(line.write("locks.md", LOCKS))
    report = line.take_in(line.write("more.md", MORE))
    found = by_text(report)
    deadlock = next(each.id for each in line.library().all() if each.text == "What is a deadlock?")
    assert found["How do you prevent SQL injection?"].merged_into == "sql-injection-prevention"
    assert found["How do you prevent SQL injection?"].rubric == "bank"
    assert found["Explain what a deadlock is."].merged_into == deadlock
    assert found["What does a write-ahead log do?"].status == "kept"
    asked = line.library().get(found["Explain what a deadlock is."].id)
    assert asked is not None
    assert asked.id == deadlock
    assert {source.title for source in line.library().asked_in(deadlock)} == {"Locks", "More"}


# ── Again, and changed ───────────────────────────────────────────────────────────────────────────────────────


def test_ingesting_twice_is_the_same_as_once(line: Line):
    line.write("locks.md", LOCKS)
    line.write("more.md", MORE)
    paths = [line.folder / "locks.md", line.folder / "more.md"]
    first = line.take_in(*paths)
    once, current = line.dump(), (line.folder / "index" / "current").read_text()
    assert line.take_in(*paths) == first
    assert line.dump() == once
    assert (line.folder / "index" / "current").read_text() == current
    line.take_in(paths[0])
    assert line.dump() == once


def test_a_changed_document_replaces_what_only_its_old_version_held(line: Line):
    locks = line.write("locks.md", LOCKS)
    before = by_text(line.take_in(locks))
    line.write("locks.md", LOCKS.replace("How do you keep deadlocks rare?", "Why do deadlocks happen at all?"))
    line.take_in(locks)
    texts = [question.text for question in line.library().all()]
    assert "Why do deadlocks happen at all?" in texts
    assert "How do you keep deadlocks rare?" not in texts
    kept = line.library().get(before["What is a deadlock?"].id)
    assert kept is not None
    assert len(line.catalogue.documents()) == 1
    assert "How do you keep deadlocks rare?" not in line.found("How do you keep deadlocks rare?")


def test_the_same_file_under_two_names_is_one_document_and_asks_nothing_twice(line: Line):
    locks = line.write("locks.md", LOCKS)
    shutil.copy(locks, line.folder / "copy.md")
    report = line.take_in(locks, line.folder / "copy.md")
    assert [[question.status for question in file.questions] for file in report.files] == [["kept"] * 2, ["merged"] * 2]
    assert report.totals.kept + report.totals.merged == report.totals.questions
    assert len(line.catalogue.documents()) == 1


def test_a_question_asked_twice_in_a_file_is_kept_once(line: Line):
    report = line.take_in(
        line.write("list.md", "# List\n\n1. What is a lock?\n2. What is a row?\n3. What is a lock?\n")
    )
    (file,) = report.files
    assert [question.status for question in file.questions] == ["kept", "kept", "merged"]
    assert file.questions[2].merged_into == file.questions[0].id


def test_a_dry_run_reports_the_same_and_changes_nothing(line: Line):
    line.take_in(line.write("locks.md", LOCKS))
    more = line.write("more.md", MORE)
    before, current = line.dump(), (line.folder / "index" / "current").read_text()
    told = line.take_in(more, dry_run=True)
    assert (line.dump(), (line.folder / "index" / "current").read_text()) == (before, current)
    assert told == line.take_in(more)


# ── What cannot be read ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.md", None, "no such file"),
        ("binary.txt", b"\x00\x01\x02\x03" * 100, "binary"),
        ("empty.md", b"", "empty"),
        ("blank.md", b" \n\t\n", "empty"),
        ("large.txt", b"word " * (MAX_BYTES // 5 + 1), "over 20 MB"),
        ("broken.json", b'{"content": {"rendered": ', "broken JSON"),
    ],
    ids=["missing", "binary", "empty", "blank", "over 20 MB", "broken JSON"],
)
def test_a_file_that_cannot_be_read_is_a_line_and_the_others_are_read(
    line: Line, name: str, content: bytes | None, said: str
):
    bad = line.folder / name
    if content is not None:
        line.write(name, content)
    report = line.take_in(bad, line.write("locks.md", LOCKS))
    assert not report.ok
    failed, read = report.files
    assert failed.path == str(bad)
    assert said in (failed.error or "")
    assert (read.error, len(read.questions)) == (None, 2)
    assert len(line.catalogue.documents()) == 1


def test_a_version_that_cannot_be_read_leaves_the_one_before(line: Line):
    locks = line.write("locks.md", LOCKS)
    line.take_in(locks)
    before = line.dump()
    line.write("locks.md", b"")
    assert not line.take_in(locks).ok
    assert line.dump() == before


def test_no_files_are_no_error(line: Line):
    (line.folder / "nothing").mkdir()
    report = line.take_in(line.folder / "nothing")
    assert report.ok
    assert report.totals.questions == 0


# ── A second writer, and death ───────────────────────────────────────────────────────────────────────────────


def test_a_second_writer_is_told_busy_before_anything_is_kept_and_a_dry_run_waits_for_nobody(line: Line):
    locks = line.write("locks.md", LOCKS)
    before = line.dump()
    with ThreadPoolExecutor(1) as other, writing(line.folder / "index"):
        with pytest.raises(IndexBusy, match=r"^busy: "):
            other.submit(line.take_in, locks).result()
        assert other.submit(line.take_in, locks, dry_run=True).result().ok
        assert line.dump() == before
        # Whoever holds the lock may go on.
        assert line.take_in(locks).ok
    assert line.take_in(locks).ok


@pytest.mark.parametrize("point", ["reading", "keeping", "index:2", "unpublished", "published"])
def test_killed_anywhere_the_index_before_or_after_serves_and_the_next_run_mends_all(line: Line, point: str):
    before = line.found("transactions that wait in a circle")
    locks = line.write("locks.md", LOCKS)
    command = [sys.executable, "-m", "tests.knowledge.ingest_child", str(line.folder), str(locks), point]
    died = subprocess.run(command, cwd=HERE.parents[1], capture_output=True, text=True, timeout=120, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    index = open_index(line.folder / "index", line.embedder)
    name = index.generation.name
    index.close()
    assert name == ("generation-000002" if point == "published" else "generation-000001")
    if point != "published":
        assert line.found("transactions that wait in a circle") == before
    assert line.library().all()
    whole = line.take_in(locks)
    assert whole.ok
    assert "How do you keep deadlocks rare?" in line.found("How do you keep deadlocks rare?")
    assert len(line.catalogue.documents()) == 1
    assert line.take_in(locks) == whole


# ── Shapes and stages ────────────────────────────────────────────────────────────────────────────────────────


def test_the_report_has_the_documented_shape(line: Line):
    schema = json.loads((SCHEMAS / "ingest.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    report = line.take_in(LOOKALIKES, line.write("more.md", MORE), line.folder / "missing.md")
    shape = Draft202012Validator(schema)
    assert [error.message for error in shape.iter_errors(json.loads(report.model_dump_json()))] == []
    assert set(schema["$defs"]["question"]["properties"]) == set(FoundLine.model_fields)


def test_everything_found_in_a_file_is_in_its_report_with_its_line(line: Line):
    for file in line.take_in(LOOKALIKES).files:
        if file.error:
            continue
        document = read_document(Path(file.path))
        found = extract(document)
        assert [(each.line, each.text) for each in file.questions] == [(q.line, q.text) for q in found.questions]
        assert [(each.line, each.reason) for each in file.refused] == [(r.line, r.reason) for r in found.refused]
        assert [*file.passage_lines] == [passage.lines for passage in found.passages]
        told = {each.line for each in (*file.questions, *file.refused)}
        for each in (*found.questions, *found.refused):
            told.update(range(each.line, each.last_line + 1))
        for first, last in (*file.passage_lines, *(q.answer_lines for q in found.questions if q.answer_lines)):
            told.update(range(first, last + 1))
        told.update(n for heading in found.headings for n in range(heading.line, heading.last_line + 1))
        worded = {n for n, text in enumerate(document.text.split("\n"), start=1) if any(c.isalnum() for c in text)}
        assert worded <= told, file.path


def test_progress_is_told_by_stage_and_reaches_its_end(line: Line):
    told: list[tuple[str, int, int]] = []
    ingest(
        [line.write("locks.md", LOCKS)],
        line.catalogue,
        line.bank,
        line.embedder,
        line.folder / "index",
        lambda stage, done, total: told.append((stage, done, total)),
    )
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["reading", "embedding", "keeping", "index"]
    for stage in ("reading", "embedding", "keeping", "index"):
        done, total = next((done, total) for name, done, total in reversed(told) if name == stage)
        assert done == total


def test_the_index_can_be_thrown_away_and_built_again_from_the_catalogue(line: Line):
    line.take_in(line.write("locks.md", LOCKS))
    before = line.found("transactions that wait in a circle")
    shutil.rmtree(line.folder / "index")
    reindex(line.catalogue, line.bank, line.embedder, line.folder / "index")
    assert line.found("transactions that wait in a circle") == before


def test_each_text_is_embedded_once(line: Line):
    class Counting:
        fingerprint, dimensions = line.embedder.fingerprint, line.embedder.dimensions
        texts: list[str] = []  # noqa: RUF012

        def encode(self, texts: list[str]):
            self.texts.extend(texts)
            return line.embedder.encode(texts)

    counting = Counting()
    path = line.write("locks.md", LOCKS)
    ingest([path], line.catalogue, line.bank, counting, line.folder / "index")
    assert len(counting.texts) == len(set(counting.texts))
    counting.texts.clear()
    ingest([path], line.catalogue, line.bank, counting, line.folder / "index")
    assert not [text for text in counting.texts if text in {question.text for question in line.bank.questions}]
