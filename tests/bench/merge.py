"""Merging twice as many questions: how much longer it takes. What asks the same is found and grouped, not stored."""

import gc
import math
import random
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.bank import read_bank, read_notes
from knowledge.library import group_drafts, unite
from knowledge.merging import content_words, decide_merges, worded, wordings
from knowledge.models import Concept, Question
from knowledge.readings import Drafted
from knowledge.rubrics import slug_of

SMALL, LARGE, ROUNDS, DIMENSIONS = 5_000, 10_000, 5, 384
FRAMES = ("What is {}?", "Explain {}.", "Can you describe {}?", "How would you approach {}?")


def measure(home: Path) -> dict[str, float]:
    """CPU seconds for 5,000 and for 10,000 questions beside the bank's, and their ratio; the best of ROUNDS each."""
    drafts, vectors = _write_questions(LARGE, seed=1)
    seconds = dict.fromkeys((SMALL, LARGE), math.inf)
    for _ in range(ROUNDS):
        for count, best in seconds.items():
            seconds[count] = min(best, _merge(drafts[:count], vectors[:count]))
    return {
        "merge_seconds_5k": seconds[SMALL],
        "merge_seconds_10k": seconds[LARGE],
        "merge_growth": seconds[LARGE] / seconds[SMALL],
    }


def _merge(drafts: list[Drafted], vectors: NDArray[np.float32]) -> float:
    """From drafts to united questions, in this process's own time. Texts are compared as if never seen before."""
    bank = read_bank()
    own = np.zeros((len(wordings(bank.questions)), DIMENSIONS), dtype=np.float32)
    rows = np.concatenate([own, vectors])
    content_words.cache_clear()
    worded.cache_clear()
    # What was written for the bench is no part of what the collector would go through.
    gc.collect()
    gc.freeze()
    begun = time.process_time()
    merges = decide_merges(bank.questions, [drafted.question for drafted in drafts], rows)
    groups = group_drafts(
        drafts, {merge.alias: merge.slug for merge in merges}, {question.id: None for question in bank.questions}
    )
    for group in groups.values():
        unite(group)
    return time.process_time() - begun


def _write_questions(count: int, seed: int) -> tuple[list[Drafted], NDArray[np.float32]]:
    """About half are others worded anew, the rest ask for a mixture of words of the notes; no two texts are equal."""
    dice = random.Random(seed)
    words = sorted({word for note in read_notes() for word in note.text.lower().split() if word.isalpha()})
    questions: dict[str, Question] = {}
    directions: list[NDArray[np.float32]] = []
    numbers = np.random.default_rng(seed)
    while len(questions) < count:
        subject = " ".join(dice.sample(words, dice.randint(3, 14)))
        direction = numbers.standard_normal(DIMENSIONS).astype(np.float32)
        for frame in dice.sample(FRAMES, dice.randint(1, 3)):
            text = frame.format(subject)
            question = Concept(id=slug_of(text), text=text, topic="general", level="junior", status="draft")
            if question.id not in questions and len(questions) < count:
                questions[question.id] = question
                directions.append(direction)
    drafts = [
        Drafted(document_id=f"{place // 100:064x}", line=1, section=None, question=question, checkable=False)
        for place, question in enumerate(questions.values())
    ]
    rows = np.stack(directions)
    return drafts, (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
