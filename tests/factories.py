"""Values for tests: questions, points, answers, grades and whole event logs, complete in what a test leaves out."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from interviewer.events import Answered, Asked, Controlled, Disputed, Event, Finished, Marked, Paused, Said, Started
from interviewer.models import (
    INTERVIEW_RULES,
    PRACTICE_RULES,
    Answer,
    Belief,
    Control,
    Dispute,
    Evidence,
    Grade,
    GraderInfo,
    Intent,
    Marking,
    Mode,
    Move,
    Phrase,
    Plan,
    Rules,
    Setup,
    Stance,
    Ungraded,
    UngradedReason,
    Verdict,
    VerdictName,
)
from interviewer.state import State, fold
from knowledge.models import (
    QUESTION,
    Fact,
    FollowUp,
    Kind,
    Level,
    Misconception,
    PointGroup,
    Question,
    RubricPoint,
    Source,
)

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
INFO = GraderInfo(name="scripted", version="1")
SOURCE = Source(title="A handbook", url="https://handbook.example/chapter", licence="CC BY 4.0")


# ── What is asked ────────────────────────────────────────────────────────────────────────────────────────────


def point(
    slug: str,
    *,
    question: str = "q",
    text: str | None = None,
    weight: int = 1,
    core: bool = False,
    level: Level = "junior",
    hint: str | None = "What would a colleague say about it?",
    prompt: str | None = "What is that called?",
) -> RubricPoint:
    return RubricPoint(
        id=f"{question}/{slug}",
        text=text or f"The answer names {slug}.",
        weight=weight,
        core=core,
        level=level,
        source=SOURCE,
        probe=f"What can you say about the area of {slug}?",
        hint=hint,
        prompt=prompt,
    )


def core(slug: str, weight: int = 3, **rest: Any) -> RubricPoint:
    return point(slug, weight=weight, core=True, **rest)


def misconception(
    slug: str, contradicts: Sequence[str] = (), *, question: str = "q", penalty: float = 1
) -> Misconception:
    return Misconception(
        id=f"{question}/{slug}",
        text=f"People think {slug}.",
        contradicts=tuple(f"{question}/{short}" for short in contradicts),
        penalty=penalty,
        challenge="What happens when two requests arrive at once?",
        correction=f"It is not {slug}.",
        source=SOURCE,
    )


def follow_up(slug: str, points: Sequence[RubricPoint], *, question: str = "q", level: Level = "mid") -> FollowUp:
    return FollowUp(
        id=f"{question}/{slug}",
        text="What changes with ten times the traffic?",
        change="scale",
        level=level,
        points=tuple(points),
    )


def question(
    slug: str = "q",
    points: Sequence[RubricPoint] | None = None,
    *,
    kind: Kind = "concept",
    topic: str = "databases",
    level: Level = "mid",
    text: str | None = None,
    groups: Sequence[tuple[int, Sequence[str]]] = (),
    misconceptions: Sequence[Misconception] = (),
    facts: Sequence[tuple[str, str]] = (),
    follow_ups: Sequence[FollowUp] = (),
    **rest: Any,
) -> Question:
    """Two core points and one supporting where none are given. Groups name points by their short slugs."""
    if points is None:
        points = (core("one", question=slug), core("two", 2, question=slug), point("three", question=slug))
    fields: dict[str, Any] = {
        "id": slug,
        "kind": kind,
        "text": text or f"What do you know about {slug}?",
        "topic": topic,
        "level": level,
        "points": tuple(points),
        "groups": tuple(
            PointGroup(need=need, points=tuple(f"{slug}/{short}" for short in shorts)) for need, shorts in groups
        ),
        "misconceptions": tuple(misconceptions),
        "model_answer": f"A model answer to {slug}.",
        "sources": (SOURCE,),
        **rest,
    }
    if kind in ("scenario", "design", "debugging"):
        fields["facts"] = tuple(Fact(about=about, text=told) for about, told in facts)
        fields["follow_ups"] = tuple(follow_ups)
    return QUESTION.validate_python(fields)


# ── What is answered ─────────────────────────────────────────────────────────────────────────────────────────


def answer(text: str = "An answer of some words.", number: int = 1, at: datetime = NOW) -> Answer:
    return Answer(id=f"a{number}", text=text, submission_id=f"s{number}", at=at)


def grade(
    asked: Question | Iterable[RubricPoint],
    shown: dict[str, VerdictName] | None = None,
    *,
    intent: Intent = "answer",
    asserted: Iterable[str] = (),
    misconceptions: Iterable[Misconception] = (),
    given: Answer | None = None,
    confidence: float = 0.9,
    others: VerdictName = "missing",
) -> Grade:
    """Every point gets `others` but those in `shown`, by short slug. Evidence is the whole answer `given`."""
    points: Iterable[RubricPoint] = asked if not hasattr(asked, "points") else asked.points  # pyright: ignore
    known: Iterable[Misconception] = getattr(asked, "misconceptions", misconceptions)
    evidence = Evidence(answer_id=given.id, start=0, end=len(given.text)) if given and given.text else None
    verdicts = {one.id: (shown or {}).get(_short(one.id), others) for one in points}
    believed = set(asserted)
    return Grade(
        intent=intent,
        verdicts=tuple(
            Verdict(
                point_id=id,
                verdict=verdict,
                evidence=None if verdict in ("missing", "unmarked") else evidence,
                confidence=confidence,
            )
            for id, verdict in verdicts.items()
        ),
        beliefs=tuple(
            Belief(
                misconception_id=belief.id,
                asserted=_short(belief.id) in believed,
                evidence=evidence if _short(belief.id) in believed else None,
                confidence=confidence,
            )
            for belief in known
        ),
        grader=INFO,
    )


def ungraded(reason: UngradedReason = "unavailable") -> Ungraded:
    return Ungraded(reason=reason, detail="the grader did not answer")


def _short(id: str) -> str:
    return id.rpartition("/")[2]


# ── What happens ─────────────────────────────────────────────────────────────────────────────────────────────


class Log:
    """An event log in the making. Each method appends one event, a second after the last, and returns the log."""

    def __init__(self, interview_id: str = "i1", at: datetime = NOW) -> None:
        self.interview_id = interview_id
        self.at = at
        self.events: list[Event] = []
        self.answers = 0

    def started(
        self,
        mode: Mode = "practice",
        *,
        level: Level = "mid",
        length: int = 2,
        plan: Sequence[str] = ("q", "r", "s"),
        rules: Rules | None = None,
    ) -> "Log":
        return self._append(
            Started(
                **self._envelope(),
                candidate_id="local",
                workspace_id="local",
                run_id="run-1",
                mode=mode,
                level=level,
                language="en",
                seed=0,
                setup=Setup(mode=mode, level=level, length=length),
                rules=rules or (PRACTICE_RULES if mode == "practice" else INTERVIEW_RULES),
                plan=Plan(question_ids=tuple(plan)),
                bank_revision="bank-1",
                grader=INFO,
            )
        )

    def asked(self, asked: Question | None = None, *, markable: bool = True) -> "Log":
        number = 1 + sum(isinstance(event, Asked) for event in self.events)
        return self._append(Asked(**self._envelope(), number=number, question=asked or question(), markable=markable))

    def answered(self, text: str = "An answer of some words.") -> "Log":
        self.answers += 1
        envelope = self._envelope()
        return self._append(Answered(**envelope, answer=answer(text, self.answers, envelope["at"])))

    def marked(self, marking: Marking, run_id: str = "run-1", answer_id: str | None = None) -> "Log":
        return self._append(
            Marked(**self._envelope(), answer_id=answer_id or f"a{self.answers}", run_id=run_id, grade=marking)
        )

    def replied(
        self,
        text: str = "An answer of some words.",
        shown: dict[str, VerdictName] | None = None,
        *,
        intent: Intent = "answer",
        asserted: Iterable[str] = (),
        confidence: float = 0.9,
    ) -> "Log":
        """Answered and marked at once, for the question asked last."""
        self.answered(text)
        current = self.state.current
        return self.marked(
            grade(
                current.points,
                shown,
                intent=intent,
                asserted=asserted,
                misconceptions=current.question.misconceptions,
                given=current.answers[-1],
                confidence=confidence,
            )
        )

    def said(self, move: Move, text: str = "Words.") -> "Log":
        return self._append(Said(**self._envelope(), move=move, phrase=Phrase(text=text, by="bank")))

    def pressed(self, control: Control, text: str | None = None) -> "Log":
        return self._append(Controlled(**self._envelope(), control=control, text=text))

    def disputed(
        self,
        part_id: str,
        says: Stance,
        *,
        graded: Stance = "missing",
        answer_id: str | None = None,
        comment: str | None = None,
    ) -> "Log":
        dispute = Dispute(
            submission_id=f"d{len(self.events)}",
            run_id="run-1",
            answer_id=answer_id or f"a{self.answers}",
            part_id=part_id,
            graded=graded,
            says=says,
            comment=comment,
        )
        return self._append(Disputed(**self._envelope(), dispute=dispute))

    def paused(self) -> "Log":
        return self._append(Paused(**self._envelope()))

    def finished(self) -> "Log":
        return self._append(Finished(**self._envelope(), reason="completed"))

    @property
    def state(self) -> State:
        return fold(self.events)

    def _append(self, event: Event) -> "Log":
        self.events.append(event)
        return self

    def _envelope(self) -> dict[str, Any]:
        self.at += timedelta(seconds=1)
        return {"interview_id": self.interview_id, "seq": len(self.events) + 1, "at": self.at}
