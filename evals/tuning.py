"""Fits the numbers on top of a trained reader on the dev questions, and says how they fare on questions left out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evals.datasets import Case, read_cases
from evals.metrics import Prediction
from evals.stacking import Kit, calibrate, choose_thresholds, fit, fit_left_out, gather, leave_one_out, write_numbers
from interviewer.grading import coefficients
from interviewer.grading.joint import MODEL, WEIGHTS, JointReader
from interviewer.grading.local import read_vocabulary
from knowledge.bank import read_bank, read_notes
from knowledge.embedding import TOKENIZER, OnnxEmbedder
from knowledge.model_files import prepare_model

CASES = Path(__file__).parent / "cases"
TRAIN, DEV, TEST = (CASES / f"{split}.jsonl" for split in ("train", "dev", "test"))
CONTRASTS, EXAMS = CASES / "contrasts.jsonl", CASES / "exams.jsonl"

Say = Callable[[str], None]


def fit_numbers(target: Path, say: Say) -> tuple[Sequence[Case], list[Prediction]]:
    """Fits the numbers on top of the reader in `target` and writes them: over the shipped ones if the reader is the
    shipped one, else beside the reader. Returns the dev cases and what is said of each by a grader whose numbers were
    fitted on the other questions."""
    cases = read_cases(DEV)
    kit = open_kit(target)
    examples = gather(cases, kit)
    fitted = fit_left_out(examples)
    thresholds = choose_thresholds(examples, fitted)
    raw = leave_one_out(cases, kit, fitted, {"thresholds": thresholds})
    calibration = calibrate(cases, raw)
    shared = {"thresholds": thresholds, "calibration": calibration}
    weights = fit(examples.values()).model_copy(update=shared)
    write_numbers(weights, examples, kit.reader.fingerprint, numbers_of(target))
    say(f"thresholds: {thresholds}")
    return cases, leave_one_out(cases, kit, fitted, shared)


def numbers_of(weights: Path) -> Path:
    """Where the numbers on top of the reader in the folder `weights` are written."""
    shipped = Path(coefficients.__file__)
    return shipped if weights.resolve() == WEIGHTS.resolve() else weights / shipped.name


def open_kit(folder: Path = WEIGHTS) -> Kit:
    """The local grader's parts, with the reader in `folder`. What the reader made of an answer is remembered."""
    model = prepare_model()
    vocabulary = read_vocabulary(read_bank().questions, read_notes())
    return Kit(OnnxEmbedder(model), vocabulary, Remembering(JointReader(folder / MODEL, model / TOKENIZER)))


class Remembering:
    """A reader that reads each answer once: fits and left-out fits ask again and again."""

    def __init__(self, reader: JointReader) -> None:
        self._reader = reader
        self._known: dict[object, Any] = {}
        self.fingerprint = reader.fingerprint

    def judge(self, question: str, answer: str, sentences: Sequence[Any], claims: Any) -> Any:
        key = question, answer, tuple(sentences), tuple(claims.points), tuple(claims.beliefs)
        if key not in self._known:
            self._known[key] = self._reader.judge(question, answer, sentences, claims)
        return self._known[key]
