"""Disputed answers as labelled cases, in the format of the evals; what may not be passed on, and why. Pure."""

import hashlib
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from interviewer.disputes import standing_disputes
from interviewer.models import Dispute, Grade, Intent, Stance
from interviewer.state import AnswerGiven, Asking, MoveSaid, QuestionState, State, Turn
from knowledge.models import Kind, Question, Value

STYLE = "disputed"
NOTICE = (
    "The labels are the grader's, but for those contested, which are the candidate's own: nobody else has looked at "
    "them. The answers are a person's own words: read them through before you pass them on."
)

Label = Literal["covered", "partial", "missing", "contradicted"]


class CasePoint(Value):
    id: str
    text: str
    core: bool
    weight: int


class CaseMisconception(Value):
    id: str
    text: str


class DisputedCase(Value):
    """One line of a file of cases. Its id names the labels that the candidate contested, as `contested` lists them."""

    id: str
    question_id: str
    question: str
    kind: Kind
    points: tuple[CasePoint, ...]
    misconceptions: tuple[CaseMisconception, ...]
    answer: str
    labels: dict[str, Label | bool]
    intent: Intent
    style: str = STYLE
    contested: tuple[str, ...] = Field(default=(), description="The parts whose labels are the candidate's own.")


class LeftOut(Value):
    """A disputed answer that is not passed on."""

    interview_id: str
    question_id: str
    answer_id: str
    reason: str


class CaseExport(Value):
    notice: str = NOTICE
    cases: tuple[DisputedCase, ...]
    left_out: tuple[LeftOut, ...]


def export_disputes(states: Iterable[State], ours: frozenset[str]) -> CaseExport:
    """Every answer with a dispute that stands. `ours`: the ids of questions that are ours to pass on; of any other, all
    sources must say that they are redistributable."""
    made = [
        _case_or_reason(state, asked, turn, contested, ours)
        for state in states
        for asked in state.questions
        for turn in asked.turns
        if (contested := _contested(asked, turn))
    ]
    return CaseExport(
        cases=tuple(one for one in made if isinstance(one, DisputedCase)),
        left_out=tuple(one for one in made if isinstance(one, LeftOut)),
    )


def _contested(asked: QuestionState, turn: Turn) -> dict[str, Dispute]:
    return {dispute.part_id: dispute for dispute in standing_disputes(asked) if dispute.answer_id == turn.answer.id}


def _case_or_reason(
    state: State, asked: QuestionState, turn: Turn, contested: dict[str, Dispute], ours: frozenset[str]
) -> DisputedCase | LeftOut:
    question = asked.question
    reason = _closed(question, ours)
    if reason is None and turn.grade is None:
        reason = "the interview's own grader did not mark it"
    if reason is None and turn.grade is not None:
        labels = _labels(turn.grade, contested)
        unknown = [part for part, label in labels.items() if label == "unmarked"]
        if not unknown:
            return _case(asked, turn, turn.grade, labels, contested)
        reason = f"nobody says what it shows about {', '.join(unknown)}"
    return LeftOut(
        interview_id=state.interview_id or "", question_id=question.id, answer_id=turn.answer.id, reason=reason or ""
    )


def _closed(question: Question, ours: frozenset[str]) -> str | None:
    """Why the question may not be passed on. None: it may."""
    if question.id in ours and question.status == "reviewed":
        return None
    parts = [*question.points, *question.misconceptions]
    sources = [*question.sources, *(part.source for part in parts if part.source)]
    if not sources:
        return "its question comes from a document whose licence nobody stated"
    closed = sorted({source.title for source in sources if not source.redistributable})
    return f"its question rests on what is not marked as redistributable: {', '.join(closed)}" if closed else None


def _labels(grade: Grade, contested: dict[str, Dispute]) -> dict[str, Stance | Literal["unmarked"]]:
    labels: dict[str, Stance | Literal["unmarked"]] = {one.point_id: one.verdict for one in grade.verdicts}
    labels.update({one.misconception_id: "asserted" if one.asserted else "not_asserted" for one in grade.beliefs})
    labels.update({part: dispute.says for part, dispute in contested.items()})
    return labels


def _case(
    asked: QuestionState,
    turn: Turn,
    grade: Grade,
    labels: dict[str, Stance | Literal["unmarked"]],
    contested: dict[str, Dispute],
) -> DisputedCase:
    question = asked.question
    points = [point for point in asked.points if point.id in labels]
    beliefs = [belief for belief in question.misconceptions if belief.id in labels]
    short = {point.id: f"p{number}" for number, point in enumerate(points, start=1)}
    short |= {belief.id: f"m{number}" for number, belief in enumerate(beliefs, start=1)}
    told = hashlib.sha256(turn.answer.id.encode()).hexdigest()[:12]
    parts = tuple(name for part, name in short.items() if part in contested)
    return DisputedCase(
        id=f"disputed/{told}/{'+'.join(parts)}",
        question_id=question.id,
        question=_put(asked, turn),
        kind=question.kind,
        points=tuple(CasePoint(id=short[p.id], text=p.text, core=p.core, weight=p.weight) for p in points),
        misconceptions=tuple(CaseMisconception(id=short[belief.id], text=belief.text) for belief in beliefs),
        answer=turn.answer.text,
        labels={short[part]: _label(labels[part]) for part in short},
        intent=grade.intent,
        contested=parts,
    )


def _label(stance: Stance | Literal["unmarked"]) -> Label | bool:
    match stance:
        case "asserted":
            return True
        case "not_asserted":
            return False
        case "unmarked":
            raise AssertionError("what nobody has labelled is left out before")
        case _:
            return stance


def _put(asked: QuestionState, turn: Turn) -> str:
    """The question, and below it what the answer replies to, if that was not the question itself."""
    words: str | None = None
    for entry in asked.entries:
        if isinstance(entry, MoveSaid) and isinstance(entry.move, Asking):
            words = entry.phrase.text
        if isinstance(entry, AnswerGiven) and entry.answer.id == turn.answer.id:
            break
    return f"{asked.question.text}\n\n{words}" if words else asked.question.text
