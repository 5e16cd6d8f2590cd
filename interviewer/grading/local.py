"""Marks an answer on this machine, with no key and no network: a small trained reader, embeddings and weighted terms.

It marks only what it was measured good enough for; the rest is Ungraded, never a made-up zero.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import assert_never

from interviewer.grading.coefficients import WEIGHTS
from interviewer.grading.comparing import Comparison, Replied, compare, read
from interviewer.grading.features import Features, Found
from interviewer.grading.intent import Reading
from interviewer.grading.joint import Reader
from interviewer.grading.language import looks_english
from interviewer.grading.port import EVERY_KIND, GradingTask
from interviewer.grading.terms import Vocabulary, build_vocabulary
from interviewer.grading.weighing import Weights, weigh, weigh_belief, weigh_reply
from interviewer.models import Belief, Evidence, Grade, GraderInfo, Intent, Marking, Ungraded, Verdict, VerdictName
from knowledge.models import PERSONAL_KINDS, Document, Kind, PartSlug, Question, follow_ups
from knowledge.ports import Embedder
from knowledge.spans import Span

NAME = "local"
VERSION = "0.5"
LANGUAGES = frozenset({"en"})
MARKED_KINDS = EVERY_KIND - PERSONAL_KINDS - {"sql"}
# Nobody says more in an interview. Among more sentences one fits any point by chance, and reading them takes seconds.
MOST_WORDS, MOST_CHARACTERS = 1200, 10_000
# How sure it is that words which tell nothing show nothing.
_NOTHING_SHOWN = 0.98
# An answer that earned nothing and whose cosines to the question and to the middle of what was looked for add up to
# less is about something else. Analogies are as far away, but they earn something.
_OFF_TOPIC_BELOW = 0.44
Weighing = Callable[[Features], tuple[VerdictName, float]]
_WORTH: dict[VerdictName, int] = {"covered": 2, "partial": 1, "missing": 0, "unmarked": 0, "contradicted": 0}


class LocalGrader:
    """The grader that is always there. `vocabulary` says how much each term tells: see `read_vocabulary`."""

    def __init__(
        self,
        embedder: Embedder,
        vocabulary: Vocabulary,
        reader: Reader,
        weights: Weights = WEIGHTS,
        kinds: frozenset[Kind] = MARKED_KINDS,
    ) -> None:
        self._embedder = embedder
        self._vocabulary = vocabulary
        self._reader = reader
        self._weights = weights
        self._kinds = kinds

    @property
    def info(self) -> GraderInfo:
        return GraderInfo(name=NAME, version=VERSION, model=f"{self._reader.fingerprint}, {self._embedder.fingerprint}")

    @property
    def kinds(self) -> frozenset[Kind]:
        return self._kinds

    def grade(self, task: GradingTask) -> Marking:
        refusal = _refusal(task, self._kinds)
        if refusal is not None:
            return refusal
        reading = read(task)
        if not reading.sentences:
            return self._decide(task, reading, _nothing_in(task))
        comparison = compare(task, reading, self._embedder, self._vocabulary, self._reader)
        if comparison.echo:
            return self._decide(task, reading._replace(intent="copied"), _nothing_in(task))
        return self._decide(task, reading, comparison)

    def _decide(self, task: GradingTask, reading: Reading, comparison: Comparison) -> Grade:
        answer = task.answers[-1]
        weigh_among = partial(weigh, weights=self._weights, points=len(task.points))
        verdicts = [
            _verdict(p.id, answer.id, None if p.id == comparison.denied else f, weigh_among, reading)
            for p, f in zip(task.points, comparison.points, strict=True)
        ]
        verdicts = [_best(verdict, comparison.replied, answer.id) for verdict in verdicts]
        held = list(zip(task.question.misconceptions, comparison.beliefs, strict=True))
        beliefs = tuple(_belief(misconception.id, answer.id, found, self._weights) for misconception, found in held)
        errors = [
            (found, belief) for belief, (_, found) in zip(beliefs, held, strict=True) if found and belief.asserted
        ]
        verdicts = [_against(v, f, errors) for v, f in zip(verdicts, comparison.points, strict=True)]
        return Grade(
            intent=_intent(reading, verdicts, comparison),
            verdicts=tuple(verdicts),
            beliefs=beliefs,
            grader=self.info,
        )


def read_vocabulary(questions: Iterable[Question], notes: Iterable[Document]) -> Vocabulary:
    """What the shipped texts tell about their terms: each question, point, false belief and paragraph is one text."""
    texts = [text for question in questions for text in _texts(question)]
    return build_vocabulary([*texts, *(block.text for note in notes for block in note.blocks)])


def _texts(question: Question) -> list[str]:
    parts = [*question.points, *(point for deeper in follow_ups(question) for point in deeper.points)]
    return [question.text, *(part.text for part in (*parts, *question.misconceptions)), question.model_answer or ""]


def _nothing_in(task: GradingTask) -> Comparison:
    return Comparison((None,) * len(task.points), (None,) * len(task.question.misconceptions), replied=None)


def _refusal(task: GradingTask, kinds: frozenset[Kind]) -> Ungraded | None:
    if not task.points:
        return Ungraded(reason="no_rubric", detail="This question has no points to mark against.")
    if task.question.kind not in kinds:
        asked = "tasks in SQL" if task.question.kind == "sql" else f"{task.question.kind} questions"
        return Ungraded(reason="needs_model", detail=f"The local grader does not mark {asked}: that needs a model.")
    text = task.answers[-1].text
    words = len(text.split())
    if words > MOST_WORDS or len(text) > MOST_CHARACTERS:
        detail = (
            f"The local grader marks answers of up to {MOST_WORDS:,} words or {MOST_CHARACTERS:,} characters; "
            f"this one has {words:,} and {len(text):,}."
        )
        return Ungraded(reason="needs_model", detail=detail)
    if task.question.language not in LANGUAGES or not looks_english(text):
        return Ungraded(
            reason="needs_model", detail="The local grader marks English answers to English questions only."
        )
    return None


def _verdict(point_id: PartSlug, answer_id: str, found: Found | None, weigh: Weighing, reading: Reading) -> Verdict:
    if found is None:
        return Verdict(point_id=point_id, verdict="missing", confidence=_NOTHING_SHOWN)
    verdict, confidence = weigh(found.features)
    return _with_evidence(point_id, answer_id, verdict, confidence, _whole(found.span, reading))


def _whole(span: Span, reading: Reading) -> Span:
    """The sentences that a window lies in: a clause cut out of one shows less than it says."""
    around = [sentence for sentence in reading.sentences if _overlap(sentence, span)]
    return Span(around[0].start, around[-1].end) if around else span


def _best(verdict: Verdict, replied: Replied | None, answer_id: str) -> Verdict:
    """The verdict on its own, or that on the reply read with its prompt where that is worth more."""
    if replied is None or replied.point_id != verdict.point_id:
        return verdict
    name, confidence = weigh_reply(replied.gain, replied.precision)
    in_context = _with_evidence(verdict.point_id, answer_id, name, confidence, replied.span)
    return max(verdict, in_context, key=lambda either: (_WORTH[either.verdict], either.confidence))


def _against(verdict: Verdict, found: Found | None, errors: list[tuple[Found, Belief]]) -> Verdict:
    """Words that state a false belief, and are nearer to it than to the point, speak against the point: as surely as
    the belief is held."""
    if found is None or verdict.verdict not in ("covered", "partial"):
        return verdict
    for error, belief in errors:
        if _overlap(error.span, found.span) and error.features.cosine > found.features.cosine:
            return verdict.model_copy(update={"verdict": "contradicted", "confidence": belief.confidence})
    return verdict


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _with_evidence(point_id: PartSlug, answer_id: str, verdict: VerdictName, confidence: float, span: Span) -> Verdict:
    """Every verdict but missing and unmarked shows the words it rests on."""
    match verdict:
        case "covered" | "partial" | "contradicted":
            evidence = Evidence(answer_id=answer_id, start=span.start, end=span.end)
        case "missing" | "unmarked":
            evidence = None
        case _:
            assert_never(verdict)
    return Verdict(point_id=point_id, verdict=verdict, evidence=evidence, confidence=confidence)


def _belief(misconception_id: PartSlug, answer_id: str, found: Found | None, weights: Weights) -> Belief:
    if found is None:
        return Belief(misconception_id=misconception_id, asserted=False, confidence=_NOTHING_SHOWN)
    asserted, confidence = weigh_belief(found.features, found.disowned, weights)
    evidence = Evidence(answer_id=answer_id, start=found.span.start, end=found.span.end) if asserted else None
    return Belief(misconception_id=misconception_id, asserted=asserted, evidence=evidence, confidence=confidence)


def _intent(reading: Reading, verdicts: list[Verdict], comparison: Comparison) -> Intent:
    """What was shown outweighs how it sounded; what shows nothing and resembles nothing is off topic."""
    if any(verdict.evidence for verdict in verdicts):
        return "answer"
    if reading.failing:
        return reading.failing
    # A word or two in reply resembles little: wrong, but an answer. So is a list of keywords.
    an_answer = reading.intent == "answer" and comparison.replied is None and not comparison.listed
    far = comparison.asked + comparison.topical < _OFF_TOPIC_BELOW
    return "off_topic" if an_answer and far else reading.intent
