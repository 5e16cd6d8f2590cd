"""A grader that needs a model, with one behind it that does not: when the first fails, the second marks and says so."""

from interviewer.grading.port import Grader, GradingTask
from interviewer.models import Grade, GraderInfo, Marking, Ungraded
from knowledge.models import Kind


class FallbackGrader:
    """Marks by `model`; where that is out of reach or its reply is of no use, by `local`."""

    def __init__(self, model: Grader, local: Grader) -> None:
        self._model = model
        self._local = local

    @property
    def info(self) -> GraderInfo:
        """The grader that was asked for. Each grade names the one that marked it."""
        return self._model.info

    @property
    def kinds(self) -> frozenset[Kind]:
        return self._model.kinds

    def grade(self, task: GradingTask) -> Marking:
        marking = self._model.grade(task)
        if isinstance(marking, Grade) or not marking.retryable:
            return marking
        return _in_its_stead(self._local.grade(task), marking)


def _in_its_stead(marking: Marking, failure: Ungraded) -> Marking:
    if isinstance(marking, Ungraded):
        # The model's reason stands: it may be there again in a minute, and then this answer can be marked.
        detail = f"{failure.detail}; and without a model: {marking.detail}"
        return Ungraded(reason=failure.reason, detail=detail)
    grader = marking.grader.model_copy(update={"note": f"marked without the model: {failure.detail}"})
    return marking.model_copy(update={"grader": grader})
