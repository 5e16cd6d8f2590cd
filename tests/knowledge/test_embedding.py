"""One contract for every embedder, and what is peculiar to the served one."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import (
    PIECES_A_BATCH,
    REMEMBERED_LENGTH,
    REMEMBERED_TEXTS,
    EmbeddingError,
    OnnxEmbedder,
    _batches,
    _Remembered,
)
from knowledge.model_files import find_weights, prepare_model
from knowledge.ports import Embedder
from knowledge.torch_models import SentenceTransformerEmbedder

# transformers and torch warn about themselves on import and first use.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

TEXTS = (
    "A transaction either happens whole or not at all.",
    "Retry",
    "数据库索引 speeds up reads",
    "",
    "An index helps reads. " * 120,
)


@pytest.fixture(scope="module")
def own_model() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(str(find_weights()))


@pytest.fixture(scope="module", params=["onnx", "sentence-transformers"])
def either(request: pytest.FixtureRequest, embedder: OnnxEmbedder, own_model: SentenceTransformerEmbedder) -> Embedder:
    return embedder if request.param == "onnx" else own_model


def test_rows_are_of_unit_length(either: Embedder) -> None:
    rows = either.encode(TEXTS)
    assert rows.shape == (len(TEXTS), either.dimensions)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_rows_keep_the_order_of_the_texts(either: Embedder) -> None:
    alone = np.vstack([either.encode([text]) for text in TEXTS])
    assert either.encode(TEXTS) == pytest.approx(alone, abs=1e-5)


def test_no_texts_make_no_rows(either: Embedder) -> None:
    assert either.encode([]).shape == (0, either.dimensions)


def test_half_an_emoji_is_encoded_too(embedder: OnnxEmbedder) -> None:
    assert embedder.encode(["half \ud83d an emoji"]).shape == (1, embedder.dimensions)


def test_meaning_is_nearer_than_words(either: Embedder) -> None:
    question, paraphrase, stranger = either.encode(
        ["How do you stop SQL injection?", "Bind parameters in prepared statements", "How do you bake bread?"]
    )
    assert question @ paraphrase > question @ stranger


def test_both_give_the_same_vectors(embedder: OnnxEmbedder, own_model: SentenceTransformerEmbedder) -> None:
    assert embedder.encode(TEXTS) == pytest.approx(own_model.encode(TEXTS), abs=1e-3)


def test_fingerprints_tell_the_two_apart(embedder: OnnxEmbedder, own_model: SentenceTransformerEmbedder) -> None:
    assert embedder.fingerprint != own_model.fingerprint
    assert own_model.fingerprint == SentenceTransformerEmbedder(str(find_weights())).fingerprint


def test_an_own_model_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match=r"no folder .*nothing-here.*INTERVIEWER_EMBEDDING_MODEL"):
        SentenceTransformerEmbedder(str(tmp_path / "nothing-here"))


def test_what_lies_beyond_256_pieces_does_not_count(embedder: OnnxEmbedder) -> None:
    kept = "index " * 254
    assert embedder.encode([kept + "bread"]) == pytest.approx(embedder.encode([kept + "wine"]), abs=1e-6)
    assert embedder.encode(["bread " + kept]) != pytest.approx(embedder.encode(["wine " + kept]), abs=1e-3)


def test_a_text_given_twice_is_encoded_once_and_remembered() -> None:
    embedder = OnnxEmbedder(prepare_model(), threads=1)
    forwards: list[list[str]] = []
    plain = embedder._forward
    embedder._forward = lambda texts: (forwards.append(texts), plain(texts))[1]  # type: ignore[method-assign]
    first = embedder.encode(["a lock", "an index", "a lock"])
    again = embedder.encode(["an index", "a lock"])
    assert forwards == [["a lock", "an index"], []]
    assert (first[0] == again[1]).all()
    assert (first[0] == first[2]).all()


def test_memory_of_texts_is_bounded() -> None:
    remembered = _Remembered()
    row = np.zeros(3, dtype=np.float32)
    for number in range(REMEMBERED_TEXTS + 1):
        remembered.put(str(number), row)
    remembered.put("x" * (REMEMBERED_LENGTH + 1), row)
    assert remembered.get("0") is None
    assert remembered.get("x" * (REMEMBERED_LENGTH + 1)) is None
    assert remembered.get(str(REMEMBERED_TEXTS)) is not None


def test_threads_may_share_one(embedder: OnnxEmbedder) -> None:
    texts = [f"request {number} is sent again" for number in range(40)]
    expected = embedder.encode(texts)
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(OnnxEmbedder(prepare_model(), threads=1).encode, [texts] * 8):
            assert rows == pytest.approx(expected, abs=1e-5)


def test_batches_hold_texts_of_like_length() -> None:
    batches = list(_batches([300, 5, 250, 6, 400, 7]))
    assert batches == [[1, 3, 5], [2, 0], [4]]
    assert list(_batches([2 * PIECES_A_BATCH])) == [[0]]
    assert list(_batches([])) == []


def test_a_folder_without_a_model_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="make setup"):
        OnnxEmbedder(tmp_path)


def test_a_folder_that_lost_a_file_says_which(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes((prepare_model() / "manifest.json").read_bytes())
    with pytest.raises(EmbeddingError, match=r"lacks model.onnx and tokenizer.json"):
        OnnxEmbedder(tmp_path)


def test_serving_does_not_import_torch() -> None:
    script = (
        "import sys; from knowledge.model_files import prepare_model; from knowledge.embedding import OnnxEmbedder\n"
        "OnnxEmbedder(prepare_model()).encode(['a'])\n"
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_serving_leaves_nothing_in_the_persons_home_and_reports_to_nobody(tmp_path: Path) -> None:
    script = (
        "from knowledge.model_files import prepare_model; from knowledge.embedding import OnnxEmbedder\n"
        "OnnxEmbedder(prepare_model()).encode(['a'])"
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    ran = subprocess.run([sys.executable, "-c", script], env={**own, "HOME": str(tmp_path)}, timeout=60)
    assert ran.returncode == 0
    assert list(tmp_path.rglob("*")) == []
