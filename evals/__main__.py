"""`python -m evals grading --cases FILE`: how good the grading is, measured. The last line is JSON with --json."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from evals.datasets import Case, CaseError, read_cases
from evals.grading import Mark, by_cosine, by_crediting_everything, by_grader, by_majority, predict
from evals.metrics import Estimate, Prediction, measure
from interviewer.grading.local import LocalGrader, read_vocabulary
from knowledge.bank import read_bank, read_notes
from knowledge.embedding import OnnxEmbedder
from knowledge.model_files import prepare_model

GRADERS = ("local", "cosine", "majority", "everything")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        cases = read_cases(options.cases)
    except CaseError as error:
        print(error, file=sys.stderr)
        return 1
    started = time.perf_counter()
    predictions = predict(_open(options.grader), cases)
    seconds = time.perf_counter() - started
    if options.predictions:
        lines = [prediction.model_dump_json() for prediction in predictions]
        options.predictions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _print(cases, predictions, seconds, options.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(required=True)
    grading = commands.add_parser("grading", help="mark labelled answers and compare")
    grading.add_argument("--cases", type=Path, required=True, help="JSON lines, one labelled answer each")
    grading.add_argument("--grader", choices=GRADERS, default="local")
    grading.add_argument("--predictions", type=Path, help="write one line a case here, in their order")
    grading.add_argument("--json", action="store_true", help="end with one JSON object")
    return parser


def _open(name: str) -> Mark:
    if name == "majority":
        return by_majority
    if name == "everything":
        return by_crediting_everything
    embedder = OnnxEmbedder(prepare_model())
    if name == "cosine":
        return by_cosine(embedder)
    return by_grader(LocalGrader(embedder, read_vocabulary(read_bank().questions, read_notes())))


def _print(cases: Sequence[Case], predictions: Sequence[Prediction], seconds: float, as_json: bool) -> None:
    metrics = measure(list(zip(cases, predictions, strict=True)))
    ungraded = sum(prediction.kind == "ungraded" for prediction in predictions)
    questions = len({case.question_id for case in cases})
    print(f"{len(cases)} answers to {questions} questions, {ungraded} ungraded, {len(cases) / seconds:.0f} answers/s")
    for name, estimate in metrics.items():
        print(f"  {name:<32} {_shown(estimate)}")
    if as_json:
        dumped = {name: estimate.model_dump() for name, estimate in metrics.items()}
        print(json.dumps({"n": len(cases), "ungraded": ungraded, "metrics": dumped}))


def _shown(estimate: Estimate) -> str:
    if estimate.value is None:
        return "  undefined"
    interval = "" if estimate.low is None else f"   [{estimate.low:.3f}, {estimate.high:.3f}]"
    return f"{estimate.value:8.3f}{interval}"


if __name__ == "__main__":
    sys.exit(main())
