"""One answer measured against all points and misconceptions of its question. Nothing is decided here."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from interviewer.grading.features import Claimed, Found, Measures, Vectors, Views, cut, find, is_list, look, read_claim
from interviewer.grading.intent import Reading, heard, read_intent
from interviewer.grading.joint import VERDICTS, Judged, Reader
from interviewer.grading.polarity import polarities
from interviewer.grading.port import GradingTask
from interviewer.grading.sequences import Claims
from interviewer.grading.terms import Vocabulary, content, terms
from knowledge.models import PartSlug
from knowledge.ports import Embedder
from knowledge.spans import Span

# A reply this short leans on the words it replies to.
_SHORT_REPLY = 12
# As near to the question as this, with most of its words and few of its own: the question given back. Of 833 labelled
# answers that are none, not one was so; of 12 that are, all were.
_ECHO_FROM = 0.78
_ECHO_SAYS, _ECHO_ADDS = 0.9, 0.6


class Replied(NamedTuple):
    """A short reply, read together with the words it replies to, against the point that they asked about.

    `gain` is how much nearer (in cosine) the reply brings those words to the point; `precision` the share of what
    the reply adds, by weight, that the point says.
    """

    point_id: PartSlug
    span: Span
    gain: float
    precision: float


class Comparison(NamedTuple):
    """What was found for each point and misconception, in the task's order; None: nothing that tells anything.

    `asked` and `topical` are the cosines of the whole answer to the question and to the middle of all claims; `echo`:
    it is the question in other words, and hardly anything else; `listed`: nothing but keywords; `denied`: the point
    asked about, if a word or two deny what it affirms.
    """

    points: tuple[Found | None, ...]
    beliefs: tuple[Found | None, ...]
    replied: Replied | None
    asked: float = 1.0
    topical: float = 1.0
    echo: bool = False
    listed: bool = False
    denied: PartSlug | None = None


def read(task: GradingTask) -> Reading:
    """The answer's intent by its words, and the sentences to compare."""
    return read_intent(
        task.answers[-1].text,
        task.question.text,
        said=task.said,
        points=[point.text for point in task.points],
        terse=task.focus is not None and bool(task.said),
    )


def compare(
    task: GradingTask, reading: Reading, embedder: Embedder, vocabulary: Vocabulary, reader: Reader
) -> Comparison:
    """All texts go through the embedder in one call; `reading` has at least one sentence."""
    text, question = heard(task.answers[-1].text, reading), task.question.text
    points = [read_claim(point.text, question) for point in task.points]
    beliefs = [read_claim(belief.text, question) for belief in task.question.misconceptions]
    reply = _short_reply(task, reading)
    pieces = cut(text, reading.sentences, frozenset[str]().union(*(point.stems for point in points)))

    own = [text[piece.start : piece.end] for piece in pieces]
    others = [question, *(claim.text for claim in (*points, *beliefs))]
    context = [f"{task.said[-1]} {text[reply.start : reply.end]}", task.said[-1]] if reply else []
    rows = embedder.encode([*own, *others, *context])
    mine, about, claimed = rows[: len(own)], rows[len(own)], rows[len(own) + 1 : len(own) + len(others)]
    of_points = Claimed(points, claimed[: len(points)])
    of_beliefs = Claimed(beliefs, claimed[len(points) :])

    judged = _judge(task, text, reading, reader)
    views = look(text, pieces, mine)
    asked = _cosine(views.whole, about)
    favour = _favour(views, reading.sentences, judged)
    replied = None
    if reply:
        place = next(i for i, point in enumerate(task.points) if point.id == task.focus)
        gain = float((rows[-2] - rows[-1]) @ of_points.vectors[place])
        precision = _precision(text[reply.start : reply.end], task.said[-1], points[place].stems, vocabulary)
        replied = Replied(task.points[place].id, reply, gain, precision)
    found = find(views, of_points, of_points, about, vocabulary, favour[:, : len(points)])
    held = find(views, of_beliefs, of_points, about, vocabulary, favour[:, len(points) :])
    return Comparison(
        points=tuple(_with_chances(each, judged, place) for place, each in enumerate(found)),
        beliefs=tuple(_with_odds(each, float(judged.beliefs[place])) for place, each in enumerate(held)),
        replied=replied,
        asked=asked,
        topical=_cosine(views.whole, claimed.mean(axis=0)),
        echo=asked >= _ECHO_FROM and _adds_little(views.stems, question),
        listed=all(window.listed for window in views.windows),
        denied=_denied_reply(task, reading),
    )


