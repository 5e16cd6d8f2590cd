"""Marks an answer by a language model: verdicts with quotes, each quote checked against the answer to the letter.

The model gives no score and no number that counts: its confidences are its own guess, clipped, and not calibrated.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, TypeVar

from pydantic import Field

from interviewer.grading.evidence import Speech, read_speech
from interviewer.grading.port import EVERY_KIND, GradingTask
from interviewer.llm.errors import LLMError, LLMReplyInvalid, LLMUnavailable
from interviewer.llm.port import LLM, Message
from interviewer.llm.prompts import fenced, read_prompt
from interviewer.llm.reply_cache import CachedLLM, ReplyCache
from interviewer.models import Belief, Evidence, Grade, GraderInfo, Intent, Marking, Ungraded, Verdict
from knowledge.models import Kind, Misconception, RubricPoint, Sql, Value

NAME = "llm"
VERSION = "0.2"
LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.3, 0.9
"""A model's own confidence is kept within these: it is no measured probability, and nearly always too high."""
SURE_OF_NOTHING = 0.95
_UNSURE = 0.5

_Confidence = Field(allow_inf_nan=False, description="How likely it is that this is right, from 0 to 1.")
_Quote = Field(description="Copied exactly from one of the candidate's answers; null where nothing shows it.")


class PointDraft(Value):
    """One point as the model sees it: the words first, then what they show, then the verdict."""

    label: str = Field(description="The point's label: p1, p2 and so on.")
    quote: str | None = _Quote
    shows: str = Field(description="What these words show about the point, in a few words.")
    verdict: Literal["covered", "partial", "missing", "contradicted"]
    confidence: float = _Confidence


class BeliefDraft(Value):
    """One misconception as the model sees it."""

    label: str = Field(description="The misconception's label: m1, m2 and so on.")
    quote: str | None = _Quote
    asserted: bool
    confidence: float = _Confidence


class GradeDraft(Value):
    """What the model fills in. It holds no ids, no weights and no score."""

    points: tuple[PointDraft, ...] = Field(description="Every point exactly once, in the rubric's order.")
    misconceptions: tuple[BeliefDraft, ...] = Field(description="Every misconception exactly once, in order.")
    intent: Intent


class ModelGrader:
    """The grader that needs a model. Each answer costs one structured call, and one more where evidence is unsound.

    With a cache, the same answer in the same place is not asked about again."""

    def __init__(self, llm: LLM, cache: ReplyCache | None = None) -> None:
        self._llm = llm
        self._cache = cache

    @property
    def info(self) -> GraderInfo:
        return GraderInfo(
            name=NAME, version=VERSION, model=self._llm.model, prompt_hash=_prompt_hash(), seed=self._llm.seed
        )

    @property
    def kinds(self) -> frozenset[Kind]:
        return EVERY_KIND

    def grade(self, task: GradingTask) -> Marking:
        if not task.points:
            return Ungraded(reason="no_rubric", detail="This question has no points to mark against.")
        speech = read_speech(task)
        if not task.answers[-1].text.strip():
            return self._nothing_shown(task)
        llm = CachedLLM(self._llm, self._cache, task.answers[-1].id)
        try:
            draft = _draft(llm, task, speech)
        except LLMUnavailable as error:
            return Ungraded(reason="unavailable", detail=str(error))
        except LLMReplyInvalid as error:
            return Ungraded(reason="invalid_reply", detail=str(error))
        marking = self._promote(task, draft, speech)
        if isinstance(marking, Grade):
            llm.keep()  # of what was no use nothing is kept: the model is asked again
        return marking

    def _promote(self, task: GradingTask, draft: GradeDraft, speech: Speech) -> Marking:
        verdicts = tuple(_verdict(point, _given(draft.points, label), speech) for label, point in _points(task))
        if all(verdict.verdict == "unmarked" for verdict in verdicts):
            detail = f"'{self._llm.model}' gave no verdict that rests on the candidate's own words"
            return Ungraded(reason="invalid_reply", detail=detail)
        beliefs = tuple(
            _belief(one, _given(draft.misconceptions, label), speech) for label, one in _misconceptions(task)
        )
        earned = any(verdict.verdict in ("covered", "partial", "contradicted") for verdict in verdicts)
        return Grade(
            # What was earned outweighs what the answer was taken for: an order inside it counts for nothing.
            intent="answer" if earned else draft.intent,
            verdicts=verdicts,
            beliefs=beliefs,
            grader=self.info,
        )

    def _nothing_shown(self, task: GradingTask) -> Grade:
        """An empty answer needs no model."""
        return Grade(
            intent="dont_know",
            verdicts=tuple(
                Verdict(point_id=point.id, verdict="missing", confidence=SURE_OF_NOTHING) for point in task.points
            ),
            beliefs=tuple(
                Belief(misconception_id=belief.id, asserted=False, confidence=SURE_OF_NOTHING)
                for belief in task.question.misconceptions
            ),
            grader=self.info,
        )


def _draft(llm: LLM, task: GradingTask, speech: Speech) -> GradeDraft:
    """The model's draft, mended once if anything in it is unsound. Raises LLMError for the first call only."""
    messages = grading_messages(task)
    draft = llm.complete(messages, GradeDraft)
    flaws = tuple(find_flaws(task, draft, speech))
    if not flaws:
        return draft
    mending = read_prompt("mend_grade").render({"flaws": "\n".join(f"- {fenced(flaw)}" for flaw in flaws)})
    said = Message(role="assistant", content=draft.model_dump_json())
    try:
        return llm.complete([*messages, said, *mending], GradeDraft)
    except LLMError:
        # What is sound in the first draft stands; what is not becomes unmarked.
        return draft


