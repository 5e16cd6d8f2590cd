"""One grade as other programs see it: the shape of `grade --json`, with its quotes and its score. Pure."""

from collections.abc import Sequence
from typing import Literal, TypedDict

from interviewer.marks import Part, Penalty, Tally, add_up, to_mark
from interviewer.models import Answer, Band, Evidence, Grade, GraderInfo, Intent, Marking, Quote, Ungraded, VerdictName
from interviewer.standing import CREDIT, Held, Standing, counted
from knowledge.models import Question, RubricPoint, Value

UngradedView = Ungraded
"""An Ungraded already has the shape: kind, reason, detail."""


class QuoteView(Value):
    """`answer.text[start:end] == quote`."""

    quote: str
    start: int
    end: int


class VerdictView(Value):
    point_id: str
    text: str
    core: bool
    weight: int
    verdict: VerdictName
    confidence: float
    evidence: QuoteView | None
    note: str | None = None


class BeliefView(Value):
    id: str
    text: str
    asserted: bool
    confidence: float
    evidence: QuoteView | None


class GradeView(Value):
    """What one answer alone is worth; earlier answers and help do not enter."""

    kind: Literal["grade"] = "grade"
    score: float
    low: float
    high: float
    band: Band | None
    too_close: bool
    intent: Intent
    verdicts: tuple[VerdictView, ...]
    misconceptions: tuple[BeliefView, ...]
    grader: GraderInfo
    note: str | None = None


def grade_view(
    question: Question, points: Sequence[RubricPoint], answers: Sequence[Answer], grade: Marking
) -> GradeView | UngradedView:
    """`points` and `answers` are those the grade may speak of. A grade that marks no point is as good as none."""
    if isinstance(grade, Ungraded):
        return grade
    known = {point.id: point for point in points}
    standings = [
        Standing(
            point=known[verdict.point_id],
            seen=True,
            verdict=verdict.verdict,
            confidence=verdict.confidence,
            evidence=verdict.evidence,
            note=verdict.note,
            independent=CREDIT[verdict.verdict],
            independent_confidence=verdict.confidence,
            prompted=CREDIT[verdict.verdict],
        )
        for verdict in grade.verdicts
        if verdict.point_id in known
    ]
    held = _held(question, grade)
    tally = tally_of(question, standings, held)
    if tally is None:
        return _nothing_marked(standings)
    mark = to_mark(tally)
    texts = {answer.id: answer.text for answer in answers}
    return GradeView(
        score=mark.score,
        low=mark.low,
        high=mark.high,
        band=mark.band,
        too_close=mark.too_close,
        intent=grade.intent,
        verdicts=tuple(_verdict_view(standing, texts) for standing in standings),
        misconceptions=tuple(_belief_view(one, texts) for one in held),
        grader=grade.grader,
        note=grade.note,
    )


def tally_of(question: Question, standings: Sequence[Standing], held: Sequence[Held]) -> Tally | None:
    """The independent score of what was shown. None: no point of it is marked."""
    parts = [
        Part(weight=s.point.weight, value=s.independent, confidence=s.independent_confidence, core=s.point.core)
        for s in counted(question, standings)
    ]
    if not parts:
        return None
    penalties = [Penalty(one.misconception.penalty, one.confidence) for one in held if one.asserted]
    return add_up(parts, penalties, core_unmarked=_core_unmarked(question, standings))


class PointRow(TypedDict):
    """What every row about a point says of it, whether of one grade or of the whole question."""

    point_id: str
    text: str
    core: bool
    weight: int
    verdict: VerdictName
    confidence: float
    note: str | None


def point_row(standing: Standing) -> PointRow:
    point = standing.point
    return PointRow(
        point_id=point.id,
        text=point.text,
        core=point.core,
        weight=point.weight,
        verdict=standing.verdict,
        confidence=standing.confidence,
        note=standing.note,
    )


def quote(evidence: Evidence | None, texts: dict[str, str]) -> Quote | None:
    """The words themselves; `texts` are the answers', by id."""
    if evidence is None:
        return None
    start, end, answer_id = evidence.start, evidence.end, evidence.answer_id
    return Quote(quote=texts[answer_id][start:end], start=start, end=end, answer_id=answer_id)


def _core_unmarked(question: Question, standings: Sequence[Standing]) -> bool:
    """Whether a band would rest on a core point nobody could mark. A group with enough covered needs no more."""
    covered = {standing.point.id for standing in standings if standing.verdict == "covered"}
    satisfied = {id for group in question.groups if len(covered & {*group.points}) >= group.need for id in group.points}
    return any(s.point.core and s.verdict == "unmarked" and s.point.id not in satisfied for s in standings)


def _held(question: Question, grade: Grade) -> list[Held]:
    known = {misconception.id: misconception for misconception in question.misconceptions}
    return [
        Held(
            misconception=known[belief.misconception_id],
            asserted=belief.asserted,
            confidence=belief.confidence,
            evidence=belief.evidence,
        )
        for belief in grade.beliefs
        if belief.misconception_id in known
    ]


def _nothing_marked(standings: Sequence[Standing]) -> UngradedView:
    if not standings:
        return Ungraded(reason="no_rubric", detail="the question has no rubric points to mark against")
    return Ungraded(reason="needs_model", detail="none of the question's points could be marked")


def _verdict_view(standing: Standing, texts: dict[str, str]) -> VerdictView:
    return VerdictView(**point_row(standing), evidence=_quote_view(standing.evidence, texts))


def _belief_view(held: Held, texts: dict[str, str]) -> BeliefView:
    return BeliefView(
        id=held.misconception.id,
        text=held.misconception.text,
        asserted=held.asserted,
        confidence=held.confidence,
        evidence=_quote_view(held.evidence, texts),
    )


def _quote_view(evidence: Evidence | None, texts: dict[str, str]) -> QuoteView | None:
    found = quote(evidence, texts)
    return QuoteView(quote=found.quote, start=found.start, end=found.end) if found else None
