"""Public sets of answers that people marked. They stay where they are: nothing of them is kept here but numbers.

SAF (Filighera et al. 2022, MIT) and SciEntsBank (Dzikovska et al. 2013, CC BY 4.0), read from `shared/data` beside the
project's folder.
"""

import json
from pathlib import Path
from typing import NamedTuple

from evals.datasets import Case, CaseError, ScoredAnswer

FOLDER = Path(__file__).parents[2] / "shared" / "data"
_KEPT = ("question_id", "question", "reference", "answer", "score")


class PublicSet(NamedTuple):
    """Where a set's rows are, and whom to credit."""

    name: str
    path: str
    credit: str


SAF_TRAIN, SAF_UNSEEN, SCIENTS = (
    PublicSet("saf_train", "saf-en/train.jsonl", "SAF 2.0, Filighera et al. 2022, MIT licence"),
    PublicSet("saf_unseen_answers", "saf-en/unseen_answers.jsonl", "SAF 2.0, Filighera et al. 2022, MIT licence"),
    PublicSet(
        "scientsbank_unseen_questions",
        "scientsbank/unseen_questions.jsonl",
        "SciEntsBank, Dzikovska et al. 2013, CC BY 4.0",
    ),
)


def read_public(which: PublicSet) -> tuple[Case, ...] | None:
    """The set's answers, numbered in order; None where its data is absent. Raises CaseError."""
    if not (FOLDER / which.path).is_file():
        return None
    lines = (FOLDER / which.path).read_text(encoding="utf-8").split("\n")
    try:
        rows = [json.loads(line) for line in lines if line.strip()]
        return tuple(
            ScoredAnswer.model_validate({"id": f"{which.name}-{n}"} | {key: row[key] for key in _KEPT}).as_case()
            for n, row in enumerate(rows)
        )
    except (ValueError, KeyError) as error:
        raise CaseError(f"{which.path}: {error}") from error
