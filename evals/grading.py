"""How well a grader marks labelled answers: cases in, predictions and metrics out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial

from evals.datasets import Case
from evals.metrics import Prediction, score
from interviewer.grading.port import Grader, GradingTask
from interviewer.models import Answer, Grade, Marking, Ungraded, VerdictName
from knowledge.bank import read_bank
from knowledge.models import QUESTION, Misconception, Question, RubricPoint
from knowledge.ports import Embedder
from knowledge.spans import sentences

Mark = Callable[[Case], Prediction]
# The best threshold for plain cosine on the dev cases, by F1 of credited: the baseline at its most flattering.
COSINE_FROM = 0.54
_ANSWERED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def predict(mark: Mark, cases: Sequence[Case]) -> list[Prediction]:
    return [mark(case) for case in cases]


def by_grader(grader: Grader) -> Mark:
    """Any grader behind the port, asked as the interview asks it."""
    return partial(_marked_by, grader)


def by_cosine(embedder: Embedder) -> Mark:
    """The baseline that everybody builds first: a point is covered if some sentence is near enough."""
    return partial(_marked_by_cosine, embedder)


def by_majority(case: Case) -> Prediction:
    """The commonest verdict for everything."""
    return _prediction(case, {point.id: "missing" for point in case.points})


def by_crediting_everything(case: Case) -> Prediction:
    return _prediction(case, {point.id: "covered" for point in case.points})


def task_of(case: Case) -> GradingTask:
    """The case as the interview would hand it over. Slugs are made up: a case's own ids need not be any."""
    question = _question(case)
    answer = Answer(id="answer", text=case.answer, submission_id="case", at=_ANSWERED_AT)
    return GradingTask(question=question, points=question.points, answers=(answer,))


@cache
def _bank() -> Mapping[str, Question]:
    return {question.id: question for question in read_bank().questions}


def _question(case: Case) -> Question:
    """A task in SQL is the bank's own: a case holds no data sets to run a statement on."""
    stored = _bank().get(case.question_id) if case.kind == "sql" else None
    if stored and [point.text for point in stored.points] == [point.text for point in case.points]:
        return stored
    points = tuple(
        RubricPoint(id=f"case/p{i}", text=p.text, weight=_bank_weight(p.weight), core=p.core, probe="What else?")
        for i, p in enumerate(case.points)
    )
    misconceptions = tuple(
        Misconception(
            id=f"case/m{i}", text=m.text, penalty=1, challenge="What happens then?", correction="It is not so."
        )
        for i, m in enumerate(case.misconceptions)
    )
    parts = {"ddl": "", "datasets": (), "reference": ""} if case.kind == "sql" else {}
    return QUESTION.validate_python(
        {"id": "case", "kind": case.kind, "text": case.question, "topic": "case", "level": "mid", "points": points}
        | {"misconceptions": misconceptions}
        | parts
    )


def _bank_weight(weight: float) -> int:
    """A rubric's 1 to 3. No verdict hangs on it: the score is summed with the case's own weights."""
    return max(1, min(3, round(weight)))


def _marked_by(grader: Grader, case: Case) -> Prediction:
    marking: Marking = grader.grade(task_of(case))
    match marking:
        case Ungraded():
            return Prediction(id=case.id, kind="ungraded")
        case Grade():
            said: dict[str, VerdictName] = {p.id: v.verdict for p, v in zip(case.points, marking.verdicts, strict=True)}
            return Prediction(
                id=case.id,
                kind="grade",
                score=score(said, case),
                intent=marking.intent,
                verdicts=said,
                misconceptions={m.id: b.asserted for m, b in zip(case.misconceptions, marking.beliefs, strict=True)},
                confidence={p.id: v.confidence for p, v in zip(case.points, marking.verdicts, strict=True)}
                | {m.id: b.confidence for m, b in zip(case.misconceptions, marking.beliefs, strict=True)},
            )


def _marked_by_cosine(embedder: Embedder, case: Case) -> Prediction:
    texts = [case.answer[span.start : span.end] for span in sentences(case.answer)]
    if not texts:
        return by_majority(case)
    near = (embedder.encode(texts) @ embedder.encode([point.text for point in case.points]).T).max(axis=0)
    said = {p.id: "covered" if value >= COSINE_FROM else "missing" for p, value in zip(case.points, near, strict=True)}
    return _prediction(case, said)


def by_verdicts(case: Case, verdicts: Sequence[VerdictName]) -> Prediction:
    """A prediction of nothing but the points' verdicts, in the case's order."""
    return _prediction(case, {point.id: name for point, name in zip(case.points, verdicts, strict=True)})


def _prediction(case: Case, said: Mapping[str, str]) -> Prediction:
    return Prediction.model_validate(
        {"id": case.id, "kind": "grade", "score": score(said, case), "intent": "answer", "verdicts": said}
        | {"misconceptions": {misconception.id: False for misconception in case.misconceptions}}
    )
