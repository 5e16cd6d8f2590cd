"""What the shipped weights learned from is on record, and no test answer or test question is among it."""

import hashlib
import json
from typing import Any

import pytest

from evals.datasets import read_cases
from evals.training import MANIFEST, fingerprint
from evals.tuning import DEV, TEST, TRAIN
from interviewer.grading.joint import MODEL, WEIGHTS


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


def test_what_was_learned_from_is_in_the_manifest(manifest: dict[str, Any]) -> None:
    """Else the test above could not fail."""
    cases = read_cases(TRAIN)
    assert {fingerprint(case.answer) for case in cases} <= set(manifest["answers"])
    assert {fingerprint(case.question) for case in cases} <= set(manifest["questions"])


def test_there_are_questions_enough_to_measure_on() -> None:
    assert len({case.question_id for case in read_cases(TEST)}) >= 36


def test_the_weights_are_small_enough_to_ship() -> None:
    assert sum(file.stat().st_size for file in WEIGHTS.iterdir()) <= 30_000_000
