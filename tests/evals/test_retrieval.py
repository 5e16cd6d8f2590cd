"""The labelled queries name sections that exist, and the measures of a search mean what they say."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from evals.__main__ import main
from evals.crowd import gather_crowd, note_sentences
from evals.datasets import CaseError
from evals.retrieval import (
    QUERIES,
    Found,
    Label,
    Query,
    ann_recalls,
    find_strays,
    label_sections,
    mean_of,
    measure,
    ndcg_at,
    read_queries,
    recall_at,
    reciprocal_rank,
)
from knowledge.bank import read_notes
from knowledge.embedding import OnnxEmbedder
from knowledge.ingest import note_entries

# chromadb's own imports warn.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

A, B, C, D, E, F = (Label(note="sql", heading=heading) for heading in "ABCDEF")
ROW = {"id": "sql/01", "topic": "sql", "query": "a?", "answers": [{"note": "sql", "heading": "A"}]}


def written(folder: Path, *rows: object) -> Path:
    path = folder / "queries.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


# ── Our own queries ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_label_names_a_section_of_a_note() -> None:
    assert find_strays(read_queries(QUERIES), label_sections(note_entries()).values()) == []


def test_there_are_enough_queries_for_every_note_and_none_twice() -> None:
    queries = read_queries(QUERIES)
    topics = Counter(query.topic for query in queries)
    assert len(queries) >= 120
    assert topics.keys() == {entry.topic for entry in note_entries()}
    assert min(topics.values()) >= 8
    assert max(Counter(query.query.casefold() for query in queries).values()) == 1


def test_a_query_whose_section_is_gone_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retrieval", "--queries", str(written(tmp_path, ROW)), "--ann", "10"]) == 1
    assert "sql/01: no section 'A' in the note 'sql'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({**ROW, "answers": []}, id="no answers"),
        pytest.param({**ROW, "query": ""}, id="nothing asked"),
        pytest.param({**ROW, "colour": "red"}, id="an unknown field"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: object) -> None:
    with pytest.raises(CaseError, match=r"queries\.jsonl:2: "):
        read_queries(written(tmp_path, ROW, row))


# ── Measures ─────────────────────────────────────────────────────────────────────────────────────────────────

DCG = [1, 0.6309, 0.5, 0.4307, 0.3869]  # 1 / log2(rank + 1)


@pytest.mark.parametrize(
    ("found", "answers", "recall_1", "recall_5", "rank", "ndcg"),
    [
        pytest.param([A, B, C], [A], 1, 1, 1, 1, id="at the top"),
        pytest.param([B, A, C], [A], 0, 1, 1 / 2, DCG[1], id="second"),
        pytest.param([B, C, D, E, F, A], [A], 0, 0, 1 / 6, 0.3562, id="sixth"),
        pytest.param([B, C], [A], 0, 0, 0, 0, id="not found"),
        pytest.param([], [A], 0, 0, 0, 0, id="nothing found"),
        pytest.param([A, B, C], [A, B], 1 / 2, 1, 1, 1, id="two, both in front"),
        pytest.param([A, C, B], [B, A], 1 / 2, 1, 1, 1.5 / 1.6309, id="two, one third"),
        pytest.param([C, B, D], [A, B], 0, 1 / 2, 1 / 2, DCG[1] / 1.6309, id="one of two"),
    ],
)
def test_the_measures_of_one_query(
    found: list[Label], answers: list[Label], recall_1: float, recall_5: float, rank: float, ndcg: float
) -> None:
    assert recall_at(1, found, answers) == pytest.approx(recall_1)
    assert recall_at(5, found, answers) == pytest.approx(recall_5)
    assert reciprocal_rank(found, answers) == pytest.approx(rank)
    assert ndcg_at(10, found, answers) == pytest.approx(ndcg, abs=1e-3)


def test_metrics_are_means_over_queries_by_method_and_topic() -> None:
    first = Query(id="1", topic="sql", query="a?", answers=(A,))
    second = Query(id="2", topic="security", query="b?", answers=(B,))
    found = [
        Found(first, {"bm25": [A], "dense": [A], "hybrid": [A]}),
        Found(second, {"bm25": [A], "dense": [A, B], "hybrid": [B]}),
    ]
    metrics = measure(found)
    assert metrics["bm25_recall_at_5"].value == 0.5
    assert metrics["dense_mrr"].value == 0.75
    assert metrics["hybrid_recall_at_1"].value == 1
    assert metrics["hybrid_recall_at_5.security"].value == 1


def test_an_interval_holds_its_mean_and_nothing_has_none() -> None:
    measured = mean_of([0.0, 1.0] * 50)
    assert measured.value == 0.5
    assert measured.low is not None
    assert measured.high is not None
    assert 0.35 < measured.low < 0.5 < measured.high < 0.65
    assert mean_of([]).value is None


# ── The crowd, and the approximate index ─────────────────────────────────────────────────────────────────────


def test_a_crowd_is_of_the_notes_words_and_no_two_are_alike(embedder: OnnxEmbedder) -> None:
    crowd = gather_crowd(read_notes()[:1], 300, embedder, encoded=2)
    assert len({entry.id for entry in crowd.entries}) == len(crowd.rows) == 300
    assert np.allclose(np.linalg.norm(crowd.rows, axis=1), 1, atol=1e-4)
    assert np.allclose(crowd.rows[:2], embedder.encode([entry.searched for entry in crowd.entries[:2]]), atol=1e-4)
    # The mean of its sentences' vectors is near a text's own.
    own = embedder.encode([entry.searched for entry in crowd.entries[2:42]])
    assert float((own * crowd.rows[2:42]).sum(axis=1).mean()) > 0.85


def test_the_sentences_of_the_notes_name_no_sources() -> None:
    sentences = note_sentences(read_notes())
    assert len(sentences) > 300
    assert not [sentence for sentence in sentences if sentence.startswith("Source:")]


def test_the_approximate_index_finds_the_nearest_of_a_few(embedder: OnnxEmbedder) -> None:
    crowd = gather_crowd(read_notes()[:1], 200, embedder)
    assert ann_recalls(crowd, crowd.rows[:10]) == [1.0] * 10


def test_the_command_ends_with_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = QUERIES.read_text(encoding="utf-8").splitlines()[0]
    queries = written(tmp_path, json.loads(line))
    assert main(["retrieval", "--queries", str(queries), "--ann", "50", "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["n"], last["ann_passages"]) == (1, 50)
    names = {f"{method}_{name}" for method in ("bm25", "dense", "hybrid") for name in ("recall_at_5", "ndcg_at_10")}
    assert last["metrics"].keys() >= {*names, "ann_recall_at_5", "hybrid_mrr", "hybrid_recall_at_1"}
    assert last["metrics"]["ann_recall_at_5"]["value"] == 1
