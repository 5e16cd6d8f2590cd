"""Hybrid search over real Chroma and FTS5, and generations that are published whole or not at all."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from numpy.typing import NDArray

from knowledge import index, keyword_index
from knowledge.embedding import OnnxEmbedder
from knowledge.index import BATCH, SAVES, Index, batch_sizes, build_index, fuse, open_index
from knowledge.index_models import (
    Entry,
    FingerprintMismatch,
    IndexBusy,
    IndexMissing,
    IndexProblem,
    Where,
    passage_entry,
    question_entry,
)
from knowledge.models import Passage, Source
from knowledge.query_terms import edited
from tests.factories import point, question

SOURCE = Source(title="A handbook", url="https://handbook.example")

# chromadb's own imports warn.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def passage(id: str, text: str, heading: str | None = None, document_id: str = "d1", topic: str | None = None) -> Entry:
    return passage_entry(
        Passage(id=id, document_id=document_id, text=text, heading=heading, lines=(3, 4), source=SOURCE), topic
    )


ENTRIES = (
    passage("p-injection", "Bound parameters keep what a visitor typed out of the statement.", "SQL injection"),
    passage("p-index", "An index lets the planner find rows without reading the whole table."),
    passage("p-cache", "A response may be stored and used again until it is stale.", "Caching", document_id="d2"),
    passage("p-c", "The language C gives you pointers and no safety net."),
    passage("p-cpp", "In C++ a destructor frees what the object owns."),
    passage("p-csharp", "C# and .NET have a garbage collector."),
    passage("p-cjk", "数据库索引可以加快查询。"),
    passage("p-cafe", "Le café de la base de données."),
    question_entry(question("sql-injection", text="How do you prevent SQL injection?", topic="security")),
    question_entry(question("slow-query", text="Why is this query slow?", topic="databases", kind="debugging")),
)


class Counting:
    """An embedder that remembers what it was asked to encode."""

    def __init__(self, embedder: OnnxEmbedder, fingerprint: str | None = None) -> None:
        self._embedder = embedder
        self.fingerprint = fingerprint or embedder.fingerprint
        self.dimensions = embedder.dimensions
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        return self._embedder.encode(texts)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, embedder: OnnxEmbedder) -> Path:
    folder = tmp_path_factory.mktemp("index")
    build_index(folder, ENTRIES, embedder)
    return folder


@pytest.fixture(scope="module")
def opened(built: Path, embedder: OnnxEmbedder) -> Iterator[Index]:
    opened = open_index(built, embedder)
    yield opened
    opened.close()


def ids(opened: Index, text: str, k: int = 5, where: Where | None = None) -> list[str]:
    return [hit.id for hit in opened.search(text, k, where)]


# ── Searching ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("How do you prevent SQL injection?", "sql-injection", id="the words and the meaning"),
        pytest.param("prepared statements against attackers", "p-injection", id="the meaning alone"),
        pytest.param("destructor", "p-cpp", id="a rare word"),
        pytest.param("C++", "p-cpp", id="c++ is not c"),
        pytest.param("c#", "p-csharp", id="c# is not c"),
        pytest.param(".NET", "p-csharp", id="a name that begins with a dot"),
        pytest.param("数据库", "p-cjk", id="a script without spaces"),
        pytest.param("索引", "p-cjk", id="inside a run of it"),
        pytest.param("CAFE", "p-cafe", id="case and accents aside"),
        pytest.param("destr", "p-cpp", id="the beginning of a word"),
        pytest.param("garbagge colector", "p-csharp", id="slips of the finger"),
    ],
)
def test_a_search_finds(opened: Index, text: str, first: str) -> None:
    assert ids(opened, text)[0] == first


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'; DROP TABLE entries; --",
        "NEAR(a b) AND NOT (c OR",
        "searched:table*",
        "* ^ - + ( ) { } [ ] : \\",
        "\x00 null",
        "\ud800 half a character",
        "🚀🚀",
        "what is the",
        "x" * 20_000,
        "数" * 500,
        "word " * 5_000,
    ],
)
def test_no_text_breaks_a_search(opened: Index, text: str) -> None:
    assert len(opened.search(text, 3)) == 3


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_asked_is_nothing_found(opened: Index, text: str) -> None:
    assert opened.search(text) == ()


def test_hits_carry_what_a_citation_needs(opened: Index) -> None:
    hits = opened.search("bound parameters", k=3)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    first = hits[0]
    assert (first.id, first.kind, first.heading, first.lines) == ("p-injection", "passage", "SQL injection", (3, 4))
    assert first.source == SOURCE
    assert first.text.startswith("Bound parameters")


@pytest.mark.parametrize(
    ("slip", "word"),
    [("deadlok", "deadlock"), ("sesion", "session"), ("patttern", "pattern"), ("idnex", "index"), ("hangs", "hands")],
)
def test_a_slip_is_a_letter_lacking_too_many_or_swapped_not_another_one(slip: str, word: str) -> None:
    assert (word in edited(slip)) is (slip != "hangs")


def test_a_section_of_the_notes_is_found_by_the_words_of_the_question_it_answers(
    tmp_path: Path, embedder: OnnxEmbedder
) -> None:
    sections = (
        passage("p-locks", "Each of two transactions holds what the other needs; one is aborted.", topic="databases"),
        passage("p-keys", "A primary key names one row and no other.", topic="databases"),
    )
    cycle = point("cycle", question="deadlocks", text="Each of two holds what the other needs.")
    asked = question("deadlocks", [cycle], text="What is a deadlock?")
    build_index(tmp_path, [*sections, question_entry(asked)], embedder)
    opened = open_index(tmp_path, embedder)
    assert opened.rankings("deadlock", 5, Where(kind="passage")).words == ("p-locks",)
    draft = asked.model_copy(update={"status": "draft"})
    build_index(tmp_path, [*sections, question_entry(draft)], embedder)
    assert opened.rankings("deadlock", 5, Where(kind="passage")).words == ()


def test_where_words_stand_in_very_many_entries_a_rare_one_must_be_there(
    tmp_path: Path, embedder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [passage(f"p-{number}", f"A server answers request {number}.") for number in range(12)]
    build_index(tmp_path, [*many, passage("p-rare", "A server keeps a ledger.")], embedder)
    opened = open_index(tmp_path, embedder)
    assert len(opened.rankings("server ledger", 20).words) == 13
    monkeypatch.setattr(keyword_index, "TOUCHED", 5)
    assert opened.rankings("server ledger", 20).words == ("p-rare",)
    assert len(opened.rankings("server", 20).words) == 13


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (Where(kind="question"), {"sql-injection", "slow-query"}),
        (Where(kind="question", topic="security"), {"sql-injection"}),
        (Where(question_kind="debugging"), {"slow-query"}),
        (Where(document_id="d2"), {"p-cache"}),
        (Where(kind="question", document_id="d2"), set[str]()),
        (Where(), {entry.id for entry in ENTRIES}),
    ],
    ids=str,
)
def test_filters_hold_for_words_and_meaning(opened: Index, where: Where, found: set[str]) -> None:
    assert set(ids(opened, "query injection stored response", 20, where)) == found


def test_more_is_asked_for_than_there_is(opened: Index) -> None:
    assert len(ids(opened, "index", k=500)) == len(ENTRIES)


def test_fusion_sums_reciprocal_ranks() -> None:
    assert fuse([["a", "b"], ["b"]]) == {"a": 1 / 61, "b": 1 / 62 + 1 / 61}
    assert fuse([[], []]) == {}


def test_ties_go_by_id(opened: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "fuse", lambda lists: dict.fromkeys(("p-index", "p-cache", "p-c"), 0.5))
    assert ids(opened, "anything") == ["p-c", "p-cache", "p-index"]


def test_threads_may_search_at_once(opened: Index) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: ids(opened, "C++ destructor"), range(24)))
    assert found == [found[0]] * 24


# ── Generations ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_generation_tells_its_entries_and_model(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    stages: list[tuple[str, int, int]] = []
    generation = build_index(tmp_path, iter(ENTRIES), embedder, lambda *stage: stages.append(stage))
    assert (generation.entries, generation.fingerprint) == (len(ENTRIES), embedder.fingerprint)
    assert stages == [("index", 0, len(ENTRIES)), ("index", len(ENTRIES), len(ENTRIES))]


def test_an_id_given_twice_is_one_entry_the_last(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    generation = build_index(tmp_path, [passage("p", "Old words."), passage("p", "New words.")], embedder)
    assert generation.entries == 1
    (hit,) = open_index(tmp_path, embedder).search("words")
    assert hit.text == "New words."


def test_nothing_to_index_makes_an_index_that_finds_nothing(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    assert build_index(tmp_path, [], embedder).entries == 0
    assert open_index(tmp_path, embedder).search("anything") == ()


def test_the_same_entries_are_not_built_again(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    first = build_index(tmp_path, ENTRIES, embedder)
    counting = Counting(embedder)
    assert build_index(tmp_path, reversed(ENTRIES), counting) == first
    assert counting.texts == []


def test_only_what_changed_is_encoded_again(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    build_index(tmp_path, ENTRIES, embedder)
    counting = Counting(embedder)
    edited = question_entry(question("slow-query", text="Why did it become slow?", topic="databases"))
    added = passage("p-new", "Idempotent requests may be sent again.")
    build_index(tmp_path, [*ENTRIES[:-1], edited, added], counting)
    # One more text is the check of what was written.
    assert sorted(counting.texts[:2]) == [added.text, edited.text]
    assert len(counting.texts) <= 3
    opened = open_index(tmp_path, embedder)
    assert ids(opened, "sent again", 1) == ["p-new"]
    assert ids(opened, "became slow", 1) == ["slow-query"]


def test_an_open_index_moves_on_to_what_is_published(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    build_index(tmp_path, ENTRIES[:1], embedder)
    opened = open_index(tmp_path, embedder)
    for count in (2, 3, 4):
        build_index(tmp_path, ENTRIES[:count], embedder)
        assert len(opened.search("anything", 20)) == count
    opened.close()


def test_the_generation_before_is_kept_and_older_ones_go(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    names = [build_index(tmp_path, ENTRIES[:count], embedder).name for count in (1, 2, 3)]
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == names[1:]


@pytest.mark.parametrize("step", ["write_entries", "_write_vectors", "_check", "publish"])
def test_a_build_that_fails_leaves_the_old_generation_serving(
    tmp_path: Path, embedder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    old = build_index(tmp_path, ENTRIES[:4], embedder)
    opened = open_index(tmp_path, embedder)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(index, step, fail)
        with pytest.raises(OSError, match="disk full"):
            build_index(tmp_path, ENTRIES, embedder)
    assert opened.generation == open_index(tmp_path, embedder).generation == old
    assert len(opened.search("index", 20)) == 4
    assert build_index(tmp_path, ENTRIES, embedder).entries == len(ENTRIES)
    assert len(opened.search("index", 20)) == len(ENTRIES)


def test_a_build_that_is_killed_leaves_the_old_generation_serving(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    old = build_index(tmp_path, ENTRIES[:4], embedder)
    script = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from knowledge.embedding import OnnxEmbedder
        from knowledge.index import build_index
        from knowledge.model_files import prepare_model
        from tests.knowledge.test_index import ENTRIES

        def kill_when_written(stage, done, total):
            if done:
                os.kill(os.getpid(), signal.SIGKILL)

        build_index(Path(sys.argv[1]), ENTRIES, OnnxEmbedder(prepare_model()), kill_when_written)
        """
    )
    root = Path(__file__).parents[2]
    killed = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])},
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob("generation-*"))) == 2
    assert open_index(tmp_path, embedder).generation == old
    build_index(tmp_path, ENTRIES, embedder)
    assert len(open_index(tmp_path, embedder).search("index", 20)) == len(ENTRIES)


