"""How good grading and search are, measured: `python -m evals grading --cases FILE`, `retrieval`, `robustness`; `train`
rebuilds the local grader from its data, `card` measures it on everything at hand and writes its card."""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.crowd import gather_crowd
from evals.datasets import Case, CaseError, read_cases
from evals.estimates import Estimate, shown
from evals.graders import GRADERS, open_mark
from evals.grading import predict
from evals.metrics import Prediction, measure
from evals.publishing import check_dev, publish
from evals.retrieval import QUERIES, Query, ann_recalls, find_strays, label_sections, mean_of, read_queries, search_all
from evals.retrieval import measure as measure_search
from evals.robustness import add_command
from evals.robustness import run as run_robustness
from evals.tuning import fit_numbers
from interviewer.grading.joint import WEIGHTS
from interviewer.settings import SettingsError
from knowledge.bank import read_bank, read_notes
from knowledge.embedding import OnnxEmbedder
from knowledge.index_models import question_entry
from knowledge.ingest import note_entries
from knowledge.model_files import prepare_model

ANN_PASSAGES, ANN_ENCODED = 100_000, 2_000  # the rest have the mean vector of their sentences
SEED, EPOCHS = 1, 10


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.command == "retrieval":
            return _retrieve(read_queries(options.queries), options.ann, options.json)
        if options.command == "robustness":
            return run_robustness(options, open_mark)
        if options.command == "card":
            return _card(options.check)
        if options.command == "train":
            return _train(options)
        _grade(read_cases(options.cases), options.grader, options.predictions, options.json)
    except (CaseError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    grading = commands.add_parser("grading", help="mark labelled answers and compare")
    grading.add_argument("--cases", type=Path, required=True, help="JSON lines, one labelled answer each")
    grading.add_argument("--grader", choices=GRADERS, default="local")
    grading.add_argument("--predictions", type=Path, help="write one line a case here, in their order")
    grading.add_argument("--json", action="store_true", help="end with one JSON object")
    train = commands.add_parser(
        "train", help="rebuild the local grader from its data (about an hour and a half on two cores)"
    )
    train.add_argument("--seed", type=int, default=SEED)
    train.add_argument("--epochs", type=int, default=EPOCHS)
    train.add_argument("--out", type=Path, default=WEIGHTS, help="folder for weights and numbers")
    train.add_argument("--device", default="cpu", help="what torch trains on, cuda say")
    train.add_argument("--numbers-only", action="store_true", help="keep the reader, fit the numbers on top of it anew")
    card = commands.add_parser("card", help="measure the shipped grader on everything at hand, and write its card")
    card.add_argument("--check", action="store_true", help="only compare the dev questions with what is stored")
    retrieval = commands.add_parser("retrieval", help="search for labelled passages, by words, meaning and both")
    retrieval.add_argument("--queries", type=Path, default=QUERIES, help="JSON lines, one labelled query each")
    retrieval.add_argument("--ann", type=int, default=ANN_PASSAGES, help="passages to try the approximate index on")
    retrieval.add_argument("--json", action="store_true", help="end with one JSON object")
    add_command(commands)
    return parser


def _grade(cases: Sequence[Case], grader: str, written: Path | None, as_json: bool) -> None:
    mark = open_mark(grader)
    started = time.perf_counter()
    predictions = predict(mark, cases)
    print(f"{len(cases) / (time.perf_counter() - started):.0f} answers a second")
    if written:
        lines = [prediction.model_dump_json() for prediction in predictions]
        written.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _print(cases, predictions, as_json)


def _retrieve(queries: Sequence[Query], ann_passages: int, as_json: bool) -> int:
    embedder, notes = OnnxEmbedder(prepare_model()), note_entries()
    strays = find_strays(queries, label_sections(notes).values())
    if strays:
        print("\n".join(strays), file=sys.stderr)
        return 1
    found = search_all(queries, notes, [question_entry(question) for question in read_bank().questions], embedder)
    metrics = measure_search(found)
    rows = embedder.encode([query.query for query in queries])
    crowd = gather_crowd(read_notes(), ann_passages, embedder, min(ann_passages, ANN_ENCODED))
    metrics["ann_recall_at_5"] = mean_of(ann_recalls(crowd, rows))
    print(f"{len(queries)} queries over {len(notes)} passages; the approximate index over {ann_passages}")
    _print_metrics(metrics)
    if as_json:
        _print_json(metrics, n=len(queries), ungraded=0, passages=len(notes), ann_passages=ann_passages)
    return 0


def _train(options: argparse.Namespace) -> int:
    if not options.numbers_only:
        from evals.training import train_reader  # torch takes seconds to load, and no other command needs it

        train_reader(options.seed, options.epochs, options.out, _say, options.device)
    cases, said = fit_numbers(options.out, _say)
    _say("The dev questions, each marked by numbers fitted on the others (thresholds and calibration have seen all):")
    _print(cases, said, as_json=False)
    return 0


def _card(check: bool) -> int:
    if check:
        return 0 if check_dev(_say) else 1
    card = publish(_say)
    for name, each in card.sets.items():
        print(f"{name}: {each.n} answers to {each.questions} questions, {each.ungraded} of them ungraded")
        _print_metrics(each.metrics)
    return 0


def _say(text: str) -> None:
    """At once: training takes long enough to be watched."""
    print(text, flush=True)


def _print(cases: Sequence[Case], predictions: Sequence[Prediction], as_json: bool) -> None:
    metrics = measure(list(zip(cases, predictions, strict=True)))
    ungraded = sum(prediction.kind == "ungraded" for prediction in predictions)
    questions = len({case.question_id for case in cases})
    print(f"{len(cases)} answers to {questions} questions, {ungraded} of them ungraded")
    contested = sum(len(case.contested) for case in cases)
    if contested:
        print(f"{contested} labels are contested, and are one side's word; what else such cases say is not counted")
    _print_metrics(metrics)
    if as_json:
        _print_json(metrics, n=len(cases), ungraded=ungraded)


def _print_metrics(metrics: Mapping[str, Estimate]) -> None:
    for name, measured in metrics.items():
        print(f"  {name:<40} {shown(measured)}")


def _print_json(metrics: Mapping[str, Estimate], **counts: int) -> None:
    print(json.dumps({**counts, "metrics": {name: measured.model_dump() for name, measured in metrics.items()}}))


if __name__ == "__main__":
    sys.exit(main())
