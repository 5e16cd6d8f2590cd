"""What the shipped weights learned from is on record, and no test answer or test question is among it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from evals.datasets import read_cases
from evals.training import MANIFEST, fingerprint
from evals.tuning import DEV, EXAMS, TEST, TRAIN
from interviewer.grading import coefficients
from interviewer.grading.joint import MODEL, WEIGHTS, JointReader


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return json.loads((WEIGHTS / MANIFEST).read_text(encoding="utf-8"))


def test_the_manifest_is_of_these_weights(manifest: dict[str, Any]) -> None:
    assert manifest["sha256"] == hashlib.sha256((WEIGHTS / MODEL).read_bytes()).hexdigest()


@pytest.mark.parametrize("split", [TEST, DEV], ids=["test", "dev"])
def test_nothing_that_was_learned_from_is_in_a_split_that_measures(manifest: dict[str, Any], split: Any) -> None:
    cases = read_cases(split)
    assert not {fingerprint(case.answer) for case in cases} & set(manifest["answers"])
    assert not {fingerprint(case.question) for case in cases} & set(manifest["questions"])


@pytest.mark.parametrize("taught", [TRAIN, EXAMS], ids=["train", "exams"])
def test_what_was_learned_from_is_in_the_manifest(manifest: dict[str, Any], taught: Any) -> None:
    """Else the test above could not fail."""
    cases = read_cases(taught)
    assert {fingerprint(case.answer) for case in cases} <= set(manifest["answers"])
    assert {fingerprint(case.question) for case in cases} <= set(manifest["questions"])


def test_the_manifest_says_which_epochs_were_averaged(manifest: dict[str, Any]) -> None:
    assert 1 <= min(manifest["epochs_averaged"]) <= max(manifest["epochs_averaged"]) <= manifest["rates"]["epochs"]


def test_the_shipped_numbers_stand_on_the_shipped_weights(tmp_path: Path) -> None:
    shipped = JointReader(WEIGHTS / MODEL, tmp_path / "no tokenizer is needed to tell")
    assert shipped.fingerprint == coefficients.READER


def test_there_are_questions_enough_to_measure_on() -> None:
    assert len({case.question_id for case in read_cases(TEST)}) >= 36


def test_the_weights_are_small_enough_to_ship() -> None:
    assert sum(file.stat().st_size for file in WEIGHTS.iterdir()) <= 30_000_000
