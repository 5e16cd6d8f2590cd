"""The nouns of an interview: answers, verdicts, grades, moves, plans, reports. Pure: values only."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from knowledge.models import Kind, Level, PartSlug, RubricPoint, Slug, Source, Status, Value

Mode = Literal["practice", "interview"]
Control = Literal["skip", "hint", "clarify", "stop", "retry"]
Intent = Literal["answer", "dont_know", "asks", "off_topic", "copied", "attack"]
VerdictName = Literal["covered", "partial", "missing", "contradicted", "unmarked"]


class Answer(Value):
    """What the candidate typed, kept to the letter. Offsets elsewhere are code points of `text`."""

    id: str
    text: str
    submission_id: str = Field(description="Made by the client: a resend carries the same one.")
    at: datetime


class Evidence(Value):
    """The candidate's own words: `answer.text[start:end]`, never empty."""

    answer_id: str
    start: int = Field(ge=0)
    end: int = Field(gt=0)


class Verdict(Value):
    """What one answer shows about one point. Evidence is required for all but missing and unmarked."""

    point_id: PartSlug
    verdict: VerdictName
    evidence: Evidence | None = None
    confidence: float = Field(ge=0, le=1, description="The probability that the verdict is right.")
    note: str | None = Field(
        default=None, description="What was found where a statement was run; who sees it otherwise."
    )


class Belief(Value):
    """Whether one answer asserts one misconception."""

    misconception_id: PartSlug
    asserted: bool
    evidence: Evidence | None = None
    confidence: float = Field(ge=0, le=1)


class GraderInfo(Value):
    """Who marked, precisely enough to mark the same way again."""

    name: str = Field(description="local, llm or sql.")
    version: str
    model: str | None = None
    prompt_hash: str | None = None
    seed: int | None = Field(default=None, description="That the model was asked with. None: it takes none.")
    note: str | None = Field(
        default=None, description="Why this grader stood in for the one asked for, or what a second opinion came to."
    )


class Grade(Value):
    """What one answer is worth, point by point: every point asked for exactly once, in the question's order."""

    kind: Literal["grade"] = "grade"
    intent: Intent
    verdicts: tuple[Verdict, ...]
    beliefs: tuple[Belief, ...] = ()
    grader: GraderInfo
    note: str | None = Field(default=None, description="How the answer's statements ran, where they were run.")


UngradedReason = Literal["no_rubric", "needs_model", "unavailable", "invalid_reply"]


class Ungraded(Value):
    """The grader could not mark. The answer is kept, shown, and left out of every mean."""

    kind: Literal["ungraded"] = "ungraded"
    reason: UngradedReason
    detail: str

    @property
    def retryable(self) -> bool:
        """Whether asking again may help: it cannot where the question has no rubric or the grader no competence."""
        return self.reason in ("unavailable", "invalid_reply")


Marking = Annotated[Grade | Ungraded, Field(discriminator="kind")]


# ── Disputes ─────────────────────────────────────────────────────────────────────────────────────────────────

Stance = Literal["covered", "partial", "missing", "contradicted", "asserted", "not_asserted"]
"""What somebody says of a point (the first four) or of a misconception (the last two)."""


class Dispute(Value):
    """A verdict that the candidate contests. Both stand: the mark is not changed by it."""

    submission_id: str = Field(description="Made by the client: a resend carries the same one.")
    run_id: str = Field(description="The marking run whose verdict the candidate saw.")
    answer_id: str
    part_id: PartSlug = Field(description="The point, or the misconception.")
    graded: Stance | Literal["unmarked"] = Field(description="What that run says of it.")
    says: Stance = Field(description="What the candidate says. The same as `graded`: an earlier dispute is taken back.")
    comment: str | None = None


# ── Moves: what the interviewer does next. Those in WAITING hand the turn to the candidate. ──────────────────


class Advance(Value):
    """Close this question and ask the next."""

    kind: Literal["advance"] = "advance"


class Finish(Value):
    kind: Literal["finish"] = "finish"
    reason: Literal["completed", "stopped", "time_up"]


class OfferRetry(Value):
    """Say that the grader failed, that the answer is kept, and offer to mark it again."""

    kind: Literal["offer_retry"] = "offer_retry"
    detail: str


class LeaveUnmarked(Value):
    """Say that this question stays unmarked, and why. The next move follows at once."""

    kind: Literal["leave_unmarked"] = "leave_unmarked"
    reason: UngradedReason


class Redirect(Value):
    """Restate the question after an answer that was not one."""

    kind: Literal["redirect"] = "redirect"
    intent: Intent


class Clarify(Value):
    """Answer the candidate's question from the question's own facts. None: no fact fits."""

    kind: Literal["clarify"] = "clarify"
    fact: str | None


class Challenge(Value):
    """Ask for the consequence of a false belief, or of what contradicts a core point. Exactly one id is set."""

    kind: Literal["challenge"] = "challenge"
    misconception_id: PartSlug | None = None
    point_id: PartSlug | None = None


class Correct(Value):
    """Practice only, after a challenge: put the false belief right. The next move follows at once."""

    kind: Literal["correct"] = "correct"
    misconception_id: PartSlug | None = None
    point_id: PartSlug | None = None


class Pump(Value):
    kind: Literal["pump"] = "pump"


class Probe(Value):
    kind: Literal["probe"] = "probe"
    point_id: PartSlug


