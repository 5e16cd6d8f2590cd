"""Scores what is found in the documents of corpus/ against the questions and answers expected of each."""

import json
from collections import Counter
from pathlib import Path

from knowledge.documents import DocumentError, read_document
from knowledge.extraction import FoundQuestion, extract
from knowledge.models import Value

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = ".expected.jsonl"
DOCUMENTS = sorted(path for path in CORPUS.iterdir() if not path.name.endswith(EXPECTED))


class Wanted(Value):
    """One line: the question with its options and tasks, and the first and last words of its answer, if it has one."""

    question: str
    answer_begins: str | None
    answer_ends: str | None


class Score(Value):
    """A find is right where its question's words are those expected, and its answer begins and ends as expected."""

    name: str
    expected: int
    found: int
    right: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 0.0


def score(path: Path) -> Score:
    lines = path.with_name(path.name + EXPECTED).read_text(encoding="utf-8").splitlines()
    wanted = [Wanted.model_validate(json.loads(line)) for line in lines]
    try:
        found = list(extract(read_document(path)).questions)
    except DocumentError as error:
        return Score(name=path.name, expected=len(wanted), found=0, right=0, missed=(error.reason,), wrong=())
    left: dict[str, list[FoundQuestion]] = {}
    for question in found:
        left.setdefault(bare(question.text), []).append(question)
    missed: list[str] = []
    for want in wanted:
        same = left.get(bare(want.question), [])
        match = next((question for question in same if _is_answered_so(question, want)), None)
        if match is None:
            missed.append(f"{want.question!r} -> {want.answer_begins!r} … {want.answer_ends!r}")
        else:
            same.remove(match)
    wrong = [f"{q.text!r} -> {q.answer!r}" for questions in left.values() for q in questions]
    return Score(
        name=path.name,
        expected=len(wanted),
        found=len(found),
        right=len(wanted) - len(missed),
        missed=tuple(missed),
        wrong=tuple(wrong),
    )


def table(scores: list[Score]) -> str:
    rows = [f"{s.name:32}{s.expected:5}{s.found:5}{s.precision:7.2f}{s.recall:7.2f}" for s in scores]
    total = Counter[str]()
    for each in scores:
        total.update(expected=each.expected, found=each.found, right=each.right)
    sums = (total["right"] / max(total["found"], 1), total["right"] / max(total["expected"], 1))
    rows.append(f"{'all':32}{total['expected']:5}{total['found']:5}{sums[0]:7.3f}{sums[1]:7.3f}")
    return "\n".join([f"{'document':32}{'exp':>5}{'got':>5}{'prec':>7}{'rec':>7}", *rows])


def bare(text: str) -> str:
    """Letters and digits only: white space, marks and markup aside."""
    return "".join(c for c in text.lower() if c.isalnum())


def _is_answered_so(question: FoundQuestion, want: Wanted) -> bool:
    if question.answer is None or want.answer_begins is None or want.answer_ends is None:
        return question.answer is None and want.answer_begins is None
    said = bare(question.answer)
    return said.startswith(bare(want.answer_begins)) and said.endswith(bare(want.answer_ends))


if __name__ == "__main__":
    import sys

    picked = [score(path) for path in DOCUMENTS if not sys.argv[1:] or any(a in path.name for a in sys.argv[1:])]
    if sys.argv[1:]:
        for each in picked:
            print(each.name, *(f"\n  - {m}" for m in each.missed), *(f"\n  + {w}" for w in each.wrong))
    print(table(picked))