def test_a_second_writer_is_turned_away_and_readers_are_not(built: Path, embedder: OnnxEmbedder) -> None:
    with FileLock(built / ".lock"):
        with pytest.raises(IndexBusy, match="try again"):
            build_index(built, [], embedder)
        assert open_index(built, embedder).search("index")


def test_another_model_is_refused(built: Path, embedder: OnnxEmbedder) -> None:
    with pytest.raises(FingerprintMismatch, match=r"was built with all-minilm-l6-v2-fp32-.* but another is in use"):
        open_index(built, Counting(embedder, "another"))


def test_another_model_encodes_everything_anew(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    build_index(tmp_path, ENTRIES, embedder)
    another = Counting(embedder, "another")
    assert build_index(tmp_path, ENTRIES, another).fingerprint == "another"
    assert len(another.texts) >= len(ENTRIES)
    assert open_index(tmp_path, another).search("index")


def test_no_index_says_what_to_run(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    with pytest.raises(IndexMissing, match="interviewer ingest"):
        open_index(tmp_path, embedder)


@pytest.mark.parametrize("lost", ["entries.sqlite", "chroma/chroma.sqlite3", "manifest.json"])
def test_a_generation_that_lost_a_part_is_built_again(tmp_path: Path, embedder: OnnxEmbedder, lost: str) -> None:
    generation = build_index(tmp_path, ENTRIES, embedder)
    (tmp_path / generation.name / lost).unlink()
    with pytest.raises(IndexMissing):
        open_index(tmp_path, embedder)
    build_index(tmp_path, ENTRIES, embedder)
    assert open_index(tmp_path, embedder).search("index")


@pytest.mark.parametrize("damaged", ["entries.sqlite", "chroma/chroma.sqlite3", "chroma/*/*.bin"])
@pytest.mark.parametrize("entries", [ENTRIES, ENTRIES[1:]], ids=["the same", "changed"])
def test_a_generation_that_is_damaged_says_so_and_is_built_again(
    tmp_path: Path, embedder: OnnxEmbedder, damaged: str, entries: Sequence[Entry]
) -> None:
    generation = build_index(tmp_path, ENTRIES, embedder)
    for path in (tmp_path / generation.name).glob(damaged):
        path.write_bytes(b"rubbish " * 200)
    for _ in range(2):
        with pytest.raises(IndexMissing, match="build it anew with 'interviewer ingest'"):
            open_index(tmp_path, embedder).search("index")
    assert build_index(tmp_path, entries, embedder).name != generation.name
    assert len(open_index(tmp_path, embedder).search("index", 20)) == len(entries)


def test_an_index_that_cannot_be_written_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(IndexProblem, match="see that the disk has space"):
        keyword_index.write_entries(tmp_path / "no folder" / "entries.sqlite", ENTRIES)


@pytest.mark.parametrize("total", [1, 2, 255, 256, 257, 2561, 20_645, 100_000])
def test_the_last_batch_is_saved_as_well_and_no_batch_is_too_large(total: int):
    sizes, between_saves = batch_sizes(total)
    waiting, saves = 0, 0
    for size in sizes:
        waiting += size
        if waiting >= between_saves:
            waiting, saves = 0, saves + 1
    assert (sum(sizes), waiting) == (total, 0)
    assert max(sizes) <= BATCH
    assert saves <= SAVES
