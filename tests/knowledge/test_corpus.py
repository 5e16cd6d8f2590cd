"""The corpus: questions and answers of documents in many layouts, each with its traps, and their mutations."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.documents import DocumentError, read_document
from knowledge.extraction import extract
from tests.knowledge.corpus_scores import CORPUS, DOCUMENTS, score, table
from tests.knowledge.lines import unaccounted

TEXTS = [path for path in DOCUMENTS if path.suffix not in (".pdf", ".docx")]
LEAST_EACH = 0.9
LEAST_OVERALL = 0.97


def test_the_corpus_is_read_as_expected(capsys: pytest.CaptureFixture[str]):
    scores = [score(path) for path in DOCUMENTS]
    with capsys.disabled():
        print("\n" + table(scores))
    wrong = [s for s in scores if min(s.precision, s.recall) < LEAST_EACH]
    assert not wrong, "\n".join(f"{s.name}: missed {s.missed}, wrong {s.wrong}" for s in wrong)
    right = sum(s.right for s in scores)
    assert right / sum(s.found for s in scores) >= LEAST_OVERALL
    assert right / sum(s.expected for s in scores) >= LEAST_OVERALL
    assert len(scores) >= 25


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_nothing_of_the_corpus_vanishes(path: Path):
    document = read_document(path)
    assert unaccounted(document, extract(document)) == []


PIECES = (
    *(
        "``` ",
        "# ",
        "## What?",
        "\n\n",
        "<details>",
        "</details>",
        "<b>",
        "- [x] ",
        "1. ",
        "Q: ",
        "A: ",
        "\x00",
        "\ufeff",
    ),
    *("“", "&lt;", "<script>", "---\n", "],", "“é", "什么", "**", "</p>", "?", "|", '{"question": ', '"', "Answer:"),
)


def mutated(raw: bytes, seed: int) -> bytes:
    """The bytes with a few cuts, doublings, swaps and insertions."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 6)):
        at, to = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
        match chance.randrange(5):
            case 0:
                raw = raw[:at] + raw[min(to, at + 200) :]
            case 1:
                raw = raw[:at] + raw[at : min(to, at + 500)] + raw[at:]
            case 2:
                raw = raw[:at] + chance.choice(PIECES).encode() + raw[at:]
            case 3:
                lines = raw.split(b"\n")
                chance.shuffle(lines)
                raw = b"\n".join(lines)
            case _:
                raw = raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]
    return raw


def vanished(path: Path) -> list[str]:
    """The lines that nothing takes in; none where the file is refused."""
    try:
        document = read_document(path)
    except DocumentError:
        return []
    return unaccounted(document, extract(document))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(TEXTS), seed=st.integers(0, 10**9))
@pytest.mark.timeout(300)
def test_a_mutated_document_is_read_or_refused_and_nothing_vanishes(tmp_path: Path, path: Path, seed: int):
    mutant = tmp_path / path.name
    mutant.write_bytes(mutated(path.read_bytes(), seed))
    assert vanished(mutant) == []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["printed.pdf", "headings.docx"])
def test_a_mutated_binary_is_read_or_refused(tmp_path: Path, name: str, seed: int):
    mutant = tmp_path / name
    mutant.write_bytes(mutated((CORPUS / name).read_bytes(), seed))
    assert vanished(mutant) == []