def _cosine(one: Vectors, other: Vectors) -> float:
    return float(one @ other) / max(1e-9, float(np.linalg.norm(one)) * float(np.linalg.norm(other)))


def _adds_little(stems: frozenset[str], question: str) -> bool:
    """Whether an answer says all words of the question, and few others."""
    wanted = content(question)
    return len(stems & wanted) >= _ECHO_SAYS * len(wanted) and len(stems - wanted) <= _ECHO_ADDS * len(stems)


def _judge(task: GradingTask, text: str, reading: Reading, reader: Reader) -> Judged:
    """The reader sees the sentences that may earn marks, in their places; a reply together with what it replies to."""
    asked = [task.question.text, *task.said[-1:]]
    claims = Claims([point.text for point in task.points], [belief.text for belief in task.question.misconceptions])
    return reader.judge(" ".join(asked), text, reading.sentences, claims)


def _favour(views: Views, sentences: Sequence[Span], judged: Judged) -> Measures:
    """How likely a window holds the sentence that decided a claim. Shape (windows, claims)."""
    inside = np.array(
        [[s.start < w.span.end and w.span.start < s.end for s in sentences] for w in views.windows], dtype=np.float64
    )
    return inside @ judged.shown.T


def _with_chances(found: Found | None, judged: Judged, place: int) -> Found | None:
    if found is None:
        return None
    chance = dict(zip(VERDICTS, map(float, judged.verdicts[place]), strict=True))
    said = chance["covered"] + chance["partial"]
    measured = {"said": _log_odds(said), "opposed": _log_odds(chance["contradicted"])}
    measured["fully"] = _log_odds(chance["covered"] / max(said, 1e-6))
    return found._replace(features=found.features._replace(**measured))


def _with_odds(found: Found | None, held: float) -> Found | None:
    return found._replace(features=found.features._replace(held=_log_odds(held))) if found else None


def _log_odds(chance: float) -> float:
    bounded = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))


def _short_reply(task: GradingTask, reading: Reading) -> Span | None:
    """Where a word or two answer a prompt. A denial does not: "not prepared ones" has all the words of "prepared"."""
    span = _in_short(task, reading)
    return None if span is None or _denied(task.answers[-1].text[span.start : span.end]) else span


def _denied_reply(task: GradingTask, reading: Reading) -> PartSlug | None:
    """The point asked about, where a word or two deny what it affirms."""
    span = _in_short(task, reading)
    point = next((point for point in task.points if point.id == task.focus), None)
    if span is None or point is None:
        return None
    affirmed = {stem for stem, said in polarities(point.text).items() if "denied" not in said}
    return point.id if _denied(task.answers[-1].text[span.start : span.end]) & affirmed else None


def _in_short(task: GradingTask, reading: Reading) -> Span | None:
    span = Span(reading.sentences[0].start, reading.sentences[-1].end)
    reply = task.answers[-1].text[span.start : span.end]
    asked_about = any(point.id == task.focus for point in task.points) and bool(task.said)
    return span if asked_about and len(terms(reply)) <= _SHORT_REPLY and not is_list(reply) else None


def _denied(text: str) -> frozenset[str]:
    return frozenset(stem for stem, said in polarities(text).items() if "denied" in said)


def _precision(reply: str, prompt: str, point: frozenset[str], vocabulary: Vocabulary) -> float:
    # "POST or PUT?" offers its answers: choosing one of them is news.
    given = frozenset[str]() if " or " in prompt else content(prompt)
    news = content(reply) - given
    return vocabulary.total(news & point) / vocabulary.total(news) if news else 0.0
