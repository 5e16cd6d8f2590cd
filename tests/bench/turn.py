"""A turn of an interview with the local grader: stored, marked, decided, worded; beside the bare forward passes."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from interviewer import wiring
from interviewer.engine import Interview, start
from interviewer.grading.joint import MODEL, WEIGHTS, JointReader, Judged, Reader
from interviewer.grading.local import LocalGrader, read_vocabulary
from interviewer.grading.sequences import Claims
from interviewer.models import Plan, Setup
from interviewer.settings import read_settings
from knowledge.bank import read_notes
from knowledge.embedding import TOKENIZER, OnnxEmbedder
from knowledge.model_files import prepare_model
from knowledge.models import PERSONAL_KINDS
from knowledge.ports import Embedder
from knowledge.spans import Span

Batches = list[list[str]]
Asked = tuple[str, str, Sequence[Span], Claims]
QUESTIONS = 15


class Recording:
    """An embedder that notes which texts really went through the model: those it had not met before."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._met: set[str] = set()
        self.fingerprint = embedder.fingerprint
        self.dimensions = embedder.dimensions
        self.batches: Batches = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._met]
        self._met.update(fresh)
        if fresh:
            self.batches.append(fresh)
        return self._embedder.encode(texts)


class RecordingReader:
    """A reader that notes what it was asked."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.fingerprint = reader.fingerprint
        self.asked: list[Asked] = []

    def judge(self, question: str, answer: str, sentences: Sequence[Span], claims: Claims) -> Judged:
        self.asked.append((question, answer, sentences, claims))
        return self._reader.judge(question, answer, sentences, claims)


def measure(home: Path) -> dict[str, float]:
    """Milliseconds of wall-clock time a turn; and the turns' CPU time over that of their bare forward passes."""
    recording = Recording(OnnxEmbedder(prepare_model(), threads=1))
    reading = RecordingReader(_open_reader())
    vocabulary = read_vocabulary(wiring.open_bank().questions, read_notes())
    desk = wiring.open_desk(read_settings(), embedder=recording)
    desk = replace(desk, grader=LocalGrader(recording, vocabulary, reading))
    questions = [q for q in wiring.open_bank().questions if q.kind not in PERSONAL_KINDS | {"sql"}][:QUESTIONS]
    plan = Plan(question_ids=tuple(question.id for question in questions))
    interview = start(desk, Setup(mode="interview", level="mid", length=len(questions)), plan, bank_revision="bench")
    walls: list[float] = []
    cpu = bare = 0.0
    bare_embedder, bare_reader = OnnxEmbedder(prepare_model(), threads=1), _open_reader()
    bare_reader.judge("Warm up.", "Yes.", (), Claims(["It is warm."], []))
    for text in _first_answers(interview):
        recording.batches.clear()
        reading.asked.clear()
        wall_begun, cpu_begun = time.perf_counter(), time.process_time()
        interview.answer(text, desk.new_id())
        cpu += time.process_time() - cpu_begun
        walls.append((time.perf_counter() - wall_begun) * 1000)
        bare += _bare_seconds(bare_embedder, recording.batches, bare_reader, reading.asked)
    return {
        "turns": float(len(walls)),
        "turn_p50_ms": float(np.percentile(walls, 50)),
        "turn_p95_ms": float(np.percentile(walls, 95)),
        "turn_over_forward": cpu / bare,
    }


def _first_answers(interview: Interview) -> Iterator[str]:
    """The model answers as a candidate would give them: the first half, then the rest, then on to the next."""
    while interview.state.status == "running":
        current = interview.state.current
        sentences = (current.question.model_answer or "").replace("\n", " ").split(". ")
        half = len(sentences) // 2
        parts = [". ".join(sentences[:half]) + ".", ". ".join(sentences[half:])]
        given = len(current.answers)
        if given < len(parts):
            yield parts[given]
        else:
            interview.control("skip")


def _open_reader() -> JointReader:
    return JointReader(WEIGHTS / MODEL, prepare_model() / TOKENIZER, threads=1)


def _bare_seconds(embedder: OnnxEmbedder, batches: Batches, reader: JointReader, asked: Sequence[Asked]) -> float:
    """Of the same texts through the same two models, and nothing else."""
    begun = time.process_time()
    for batch in batches:
        embedder.encode(batch)
    for question, answer, sentences, claims in asked:
        reader.judge(question, answer, sentences, claims)
    return time.process_time() - begun
