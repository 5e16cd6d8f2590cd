"""Marks an answer on this machine, with no key and no network: embeddings, weighted terms and a few numbers.

It marks only what it was measured good enough for; the rest is Ungraded, never a made-up zero.
"""

from typing import NamedTuple, assert_never

import numpy as np

from interviewer.grading.features import Claim, Found, Vectors, cut, find, is_list, look, read_claim
from interviewer.grading.intent import Reading, read_intent
from interviewer.grading.language import looks_english
from interviewer.grading.port import GradingTask
from interviewer.grading.terms import Vocabulary, content, terms
from interviewer.grading.weighing import believes, off_topic, weigh, weigh_reply
from interviewer.models import Belief, Evidence, Grade, GraderInfo, Intent, Marking, Ungraded, Verdict, VerdictName
from knowledge.models import PERSONAL_KINDS, PartSlug
from knowledge.ports import Embedder
from knowledge.spans import Span

NAME = "local"
VERSION = "0.1"
LANGUAGES = frozenset({"en"})
# A reply this short leans on the question it replies to.
_SHORT_REPLY = 12
_SURE_OF_NOTHING = 0.95
_EARNS: dict[VerdictName, int] = {"covered": 2, "partial": 1, "missing": 0, "unmarked": 0, "contradicted": 0}


class _Reply(NamedTuple):
    """A short reply to the interviewer's last words, read together with them."""

    point_id: PartSlug
    text: str
    prompt: str
    span: Span

    @property
    def joined(self) -> str:
        return f"{self.prompt} {self.text}"


class LocalGrader:
    """The grader that is always there. `vocabulary` says how much each term tells; build it of bank and notes."""

    def __init__(self, embedder: Embedder, vocabulary: Vocabulary) -> None:
        self._embedder = embedder
        self._vocabulary = vocabulary

    @property
    def info(self) -> GraderInfo:
        return GraderInfo(name=NAME, version=VERSION, model=self._embedder.fingerprint)

    def grade(self, task: GradingTask) -> Marking:
        refusal = _refusal(task)
        if refusal is not None:
            return refusal
        reading = _read(task)
        if not reading.sentences:
            return self._nothing_shown(task, reading.intent)
        return self._compare(task, reading)

    def _nothing_shown(self, task: GradingTask, intent: Intent) -> Grade:
        verdicts = tuple(Verdict(point_id=p.id, verdict="missing", confidence=_SURE_OF_NOTHING) for p in task.points)
        beliefs = tuple(
            Belief(misconception_id=m.id, asserted=False, confidence=_SURE_OF_NOTHING)
            for m in task.question.misconceptions
        )
        return Grade(intent=intent, verdicts=verdicts, beliefs=beliefs, grader=self.info)

    def _compare(self, task: GradingTask, reading: Reading) -> Grade:
        answer, question = task.answers[-1], task.question.text
        points = [read_claim(point.text, question) for point in task.points]
        beliefs = [read_claim(belief.text, question) for belief in task.question.misconceptions]
        claims = [*points, *beliefs]
        reply = _short_reply(task, reading)
        pieces = cut(answer.text, reading.sentences, frozenset[str]().union(*(point.stems for point in points)))

        own = [answer.text[piece.start : piece.end] for piece in pieces]
        asked = [question, *(claim.text for claim in claims)]
        context = [reply.joined, reply.prompt] if reply else []
        rows = self._embedder.encode([*own, *asked, *context])
        mine, (about, *_), claimed = rows[: len(own)], rows[len(own) :], rows[len(own) + 1 : len(own) + len(asked)]
        views = look(answer.text, pieces, mine)
        found = find(views, points, claimed[: len(points)], about, self._vocabulary)
        held = find(views, beliefs, claimed[len(points) :], about, self._vocabulary)

        verdicts = [_verdict(p.id, answer.id, f) for p, f in zip(task.points, found, strict=True)]
        if reply:
            place = [point.id for point in task.points].index(reply.point_id)
            gain = float((rows[-2] - rows[-1]) @ claimed[place])
            verdicts[place] = max(
                verdicts[place], _replied(reply, answer.id, points[place], gain, self._vocabulary), key=_worth
            )
        intent = _intent(reading.intent, verdicts, mine, np.vstack([about, claimed]), found)
        return Grade(
            intent=intent,
            verdicts=tuple(verdicts),
            beliefs=tuple(_belief(m.id, answer.id, f) for m, f in zip(task.question.misconceptions, held, strict=True)),
            grader=self.info,
        )


