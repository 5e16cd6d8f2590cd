"""Trains the joint reader from its data and writes it, with a manifest of everything that it learned from."""

import hashlib
import json
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from evals.curriculum import Material, Shares, plan_lessons
from evals.datasets import Case, read_cases, read_rows
from evals.examples import Contrast, Example, of_case
from evals.grading import by_verdicts
from evals.joint_training import JointModel, Rates, guess, load_encoder, train, write_onnx
from evals.metrics import credited_f1, macro_f1
from evals.public_sets import SAF_TRAIN, read_public
from evals.tuning import CONTRASTS, DEV, EXAMS, TEST, TRAIN, Say
from interviewer.grading.joint import MODEL, tokenize_with
from interviewer.grading.sequences import Tokenize
from knowledge.bank import read_bank
from knowledge.embedding import TOKENIZER
from knowledge.model_files import find_weights, prepare_model
from knowledge.onnx import open_tokenizer, quantise

MANIFEST = "manifest.json"


def train_reader(seed: int, epochs: int, target: Path, say: Say, device: str = "cpu") -> None:
    """Trains the joint reader and writes it, eight bits a weight, with its manifest into the folder `target`."""
    material = read_material()
    if not material.scored:
        say(
            "the public set SAF is absent: the reader learns without it, and will be worse at answers marked as a whole"
        )
    tokenize = tokenize_with(open_tokenizer(prepare_model() / TOKENIZER))
    dev = [case for case in read_cases(DEV) if case.kind != "sql"]
    rates, shares = Rates(epochs=epochs), Shares()

    def held_out(_: int, model: JointModel) -> float:
        return _quality(dev, model, tokenize, device)

    say(
        f"{len(material.cases)} answers, {len(material.exams)} of exams, {len(material.contrasts)} contrasts, "
        f"{len(material.scored)} scored answers"
    )
    trained = train(
        load_encoder(find_weights()), plan_lessons(material, shares), tokenize, rates, seed, held_out, say, device
    )
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as aside:
        whole = Path(aside) / MODEL
        write_onnx(trained.model, whole)
        quantise(whole, target / MODEL)
    write_manifest(target, material, seed, rates, shares, trained.epochs)
    say(f"wrote {target / MODEL}, {(target / MODEL).stat().st_size / 1e6:.1f} MB")


def read_material() -> Material:
    """Nothing of the questions that grade the grader, nor of those on which the numbers are fitted."""
    kept_apart = {case.question_id for path in (DEV, TEST) for case in read_cases(path)}
    questions = {question.id: question for question in read_bank().questions if question.id not in kept_apart}
    return Material(
        cases=read_cases(TRAIN),
        contrasts=read_rows(CONTRASTS, Contrast.model_validate_json),
        questions=questions,
        exams=read_cases(EXAMS),
        scored=read_public(SAF_TRAIN) or (),
    )


def write_manifest(
    target: Path, material: Material, seed: int, rates: Rates, shares: Shares, averaged: Sequence[int]
) -> None:
    """What the weights learned from, by hash, and how: enough to prove that a test answer was not among it."""
    model = hashlib.sha256((target / MODEL).read_bytes()).hexdigest()
    content = {
        "model": MODEL,
        "sha256": model,
        "trained": date.today().isoformat(),
        "python": platform.python_version(),
        "seed": seed,
        "rates": rates._asdict(),
        "epochs_averaged": list(averaged),
        "shares": shares._asdict(),
        "sources": {
            "evals/cases/train.jsonl": "our answers, our labels (MIT, with the project)",
            "evals/cases/exams.jsonl": "our answers to questions of our own, our labels (MIT, with the project)",
            "evals/cases/contrasts.jsonl": "our sentences, our labels (MIT, with the project)",
            "knowledge/bank": "our model answers (MIT, with the project)",
            SAF_TRAIN.name: f"{SAF_TRAIN.credit}; {len(material.scored)} answers",
            "base weights": "sentence-transformers/all-MiniLM-L6-v2, Apache-2.0",
        },
        "questions": sorted({fingerprint(q) for q in _questions(material)}),
        "answers": sorted({fingerprint(a) for a in _answers(material)}),
    }
    (target / MANIFEST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def fingerprint(text: str) -> str:
    """Of a text as read: case and white space tell nothing."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode()).hexdigest()[:16]


def _questions(material: Material) -> list[str]:
    of_contrasts = [material.questions[contrast.question_id].text for contrast in material.contrasts]
    return [*(case.question for case in (*material.cases, *material.exams, *material.scored)), *of_contrasts] + [
        question.text for question in material.questions.values()
    ]


def _answers(material: Material) -> list[str]:
    models = [question.model_answer for question in material.questions.values() if question.model_answer]
    return [
        *(case.answer for case in (*material.cases, *material.exams, *material.scored)),
        *(c.text for c in material.contrasts),
        *models,
    ]


def _quality(cases: Sequence[Case], model: JointModel, tokenize: Tokenize, device: str) -> float:
    """F1 of credited and macro-F1 of the reader alone, added up."""
    examples: list[Example] = [of_case(case) for case in cases]
    rows = [
        (case, by_verdicts(case, verdicts))
        for case, verdicts in zip(cases, guess(model, examples, tokenize, device), strict=True)
    ]
    return float(np.nansum([credited_f1(rows) or 0.0, macro_f1(rows) or 0.0]))
