"""One answer measured against all points and misconceptions of its question. Nothing is decided here."""

from typing import NamedTuple

from interviewer.grading.features import Claimed, Found, cut, find, is_list, look, read_claim
from interviewer.grading.intent import Reading, read_intent
from interviewer.grading.port import GradingTask
from interviewer.grading.terms import Vocabulary, content, terms
from knowledge.models import PartSlug
from knowledge.ports import Embedder
from knowledge.spans import Span

# A reply this short leans on the words it replies to.
_SHORT_REPLY = 12


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

    `nearest` is the highest cosine of any piece of the answer to the question, a point or a misconception.
    """

    points: tuple[Found | None, ...]
    beliefs: tuple[Found | None, ...]
    replied: Replied | None
    nearest: float


def read(task: GradingTask) -> Reading:
    """The answer's intent by its words, and the sentences to compare."""
    return read_intent(
        task.answers[-1].text,
        task.question.text,
        said=task.said,
        points=[point.text for point in task.points],
        terse=task.focus is not None and bool(task.said),
    )


def compare(task: GradingTask, reading: Reading, embedder: Embedder, vocabulary: Vocabulary) -> Comparison:
    """All texts go through the embedder in one call; `reading` has at least one sentence."""
    text, question = task.answers[-1].text, task.question.text
    points = [read_claim(point.text, question) for point in task.points]
    beliefs = [read_claim(belief.text, question) for belief in task.question.misconceptions]
    reply = _short_reply(task, reading)
    pieces = cut(text, reading.sentences, frozenset[str]().union(*(point.stems for point in points)))

    own = [text[piece.start : piece.end] for piece in pieces]
    asked = [question, *(claim.text for claim in (*points, *beliefs))]
    context = [f"{task.said[-1]} {text[reply.start : reply.end]}", task.said[-1]] if reply else []
    rows = embedder.encode([*own, *asked, *context])
    mine, about, claimed = rows[: len(own)], rows[len(own)], rows[len(own) + 1 : len(own) + len(asked)]
    of_points = Claimed(points, claimed[: len(points)])
    of_beliefs = Claimed(beliefs, claimed[len(points) :])

    views = look(text, pieces, mine)
    replied = None
    if reply:
        place = next(i for i, point in enumerate(task.points) if point.id == task.focus)
        gain = float((rows[-2] - rows[-1]) @ of_points.vectors[place])
        precision = _precision(text[reply.start : reply.end], task.said[-1], points[place].stems, vocabulary)
        replied = Replied(task.points[place].id, reply, gain, precision)
    return Comparison(
        points=tuple(find(views, of_points, of_points, about, vocabulary)),
        beliefs=tuple(find(views, of_beliefs, of_points, about, vocabulary)),
        replied=replied,
        nearest=float((mine @ rows[len(own) : len(own) + len(asked)].T).max()),
    )


def _short_reply(task: GradingTask, reading: Reading) -> Span | None:
    span = Span(reading.sentences[0].start, reading.sentences[-1].end)
    reply = task.answers[-1].text[span.start : span.end]
    asked_about = any(point.id == task.focus for point in task.points) and bool(task.said)
    return span if asked_about and len(terms(reply)) <= _SHORT_REPLY and not is_list(reply) else None


def _precision(reply: str, prompt: str, point: frozenset[str], vocabulary: Vocabulary) -> float:
    # "POST or PUT?" offers its answers: choosing one of them is news.
    given = frozenset[str]() if " or " in prompt else content(prompt)
    news = content(reply) - given
    return vocabulary.total(news & point) / vocabulary.total(news) if news else 0.0