class Hint(Value):
    kind: Literal["hint"] = "hint"
    point_id: PartSlug


class Prompt(Value):
    kind: Literal["prompt"] = "prompt"
    point_id: PartSlug


class Assert(Value):
    """Teach the point, with its source. The next move follows at once."""

    kind: Literal["assert"] = "assert"
    point_id: PartSlug


class Deepen(Value):
    kind: Literal["deepen"] = "deepen"
    follow_up_id: PartSlug


Move = Annotated[
    Advance
    | Finish
    | OfferRetry
    | LeaveUnmarked
    | Redirect
    | Clarify
    | Challenge
    | Correct
    | Pump
    | Probe
    | Hint
    | Prompt
    | Assert
    | Deepen,
    Field(discriminator="kind"),
]

WAITING: frozenset[str] = frozenset(
    {"offer_retry", "redirect", "clarify", "challenge", "pump", "probe", "hint", "prompt", "deepen"}
)


class Phrase(Value):
    """A move in words, and whose words they are."""

    text: str
    by: Literal["bank", "model"]
    note: str | None = Field(default=None, description="Why the bank's words stood in for the model's.")


class Rules(Value):
    """Every number of the dialogue policy. Minutes are of wall-clock time, pauses included; None is no limit."""

    probes: int = Field(default=3, description="Probes and whole ladders a question; 4 in practice.")
    redirects: int = 2
    clarifications: int = 2
    retries: int = 2
    pumps: int = 1
    pump_words: int = 15
    pump_credit: float = 0.30
    idle_turns: int = Field(default=2, description="Turns in a row that added nothing end the question.")
    effortless_replies: int = 3
    interview_minutes: float | None = None
    question_minutes: float | None = None


PRACTICE_RULES = Rules(probes=4)
INTERVIEW_RULES = Rules()


class Plan(Value):
    """Which questions, in which order. The first `length` that can still be asked are asked."""

    question_ids: tuple[Slug, ...]


class Setup(Value):
    """What a candidate chooses before the interview."""

    mode: Mode = "practice"
    level: Level = "mid"
    topics: tuple[Slug, ...] = Field(default=(), description="Empty: all topics.")
    length: int = Field(default=5, ge=1, le=50)
    language: str = "en"
    seed: int = 0
    drafts: bool = Field(default=False, description="Whether questions from the candidate's own documents take part.")


# ── The report ───────────────────────────────────────────────────────────────────────────────────────────────

Band = Literal["Excellent", "Good", "Mixed", "Poor"]
Outcome = Literal["marked", "skipped", "unmarked"]


class Quote(Value):
    """Evidence made readable: `answer.text[start:end] == quote`."""

    quote: str
    start: int
    end: int
    answer_id: str | None = None


class PointMark(Value):
    """One point's final state. Values are 0..1; `help` is the strongest given on it."""

    point_id: PartSlug
    text: str
    core: bool
    weight: int
    verdict: VerdictName
    confidence: float
    evidence: Quote | None
    source: Source | None
    independent: float
    prompted: float
    help: Literal["hint", "prompt", "assert"] | None = None
    note: str | None = Field(
        default=None, description="What was found where a statement was run; who sees it otherwise."
    )
    disputes: tuple[Dispute, ...] = Field(default=(), description="What the candidate says instead, answer by answer.")


class BeliefMark(Value):
    misconception_id: PartSlug
    text: str
    correction: str
    asserted: bool
    taken_back: bool
    penalty: float
    evidence: Quote | None
    disputes: tuple[Dispute, ...] = ()


class Mark(Value):
    """A score 0..1 with the range that the grader's confidence leaves, and its band. None: no band may be given."""

    score: float
    low: float
    high: float
    band: Band | None
    too_close: bool = Field(description="A band's edge lies between low and high.")


class QuestionMark(Value):
    """One asked question in the report. `independent` and `prompted` are None where the question is unmarked."""

    question_id: Slug
    text: str
    topic: Slug
    kind: Kind
    status: Status
    outcome: Outcome
    reason: str | None = Field(default=None, description="Why it is unmarked.")
    independent: Mark | None
    prompted: float | None
    points: tuple[PointMark, ...]
    beliefs: tuple[BeliefMark, ...]
    model_answer: str | None
    sources: tuple[Source, ...]
    note: str | None = Field(default=None, description="How the last answer's statements ran, where they were run.")
    grader: GraderInfo | None = Field(default=None, description="Who marked the last answer that was marked.")


class TopicMark(Value):
    topic: Slug
    questions: int = Field(description="Marked ones: the mean is over these.")
    independent: float
    prompted: float


class Gap(Value):
    """A point that was not shown, heaviest first in the report."""

    question_id: Slug
    point: RubricPoint


class Report(Value):
    """What an interview was worth. Means are over marked questions, skipped ones counting 0; None: there are none."""

    interview_id: str
    run_id: str = Field(description="The marking run that is reported on.")
    mode: Mode
    level: Level
    started_at: datetime
    finished_at: datetime | None
    reason: Literal["completed", "stopped", "time_up"] | None
    grader: GraderInfo
    independent: Mark | None
    prompted: float | None
    questions: tuple[QuestionMark, ...]
    topics: tuple[TopicMark, ...]
    gaps: tuple[Gap, ...]
    unmarked: int
    skipped: int
