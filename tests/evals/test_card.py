"""The card says what was measured, and nothing else."""

import xml.etree.ElementTree as ElementTree

import pytest

from evals.card import (
    CARD_METRICS,
    About,
    Card,
    MeasuredSet,
    Part,
    confusion,
    last_numbers,
    measure_set,
    reliability,
    render,
    strays,
)
from evals.datasets import LABELS, read_cases
from evals.estimates import Estimate
from evals.grading import by_majority
from evals.metrics import Prediction
from evals.pictures import Bin, confusion_matrix, reliability_diagram
from evals.publishing import CARD_JSON, CARD_PAGE, check_dev, read_card
from evals.tuning import DEV
from interviewer.grading.joint import MODEL, WEIGHTS, digest
from interviewer.grading.local import VERSION
from interviewer.models import GraderInfo, VerdictName


def estimate(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(value=value, low=low, high=high)


def measured(ungraded: int = 2, **metrics: Estimate) -> MeasuredSet:
    return MeasuredSet(
        title="Our own",
        marked_by="our labels",
        human=False,
        credit="Ours",
        measured_on="2026-11-20",
        n=10,
        questions=3,
        ungraded=ungraded,
        metrics=metrics,
    )


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        pytest.param(0.8, 0.8, None, id="the same"),
        pytest.param(0.8, 0.815, None, id="as another processor may say"),
        pytest.param(0.8, 0.83, "more than 0.02 from 0.800", id="inside the interval, but not a rerun"),
        pytest.param(0.8, 0.6, "outside of [0.700, 0.900]", id="below"),
        pytest.param(0.8, 0.95, "outside of [0.700, 0.900]", id="above: better is a change too"),
        pytest.param(0.8, None, "was 0.800 and is undefined", id="a grader that refuses everything"),
        pytest.param(None, 0.8, None, id="never defined"),
    ],
)
def test_a_number_that_is_not_as_stored_is_told(was: float | None, now: float | None, told: str | None) -> None:
    stored = estimate(None) if was is None else estimate(was, 0.7, 0.9)
    lines = strays(measured(rmse=stored), measured(rmse=estimate(now)))
    assert len(lines) == (0 if told is None else 1)
    assert told is None or told in lines[0]


def test_what_rests_on_a_few_answers_is_held_to_its_interval_alone() -> None:
    stored = measured(misconception_precision=estimate(0.85, 0.7, 1.0))
    assert not strays(stored, measured(misconception_precision=estimate(0.8)))


def test_other_answers_marked_than_stored_are_told() -> None:
    assert strays(measured(ungraded=2), measured(ungraded=10)) == ["10 answers not marked instead of 2"]


def test_last_numbers_stand_for_the_grader_that_they_are_of() -> None:
    grader = GraderInfo(name="local", version="1")
    one = Card(
        grader=grader,
        measured_on="2026-11-20",
        sets={"saf": measured()},
        kinds={},
        marked_kinds=(),
        needs_model=(),
    )
    assert last_numbers(one, "saf", grader) == measured()
    assert last_numbers(one, "saf", GraderInfo(name="local", version="2")) is None
    assert last_numbers(one, "other", grader) is None
    assert last_numbers(None, "saf", grader) is None


def test_the_page_counts_what_was_marked_and_shows_the_baselines_of_every_metric() -> None:
    graded = measured(two_way_macro_f1=estimate(0.7)).model_copy(
        update={"baselines": {"majority": {"two_way_macro_f1": estimate(0.4)}}}
    )
    page = render(
        Card(
            grader=GraderInfo(name="local", version="1"),
            measured_on="2026-11-20",
            sets={"saf": graded},
            kinds={"concept": Part(n=9, ungraded=4, metrics=dict.fromkeys(CARD_METRICS, estimate(0.5)))},
            marked_kinds=("concept",),
            needs_model=(),
        )
    )
    assert "10 answers to 3 questions, 2 of them not marked: the numbers are of 8" in page
    assert "| concept | 5 | 4 |" in page
    assert "| two_way_macro_f1 | 0.700 | 0.400 |" in page


def test_every_baseline_is_measured_in_what_marks_of_the_whole_are_measured_in() -> None:
    case = read_cases(DEV)[0].model_copy(update={"labels": {}, "misconceptions": (), "score": 1.0})
    said = by_majority(case)
    found = measure_set(About("Ours", "our labels", False, "Ours"), [case], [said], "", {"majority": [said]}, {})
    assert found.baselines["majority"]["two_way_macro_f1"].value == 0.0


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
