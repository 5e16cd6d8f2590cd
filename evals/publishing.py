"""`make eval`: measures the shipped grader on every set at hand and writes its card."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from evals.card import (
    About,
    Card,
    MeasuredSet,
    Part,
    confusion,
    last_numbers,
    measure_set,
    reliability,
    render,
    slice_by,
    strays,
)
from evals.datasets import LABELS, Case, read_cases
from evals.estimates import Estimate
from evals.graders import open_local, open_mark
from evals.grading import Mark, by_grader, predict
from evals.metrics import Prediction, Row
from evals.pictures import confusion_matrix, reliability_diagram
from evals.public_sets import SAF_UNSEEN, SCIENTS, read_public
from evals.robustness import attacks, changed_answers, mark_all, markable, read_written
from evals.robustness_metrics import measure as measure_changes
from evals.stacking import fit_left_out, gather, leave_one_out
from evals.tuning import DEV, TEST, Say, open_kit
from interviewer.grading.coefficients import WEIGHTS as NUMBERS
from interviewer.grading.local import MARKED_KINDS
from interviewer.grading.port import EVERY_KIND
from knowledge.bank import read_bank

HERE = Path(__file__).parent
CARD_JSON, CARD_PAGE, PICTURES = HERE / "GRADER_CARD.json", HERE / "GRADER_CARD.md", HERE / "card"
LABELLERS, QUOTES = HERE / "cases" / "labellers.json", HERE / "cases" / "quotes.json"
BASELINES = ("cosine", "lexical", "majority")
OURS = "our labels: three readings of each answer, all by the makers of the grader, who think alike; that flatters"

TEST_SET = About("Our test questions", OURS, False, "Written for this project; no reader or fit has seen them")
DEV_SET = About("Our dev questions", OURS, False, "The numbers on top of the reader were fitted on these: they flatter")
SAF_SET = About(
    "SAF, unseen answers",
    "teaching staff, scores from 0 to 1",
    True,
    SAF_UNSEEN.credit + "; its train split was learned from",
)
SCIENTS_SET = About(
    "SciEntsBank, unseen questions", "right or wrong", True, SCIENTS.credit + "; nothing of it was learned"
)


def publish(say: Say) -> Card:
    """Measures everything and writes card, page and pictures. A public set that is absent keeps its last numbers where
    they are this grader's, and is left out where they are another's."""
    today, before = date.today().isoformat(), read_card()
    local, bank = open_local(), {question.id: question for question in read_bank().questions}
    slices: Mapping[str, Callable[[Case], str | None]] = {
        "style": lambda case: case.style,
        "topic": lambda case: bank[case.question_id].topic,
        "kind": lambda case: case.kind,
    }
    sets: dict[str, MeasuredSet] = {}
    for name, about, cases, sliced in (
        ("ours_test", TEST_SET, read_cases(TEST), slices),
        ("ours_dev", DEV_SET, read_cases(DEV), {}),
        (SAF_UNSEEN.name, SAF_SET, read_public(SAF_UNSEEN), {}),
        (SCIENTS.name, SCIENTS_SET, read_public(SCIENTS), {}),
    ):
        if cases is None:
            kept = last_numbers(before, name, local.info)
            say(f"{about.title}: the data is absent; " + ("its last numbers stand" if kept else "it is left out"))
            sets |= {name: kept} if kept else {}
            continue
        say(f"{about.title}: {len(cases)} answers")
        said = predict(by_grader(local), cases)
        baselines = {baseline: predict(open_mark(baseline), cases) for baseline in BASELINES}
        sets[name] = measure_set(about, cases, said, today, baselines, sliced)
        if name == "ours_test":
            draw(list(zip(cases, said, strict=True)))
    card = Card(
        grader=local.info,
        measured_on=today,
        sets=sets,
        kinds=measure_kinds(),
        marked_kinds=tuple(sorted({*MARKED_KINDS, "sql"})),
        needs_model=tuple(sorted(EVERY_KIND - MARKED_KINDS - {"sql"})),
        robustness=measure_robustness(by_grader(local), say),
        labellers=_read(LABELLERS),
        quotes=_read(QUOTES),
        speed=measure_speed(),
    )
    write_card(card)
    return card


def measure_robustness(mark: Mark, say: Say) -> dict[str, Estimate]:
    """Answers of the test questions said otherwise, and attacks: see robustness.py."""
    cases, written = markable(read_cases(TEST)), read_written()
    rows = [*changed_answers(cases, written), *attacks(cases, written)]
    say(f"Robustness: {len(rows)} answers")
    return measure_changes(mark_all(mark, rows))


def measure_kinds() -> dict[str, Part]:
    """Every kind but SQL, marked or not, on the dev questions: each by numbers fitted on the other questions."""
    cases, kit = read_cases(DEV), open_kit()
    fitted = fit_left_out(gather(cases, kit))
    shared = {"thresholds": NUMBERS.thresholds, "calibration": NUMBERS.calibration}
    said = leave_one_out(cases, kit, fitted, shared)
    rows: list[tuple[Case, Prediction]] = [row for row in zip(cases, said, strict=True) if row[0].kind != "sql"]
    return slice_by(rows, lambda case: case.kind)


def measure_speed(times: int = 20) -> dict[str, Any]:
    """Processor time for one answer of about 150 words on six points, read anew each time, median of several."""
    grader = by_grader(open_local())
    case = next(case for case in read_cases(TEST) if len(case.points) == 6 and 130 <= len(case.answer.split()) <= 175)
    grader(case)
    spent: list[float] = []
    for turn in range(times):
        fresh = case.model_copy(update={"answer": f"{case.answer} That was try number {turn}, as it happens."})
        started = time.process_time()
        grader(fresh)
        spent.append(time.process_time() - started)
    words, claims = len(case.answer.split()), len(case.points)
    return {f"processor time, {words} words on {claims} points, ms": round(1000 * sorted(spent)[times // 2])}


def check_dev(say: Say) -> bool:
    """Whether the shipped grader marks as many dev answers as its card says, and as well."""
    card = read_card()
    if card is None:
        say(f"there is no card to compare with: {CARD_JSON.name} is missing; write it by 'make eval'")
        return False
    cases = read_cases(DEV)
    found = measure_set(DEV_SET, cases, predict(by_grader(open_local()), cases), "", {}, {})
    lines = strays(card.sets["ours_dev"], found)
    say("\n".join(lines) or "all numbers on the dev questions are as stored")
    return not lines


def read_card() -> Card | None:
    return Card.model_validate_json(CARD_JSON.read_text(encoding="utf-8")) if CARD_JSON.is_file() else None


def write_card(card: Card) -> None:
    CARD_JSON.write_text(card.model_dump_json(indent=1) + "\n", encoding="utf-8")
    CARD_PAGE.write_text(render(card), encoding="utf-8")


def draw(rows: Sequence[Row]) -> None:
    PICTURES.mkdir(exist_ok=True)
    diagram = reliability_diagram(reliability(rows), "Confidence of verdicts, our test questions")
    matrix = confusion_matrix(confusion(rows), LABELS, "Verdicts, our test questions")
    (PICTURES / "reliability.svg").write_text(diagram, encoding="utf-8")
    (PICTURES / "confusion.svg").write_text(matrix, encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