# ── What is asked of the model ───────────────────────────────────────────────────────────────────────────────


def grading_messages(task: GradingTask) -> tuple[Message, ...]:
    """The prompt for one answer. What stays the same for a question comes first, so that vendors can cache it."""
    question = task.question
    return read_prompt("grade").render(
        {
            "kind": question.kind,
            "language": fenced(question.language),
            "question": fenced(question.text),
            "tables": _told("tables", _tables(task)),
            "rubric": fenced(_rubric(task)),
            "dialogue": fenced("\n".join(f"Interviewer: {words}" for words in task.said)) or "(nothing was said since)",
            "answers": "\n\n".join(
                f'<answer number="{number}">\n{fenced(answer.text)}\n</answer>'
                for number, answer in enumerate(task.answers, start=1)
            ),
            "found": _told("found", task.found),
        }
    )


def find_flaws(task: GradingTask, draft: GradeDraft, speech: Speech) -> Iterator[str]:
    """What makes parts of a draft unusable: labels lost, twice or unknown, and quotes that nobody said."""
    yield from _label_flaws([label for label, _ in _points(task)], [given.label for given in draft.points])
    yield from _label_flaws(
        [label for label, _ in _misconceptions(task)], [given.label for given in draft.misconceptions]
    )
    for given in draft.points:
        if given.verdict != "missing" and (flaw := speech.flaw(given.quote)):
            yield f"{given.label}: {flaw}"
    for given in draft.misconceptions:
        if given.asserted and (flaw := speech.flaw(given.quote)):
            yield f"{given.label}: {flaw}"


def _tables(task: GradingTask) -> str | None:
    question = task.question
    return f"-- {question.dialect}\n{question.ddl.strip()}" if isinstance(question, Sql) else task.tables


def _told(tag: str, text: str | None) -> str:
    """A block of its own, or nothing where there is nothing to tell."""
    return f"\n\n<{tag}>\n{fenced(text)}\n</{tag}>" if text and text.strip() else ""


def _label_flaws(asked: Sequence[str], given: Sequence[str]) -> Iterator[str]:
    counts = Counter(given)
    yield from (f"{label} is left out" for label in asked if not counts[label])
    yield from (f"{label} occurs {times} times" for label, times in counts.items() if label in asked and times > 1)
    yield from (f"there is no {label}" for label in counts if label not in asked)


def _rubric(task: GradingTask) -> str:
    points = [f"{label}: {point.text}" for label, point in _points(task)]
    beliefs = [f"{label}: {belief.text}" for label, belief in _misconceptions(task)]
    return "\n".join(["Points:", *points, "", "Misconceptions:", *(beliefs or ["(none)"])])


def _points(task: GradingTask) -> list[tuple[str, RubricPoint]]:
    """The points under short labels: a model copies p3 without a slip, and sees no ids."""
    return [(f"p{number}", point) for number, point in enumerate(task.points, start=1)]


def _misconceptions(task: GradingTask) -> list[tuple[str, Misconception]]:
    return [(f"m{number}", belief) for number, belief in enumerate(task.question.misconceptions, start=1)]


def _prompt_hash() -> str:
    """The prompts' and the draft's shape together: a change of either may change a verdict."""
    schema = json.dumps(GradeDraft.model_json_schema(), sort_keys=True)
    parts = (read_prompt("grade").hash, read_prompt("mend_grade").hash, schema)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


# ── What the model said, made sound ──────────────────────────────────────────────────────────────────────────


_Draft = TypeVar("_Draft", PointDraft, BeliefDraft)


def _given(drafts: Sequence[_Draft], label: str) -> _Draft | None:
    """The one draft under this label; none where the label is lost or stands for two."""
    found = [draft for draft in drafts if draft.label == label]
    return found[0] if len(found) == 1 else None


def _verdict(point: RubricPoint, draft: PointDraft | None, speech: Speech) -> Verdict:
    if draft is None:
        return Verdict(point_id=point.id, verdict="unmarked", confidence=0.0)
    confidence = _clipped(draft.confidence)
    if draft.verdict == "missing":
        return Verdict(point_id=point.id, verdict="missing", confidence=confidence)
    evidence = speech.find(draft.quote)
    if evidence is None:
        return Verdict(point_id=point.id, verdict="unmarked", confidence=0.0)
    return Verdict(point_id=point.id, verdict=draft.verdict, evidence=evidence, confidence=confidence)


def _belief(misconception: Misconception, draft: BeliefDraft | None, speech: Speech) -> Belief:
    """Nothing is held against a candidate without their own words for it."""
    evidence: Evidence | None = speech.find(draft.quote) if draft and draft.asserted else None
    sound = draft is not None and (evidence is not None or not draft.asserted)
    return Belief(
        misconception_id=misconception.id,
        asserted=evidence is not None,
        evidence=evidence,
        confidence=_clipped(draft.confidence) if draft and sound else _UNSURE,
    )


def _clipped(confidence: float) -> float:
    return min(max(confidence, LEAST_CONFIDENCE), MOST_CONFIDENCE)
