"""Public sets of answers that people marked. They stay where they are: nothing of them is kept here but numbers.

SAF (Filighera et al. 2022, MIT) and SciEntsBank (Dzikovska et al. 2013, CC BY 4.0), read from a folder named by
INTERVIEWER_EVAL_DATA or found beside the project.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from evals.datasets import Case, CaseError, ScoredAnswer

FOLDER_SETTING = "INTERVIEWER_EVAL_DATA"
_BESIDE = Path(__file__).parents[2] / "shared" / "data"
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
YARDSTICKS: Mapping[str, PublicSet] = {each.name: each for each in (SAF_UNSEEN, SCIENTS)}


def data_folder() -> Path | None:
    """The folder of public sets, if there is one."""
    folder = Path(os.environ[FOLDER_SETTING]) if FOLDER_SETTING in os.environ else _BESIDE
    return folder if folder.is_dir() else None


def read_public(which: PublicSet) -> tuple[Case, ...] | None:
    """The set's answers, numbered in order; None where its data is absent. Raises CaseError."""
    folder = data_folder()
    if folder is None or not (folder / which.path).is_file():
        return None
    lines = (folder / which.path).read_text(encoding="utf-8").split("\n")
    try:
        rows = [json.loads(line) for line in lines if line.strip()]
        return tuple(
            ScoredAnswer.model_validate({"id": f"{which.name}-{n}"} | {key: row[key] for key in _KEPT}).as_case()
            for n, row in enumerate(rows)
        )
    except (ValueError, KeyError) as error:
        raise CaseError(f"{which.path}: {error}") from error