def _refusal(task: GradingTask) -> Ungraded | None:
    if not task.points:
        return Ungraded(reason="no_rubric", detail="This question has no points to mark against.")
    if task.question.kind == "sql":
        return Ungraded(reason="needs_model", detail="A statement in SQL is not marked by the local grader.")
    if task.question.kind in PERSONAL_KINDS:
        detail = f"The local grader was not measured good enough for {task.question.kind} questions."
        return Ungraded(reason="needs_model", detail=detail)
    if task.question.language not in LANGUAGES:
        return Ungraded(reason="needs_model", detail="The local grader marks English questions only.")
    if not looks_english(task.answers[-1].text):
        return Ungraded(
            reason="needs_model", detail="The answer does not look English; the local grader reads no other."
        )
    return None


def _read(task: GradingTask) -> Reading:
    return read_intent(
        task.answers[-1].text,
        task.question.text,
        said=task.said,
        points=[point.text for point in task.points],
        terse=task.focus is not None and bool(task.said),
    )


def _short_reply(task: GradingTask, reading: Reading) -> _Reply | None:
    text = task.answers[-1].text
    kept = Span(reading.sentences[0].start, reading.sentences[-1].end)
    reply = text[kept.start : kept.end]
    known = any(point.id == task.focus for point in task.points)
    if task.focus is None or not known or not task.said or len(terms(reply)) > _SHORT_REPLY or is_list(reply):
        return None
    return _Reply(task.focus, reply, task.said[-1], kept)


def _verdict(point_id: PartSlug, answer_id: str, found: Found | None) -> Verdict:
    if found is None:
        return Verdict(point_id=point_id, verdict="missing", confidence=_SURE_OF_NOTHING)
    verdict, confidence = weigh(found.features)
    return _with_evidence(point_id, answer_id, verdict, confidence, found.span)


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


def _replied(reply: _Reply, answer_id: str, point: Claim, gain: float, vocabulary: Vocabulary) -> Verdict:
    given = frozenset[str]() if " or " in reply.prompt else content(reply.prompt)
    news = content(reply.text) - given
    precision = vocabulary.total(news & point.stems) / vocabulary.total(news) if news else 0.0
    verdict, confidence = weigh_reply(gain if news else 0.0, precision)
    return _with_evidence(reply.point_id, answer_id, verdict, confidence, reply.span)


def _worth(verdict: Verdict) -> int:
    return _EARNS[verdict.verdict]


def _belief(misconception_id: PartSlug, answer_id: str, found: Found | None) -> Belief:
    asserted, confidence = believes(found.features) if found else (False, _SURE_OF_NOTHING)
    evidence = Evidence(answer_id=answer_id, start=found.span.start, end=found.span.end) if found and asserted else None
    return Belief(misconception_id=misconception_id, asserted=asserted, evidence=evidence, confidence=confidence)


def _intent(read: Intent, verdicts: list[Verdict], mine: Vectors, asked: Vectors, found: list[Found | None]) -> Intent:
    """What was earned outweighs how it sounded; what earned nothing and resembles nothing is off topic."""
    if any(_worth(verdict) or verdict.verdict == "contradicted" for verdict in verdicts):
        return "answer"
    nearest = float((mine @ asked.T).max())
    shared = max((f.features.recall_all for f in found if f), default=0.0)
    return "off_topic" if read == "answer" and off_topic(nearest, shared) else read
