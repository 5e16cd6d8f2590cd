"""A model's verdicts beside the built-in grader's: where that surely differs it is said, and nothing is changed."""

from typing import Literal

from interviewer.grading.model_first import ModelFirst
from interviewer.grading.port import GradingTask
from interviewer.models import Grade, Marking, Verdict, VerdictName

SURE = 0.8
"""A built-in verdict less sure than this is no objection: of those, too many are wrong."""
_SHOWN: frozenset[VerdictName] = frozenset({"covered", "partial"})
_WORDS: dict[VerdictName, Literal["covered", "partial", "not shown", "contradicted", "unmarked"]] = {
    "covered": "covered",
    "partial": "partial",
    "missing": "not shown",
    "contradicted": "contradicted",
    "unmarked": "unmarked",
}


class CrossCheckedGrader(ModelFirst):
    """Marks by `model`. `local` is asked only about what it can mark."""

    def grade(self, task: GradingTask) -> Marking:
        marking = self._model.grade(task)
        if not isinstance(marking, Grade) or task.question.kind not in self._local.kinds:
            return marking
        check = self._local.grade(task)
        return flagged(marking, check) if isinstance(check, Grade) else marking


def flagged(grade: Grade, check: Grade) -> Grade:
    """The same grade, with a note at each point that one of the two gives credit for and the other surely does not."""
    seen = {verdict.point_id: verdict for verdict in check.verdicts}
    return grade.model_copy(
        update={"verdicts": tuple(_flagged(mine, seen.get(mine.point_id)) for mine in grade.verdicts)}
    )


def _flagged(mine: Verdict, seen: Verdict | None) -> Verdict:
    if seen is None or "unmarked" in (mine.verdict, seen.verdict) or seen.confidence < SURE:
        return mine
    if (mine.verdict in _SHOWN) == (seen.verdict in _SHOWN):
        return mine
    flag = f"The built-in grader sees this differently: {_WORDS[seen.verdict]}."
    return mine.model_copy(update={"note": " ".join(filter(None, (mine.note, flag)))})
