"""The card says what was measured, and nothing else."""

import xml.etree.ElementTree as ElementTree

import pytest

from evals.card import Card, confusion, out_of_interval, reliability, render
from evals.datasets import LABELS, read_cases
from evals.metrics import Estimate, Prediction
from evals.pictures import Bin, confusion_matrix, reliability_diagram
from evals.publishing import CARD_JSON, CARD_PAGE, check_dev, read_card
from evals.tuning import DEV
from interviewer.grading.joint import MODEL, WEIGHTS, digest
from interviewer.grading.local import VERSION
from interviewer.models import VerdictName


def estimate(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(value=value, low=low, high=high)


@pytest.mark.parametrize(
    ("now", "strays"),
    [
        pytest.param(0.8, 0, id="inside"),
        pytest.param(0.6, 1, id="below"),
        pytest.param(0.95, 1, id="above: better is a change too"),
        pytest.param(None, 0, id="undefined says nothing"),
    ],
)
def test_a_number_outside_its_stored_interval_is_told(now: float | None, strays: int) -> None:
    told = out_of_interval({"rmse": estimate(0.8, 0.7, 0.9)}, {"rmse": estimate(now)})
    assert len(told) == strays


def test_confidence_is_binned_and_labels_meet_verdicts() -> None:
    case = read_cases(DEV)[0]
    said: dict[str, VerdictName] = {point.id: "covered" for point in case.points}
    told = Prediction(id=case.id, kind="grade", verdicts=said, confidence=dict.fromkeys(said, 0.75))
    (only,) = reliability([(case, told)])
    covered = sum(case.labels[point.id] == "covered" for point in case.points)
    assert (only.confidence, only.size) == (0.75, len(said))
    assert only.right == pytest.approx(covered / len(said))
    assert sum(confusion([(case, told)]).values()) == len(said)


def test_pictures_are_well_formed() -> None:
    for picture in (
        reliability_diagram([Bin(0.9, 0.8, 10)], "A & B"),
        confusion_matrix({("covered", "missing"): 3}, LABELS, "<C>"),
    ):
        assert ElementTree.fromstring(picture).tag.endswith("svg")


def card() -> Card:
    stored = read_card()
    assert stored is not None, f"{CARD_JSON.name} is missing: run 'make eval'"
    return stored


def test_the_page_is_the_json_told_in_words() -> None:
    assert CARD_PAGE.read_text(encoding="utf-8") == render(card())


def test_the_card_is_of_the_grader_that_ships() -> None:
    assert card().grader.version == VERSION
    assert digest(WEIGHTS / MODEL) in (card().grader.model or "")


def test_the_shipped_grader_still_marks_the_dev_questions_as_its_card_says() -> None:
    said: list[str] = []
    assert check_dev(said.append), "\n".join(said)


def test_only_sets_marked_by_people_are_called_so() -> None:
    for name, each in card().sets.items():
        assert each.human == (not name.startswith("ours_"))
        assert each.human or "our labels" in each.marked_by


def test_the_card_says_what_the_grader_is_not_for() -> None:
    assert any("hiring" in use for use in card().not_for)
