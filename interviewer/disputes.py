"""What a candidate says against a verdict: whether it can be said, and what of it still stands. Pure."""

from typing import Literal, get_args

from interviewer.models import Dispute, Evidence, Stance, VerdictName
from interviewer.standing import what_was_shown
from interviewer.state import QuestionState, State, Turn, point_asked
from knowledge.models import Value

OF_POINTS: tuple[Stance, ...] = ("covered", "partial", "missing", "contradicted")
OF_MISCONCEPTIONS: tuple[Stance, ...] = ("asserted", "not_asserted")
STANCES: tuple[Stance, ...] = get_args(Stance)
MOST_COMMENT = 2000

Graded = Stance | Literal["unmarked"]


class DisputeRefused(ValueError):
    """The message is for the candidate. Nothing was stored."""


class Claim(Value):
    """What a candidate hands in. `answer_number` counts the answers to the question, from 1."""

    part_id: str
    says: Stance
    submission_id: str
    answer_number: int | None = None
    comment: str | None = None


def make_dispute(state: State, claim: Claim) -> Dispute:
    """The claim as it can be stored. Without a number it is about the answer that the verdict's quote is from, or that
    was asked for the point, or else the first. Raises DisputeRefused."""
    asked = _question_of(state, claim.part_id)
    if not _is_told(state, asked):
        raise DisputeRefused("the verdicts on this question are not told yet: go on until its marks are shown")
    _check(asked, claim)
    turn = _answer(asked, claim)
    graded = graded_as(turn, claim.part_id)
    if graded is None:
        raise DisputeRefused("this answer was not marked, so there is no verdict to contest")
    dispute = Dispute(
        submission_id=claim.submission_id,
        run_id=state.run_id or "",
        answer_id=turn.answer.id,
        part_id=claim.part_id,
        graded=graded,
        says=claim.says,
        comment=(claim.comment or "").strip() or None,
    )
    if claim.says == graded and not _contested_before(asked, dispute):
        raise DisputeRefused("the grader says so too: there is nothing to contest")
    return dispute


def standing_disputes(asked: QuestionState) -> tuple[Dispute, ...]:
    """The candidate's last word on each verdict, where it still differs from what the folded run says."""
    latest = {(dispute.answer_id, dispute.part_id): dispute for dispute in asked.disputes}
    turns = {turn.answer.id: turn for turn in asked.turns}
    return tuple(
        dispute
        for dispute in latest.values()
        if dispute.says not in (dispute.graded, graded_as(turns[dispute.answer_id], dispute.part_id))
    )


def graded_as(turn: Turn, part_id: str) -> Graded | None:
    """What the folded run says of a point or misconception in one answer. None: it did not mark it."""
    if turn.grade is None:
        return None
    for verdict in turn.grade.verdicts:
        if verdict.point_id == part_id:
            return verdict.verdict
    for belief in turn.grade.beliefs:
        if belief.misconception_id == part_id:
            return "asserted" if belief.asserted else "not_asserted"
    return None


def as_verdict(stance: Stance) -> VerdictName | None:
    """The stance as the verdict it is on a point. None: it is on a misconception."""
    return None if stance in ("asserted", "not_asserted") else stance


def _question_of(state: State, part_id: str) -> QuestionState:
    for asked in state.questions:
        if part_id in _parts(asked):
            return asked
    known = ", ".join(part for asked in state.questions for part in _parts(asked)) or "none, no question was asked"
    raise DisputeRefused(f"'{part_id}' is no point or misconception of this interview's questions: {known}")


def _parts(asked: QuestionState) -> tuple[str, ...]:
    return (*(point.id for point in asked.points), *(belief.id for belief in asked.question.misconceptions))


def _is_told(state: State, asked: QuestionState) -> bool:
    assert state.started, "a question was asked"
    return state.status == "finished" or (state.started.mode == "practice" and asked.closed)


def _check(asked: QuestionState, claim: Claim) -> None:
    fitting = OF_POINTS if claim.part_id in {point.id for point in asked.points} else OF_MISCONCEPTIONS
    if claim.says not in fitting:
        raise DisputeRefused(f"of '{claim.part_id}' one can say: {', '.join(fitting)}")
    if len(claim.comment or "") > MOST_COMMENT:
        raise DisputeRefused(f"the comment is too long: keep it under {MOST_COMMENT:,} characters")


def _answer(asked: QuestionState, claim: Claim) -> Turn:
    turns = asked.turns
    if not turns:
        raise DisputeRefused("this question was not answered, so there is no verdict to contest")
    if claim.answer_number is not None:
        if not 1 <= claim.answer_number <= len(turns):
            raise DisputeRefused(f"there is no such answer: those to this question are numbered from 1 to {len(turns)}")
        return turns[claim.answer_number - 1]
    place = _deciding_words(asked, claim.part_id)
    quoted = [turn for turn in turns if place and _rests_on(turn, claim.part_id, place)]
    asked_for = [turn for turn in turns if turn.grade and point_asked(turn.replying_to) == claim.part_id]
    marked = [turn for turn in turns if turn.grade]
    return [*quoted, *asked_for[::-1], *marked, *turns][0]


def _deciding_words(asked: QuestionState, part_id: str) -> Evidence | None:
    """What the verdict that is shown rests on."""
    shown = what_was_shown(asked)
    evidence = [standing.evidence for standing in shown.points if standing.point.id == part_id]
    evidence += [held.evidence for held in shown.beliefs if held.misconception.id == part_id]
    return next((found for found in evidence if found), None)


def _rests_on(turn: Turn, part_id: str, place: Evidence) -> bool:
    """Whether this answer's grade is the one that gave it: the words may stand in an earlier answer."""
    if turn.grade is None:
        return False
    verdicts = [(verdict.point_id, verdict.evidence) for verdict in turn.grade.verdicts]
    beliefs = [(belief.misconception_id, belief.evidence) for belief in turn.grade.beliefs]
    return (part_id, place) in verdicts + beliefs


def _contested_before(asked: QuestionState, dispute: Dispute) -> bool:
    return any((d.answer_id, d.part_id) == (dispute.answer_id, dispute.part_id) for d in asked.disputes)
