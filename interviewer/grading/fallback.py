"""A grader that needs a model, with one behind it that does not: when the first fails, the second marks and says so."""

from interviewer.grading.model_first import ModelFirst
from interviewer.grading.port import GradingTask
from interviewer.models import Grade, Marking, Ungraded


class FallbackGrader(ModelFirst):
    """Marks by `model`; where that is out of reach or its reply is of no use, by `local`."""

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
