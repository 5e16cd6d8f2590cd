"""What graders share that go by a model's name and have the built-in grader beside it."""

from interviewer.grading.port import Grader
from interviewer.models import GraderInfo
from knowledge.models import Kind


class ModelFirst:
    """Marks by `model`; what `local` is asked for, each such grader says itself."""

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
