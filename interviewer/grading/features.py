"""What can be measured of an answer against a claim: windows, similarities, shared terms, denials. Pure."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from interviewer.grading.polarity import Polarity, polarities, sweeping
from interviewer.grading.terms import FUNCTION_WORDS, Vocabulary, content, is_naming, is_phrase, terms
from knowledge.spans import Span, windows

Vectors = NDArray[np.float32]
Measures = NDArray[np.float64]

# A sentence of more words than this is also cut at its clauses, so that one long breath can still be quoted exactly.
LONG = 14
SHORTEST_PIECE = 5
# More pieces than this are not compared: the ones that share most with the points are.
MOST_PIECES = 48
# A pair of neighbours must beat the better single by this much to be the quote.
_PAIR_TOLL = 0.03
_RECALL_SHARE = 0.4
_FAVOUR_SHARE = 1.0
# A claim is no rival of itself.
_SAME = 0.999
# About one term's weight: a single word said with the other polarity is no contradiction yet.
_DOUBT = 4.0

# So many keywords in a row, of at most so many words each, are a list.
_LIST_LENGTH = 3
_KEYWORD_WORDS = 3
# So many words, among them no more than this share of articles, prepositions and the like, are a list too; and so are
# these if no more than that share of all neighbouring threes is new.
_RUN_LENGTH = 7
_JOINING = 0.15
_FRESH = 0.7

_REPORTED = re.compile(
    r"\b(?:myth|misconception|(?:some|many|most|other)?\s*(?:people|folks|developers|colleagues)\s+(?:often\s+)?"
    r"(?:think|say|believe|assume|claim|expect)|(?:you|one)\s+(?:might|could|may)\s+(?:think|believe|assume)"
    r"|(?:often|commonly|sometimes)\s+(?:thought|said|claimed|assumed|believed)|contrary\s+to"
    r"|(?:wrong|mistake|mistaken)\s+to\s+(?:think|believe|assume|say))\b",
    re.IGNORECASE,
)
# "... before finding the cause": a time or a condition, cut from its sentence, states nothing by itself. A sentence of
# its own does, and so does what follows the condition's comma.
_SUBORDINATE = re.compile(
    r"\s*(?:and\s+)?(?:(?:before|until|unless|without|instead\s+of|rather\s+than)\b|if\b[^,]*\Z)", re.IGNORECASE
)
_SENTENCE = re.compile(r"[A-Z].*[.!?]", re.DOTALL)
_SAME_AS = re.compile(r"\b(?:same|equal|equals|equivalent|identical|interchangeable|synonyms?)\b", re.IGNORECASE)
_DIFFERENT = re.compile(
    r"\b(?:differs?|different|differently|distinct|unlike|(?:more|less|other|stronger|weaker)\s+than|unequal)\b",
    re.IGNORECASE,
)
_CUT = re.compile(r"[,;:–—]\s+|\s+(?=(?:and|but|so|because|which|while|whereas|then|or)\s)", re.IGNORECASE)
_SEGMENT = re.compile(r"[,;/|•\n.]|\s[-–—]\s|\band\b")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
_CODE = re.compile(r"[(){}=<>;]|```")


class Window(NamedTuple):
    """A stretch of the answer: where it is, and what its words say."""

    span: Span
    stems: frozenset[str]
    polarity: dict[str, frozenset[Polarity]]
    numbers: frozenset[str]
    flat: bool
    listed: bool  # keywords only: no evidence of anything
    reported: bool
    differs: bool  # says that two things are not the same
    sweeping: frozenset[str]  # the stems of what it says of every case


class Claim(NamedTuple):
    """A point or misconception to look for. `news` are the stems that the question's own words do not give."""

    text: str
    stems: frozenset[str]
    news: frozenset[str]
    polarity: dict[str, frozenset[Polarity]]
    numbers: frozenset[str]
    equates: bool  # says that two things are the same
    sweeping: frozenset[str]


class Claimed(NamedTuple):
    """Claims with a vector for each."""

    claims: Sequence[Claim]
    vectors: Vectors


class Views(NamedTuple):
    """The answer as compared: its windows (singles first, then pairs), a vector for each, and one for the whole."""

    windows: tuple[Window, ...]
    singles: int
    vectors: Vectors
    whole: Vectors
    stems: frozenset[str]
    words: int


class Found(NamedTuple):
    """The window that fits a claim best, and what it measures. The whole span is the quote.

    `disowned`: the words are somebody else's, a condition, tell apart what the claim calls the same, or share a term
    with a claim about every case and speak of some.
    """

    span: Span
    features: "Features"
    disowned: bool


class Features(NamedTuple):
    """An answer against one claim, by the window that fits it best. Similarities are cosines."""

    cosine: float
    lift: float
    margin: float
    rank: float
    lead: float
    edge: float
    whole: float
    recall: float
    recall_all: float
    hits: float
    focus: float
    denial: float
    numbers: float
    flat: float
    words: float
    # What the joint reader makes of the claim, as log-odds; of a point the first three, of a false belief the last.
    said: float = 0.0
    fully: float = 0.0
    opposed: float = 0.0
    held: float = 0.0


def find(
    views: Views, claimed: Claimed, rivals: Claimed, question: Vectors, vocabulary: Vocabulary, favour: Measures
) -> list[Found | None]:
    """For each claim the window that fits it best. None: no window tells anything (keywords strung together).

    `rivals` are what else the words may be about, the claims themselves among them or not; `question` is the
    question's vector; `favour` what speaks for a window besides, shape (windows, claims).
    """
    usable = [row for row, window in enumerate(views.windows) if not window.listed]
    if not usable:
        return [None] * len(claimed.claims)
    vectors = claimed.vectors
    shares = recalls(views.windows, claimed.claims, vocabulary)
    cosines = (views.vectors @ vectors.T).astype(np.float64)
    others = (views.vectors @ np.vstack([rivals.vectors, question[None, :]]).T).astype(np.float64)
    fits = others + _RECALL_SHARE * np.pad(recalls(views.windows, rivals.claims, vocabulary), ((0, 0), (0, 1)))
    asked = frozenset[str]().union(*(rival.news for rival in rivals.claims))
    found: list[Found | None] = []
    for i, claim in enumerate(claimed.claims):
        row = best_window(cosines[:, i], shares[:, i], favour[:, i], views.singles, usable)
        apart = np.append((rivals.vectors @ vectors[i]) < _SAME, True)
        away = others[row][apart]
        window, near = views.windows[row], float(cosines[row, i])
        features = Features(
            cosine=near,
            lift=near - float(vectors[i] @ question),
            margin=near - float(away.mean()),
            rank=float((away > near).mean()),
            lead=near - float(away.max()),
            edge=near + _RECALL_SHARE * float(shares[row, i]) - float(fits[row][apart].max()),
            whole=float(views.whole @ vectors[i]),
            recall=float(shares[row, i]),
            recall_all=vocabulary.total(claim.news & views.stems) / (vocabulary.total(claim.news) or 1.0),
            hits=min(len(claim.news & window.stems), 4) / 4,
            focus=_focus(window, claim, asked, vocabulary),
            denial=denial(window, claim, vocabulary),
            numbers=float(numbers_differ(window, claim)),
            flat=float(window.flat),
            words=math.log1p(views.words),
        )
        found.append(Found(window.span, features, _is_disowned(window, claim)))
    return found


def look(text: str, pieces: Sequence[Span], vectors: Vectors) -> Views:
    """The pieces' windows; `vectors` are the pieces' own, one row each."""
    spans = (*pieces, *(windows(pieces, 2) if len(pieces) > 1 else ()))
    joined = join(vectors, pieces)
    listed = _in_lists([_is_keyword(text[span.start : span.end]) for span in pieces])
    listed += [a or b for a, b in pairwise(listed)]
    seen = tuple(read_window(text, span, in_list) for span, in_list in zip(spans, listed, strict=True))
    stems = frozenset[str]().union(*(window.stems for window in seen if not window.listed))
    words = sum(len(text[span.start : span.end].split()) for span in pieces)
    return Views(seen, len(pieces), joined[:-1], joined[-1], stems, words)


def cut(text: str, kept: Sequence[Span], wanted: frozenset[str]) -> tuple[Span, ...]:
    """The sentences, long ones cut at clauses; of too many, those that share most stems with `wanted`, in order."""
    pieces = [piece for sentence in kept for piece in _clauses(text, sentence)]
    if len(pieces) <= MOST_PIECES:
        return tuple(pieces)
    shared = [len(content(text[piece.start : piece.end]) & wanted) for piece in pieces]
    best = sorted(range(len(pieces)), key=lambda i: (-shared[i], i))[:MOST_PIECES]
    return tuple(pieces[i] for i in sorted(best))


def read_window(text: str, span: Span, in_list: bool = False) -> Window:
    piece = text[span.start : span.end]
    return Window(
        span=span,
        stems=content(piece),
        # A line wrapped by an editor goes on: the break is no end of a clause.
        polarity=polarities(" ".join(piece.split())),
        numbers=_numbers(piece),
        flat=is_flat(piece),
        listed=in_list or is_list(piece) or _is_lone(piece),
        reported=is_reported(piece),
        differs=_DIFFERENT.search(piece) is not None,
        sweeping=sweeping(piece),
    )


@lru_cache(maxsize=1024)
def read_claim(text: str, question: str) -> Claim:
    stems = content(text)
    return Claim(
        text,
        stems,
        stems - content(question) or stems,
        polarities(text),
        _numbers(text),
        _SAME_AS.search(text) is not None,
        sweeping(text),
    )


def join(vectors: Vectors, pieces: Sequence[Span]) -> Vectors:
    """The vectors of neighbouring pairs and of the whole, by length-weighted means: no forward pass of their own.

    Rows: the pieces themselves, then each pair of neighbours, then everything.
    """
    lengths = np.array([[span.end - span.start] for span in pieces], dtype=np.float32)
    weighted = vectors * lengths
    pairs = weighted[:-1] + weighted[1:]
    everything = weighted.sum(axis=0, keepdims=True)
    rows = np.vstack([vectors, pairs, everything])
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def recalls(windows: Sequence[Window], claims: Sequence[Claim], vocabulary: Vocabulary) -> Measures:
    """The share of each claim's news, by weight, that each window holds. Shape (windows, claims)."""
    weights = [{stem: vocabulary.weight(stem) for stem in claim.news} for claim in claims]
    totals = [sum(weight.values()) or 1.0 for weight in weights]
    rows = [
        [
            sum(weight[s] for s in window.stems & weight.keys()) / total
            for weight, total in zip(weights, totals, strict=True)
        ]
        for window in windows
    ]
    return np.array(rows, dtype=np.float64).reshape(len(windows), len(claims))


def best_window(cosines: Measures, recall: Measures, favour: Measures, singles: int, usable: Sequence[int]) -> int:
    """The row that fits a claim best, of those usable; a pair only where it beats the singles clearly."""
    fit = cosines + _RECALL_SHARE * recall + _FAVOUR_SHARE * favour
    fit[singles:] -= _PAIR_TOLL
    return max(usable, key=lambda row: (fit[row], -row))


def denial(window: Window, claim: Claim, vocabulary: Vocabulary) -> float:
    """The share, by weight, of the shared terms that one side affirms and the other denies: 0 agree, 1 opposite."""
    shared = [stem for stem in claim.stems & window.stems if stem in claim.polarity and stem in window.polarity]
    opposed = [stem for stem in shared if _opposed(claim.polarity[stem], window.polarity[stem])]
    return vocabulary.total(opposed) / (vocabulary.total(shared) + _DOUBT) if shared else 0.0


def _focus(window: Window, claim: Claim, asked: frozenset[str], vocabulary: Vocabulary) -> float:
    """Of the terms that any point asks for and the window has, this claim's share by weight. Buzzwords scatter."""
    told = vocabulary.total(window.stems & (asked | claim.news))
    return vocabulary.total(window.stems & claim.news) / told if told else 0.5


def numbers_differ(window: Window, claim: Claim) -> bool:
    """Whether both name numbers and share none."""
    return bool(claim.numbers and window.numbers and not claim.numbers & window.numbers)


def is_flat(text: str) -> bool:
    """Whether the words name things and tell nothing of them: no verb, no pronoun, no denial. Code is not flat."""
    return not _CODE.search(text) and is_naming(text)


def is_list(text: str) -> bool:
    """Whether the text is keywords strung together, with commas or without."""
    if _is_run(text):
        return True
    segments = [segment for segment in _SEGMENT.split(text) if terms(segment)]
    names = [segment for segment in segments if _is_keyword(segment)]
    return len(names) >= _LIST_LENGTH and len(names) >= 0.7 * len(segments)


def _is_disowned(window: Window, claim: Claim) -> bool:
    shared = claim.news & window.stems
    of_some = bool(claim.sweeping) and len(shared) < 2 and not shared & window.sweeping
    return window.reported or (claim.equates and window.differs) or of_some


def _is_run(text: str) -> bool:
    """Whether the words only follow each other, hardly one to join them and none to tell, or the same ones return."""
    if _CODE.search(text) or _SEGMENT.search(text.rstrip(" .")):
        return False
    words = [term.word for term in terms(text)]
    joining = sum(word in FUNCTION_WORDS for word in words)
    runs = list(zip(words, words[1:], words[2:], strict=False))
    again = len(set(runs)) <= _FRESH * len(runs)
    return len(words) >= _RUN_LENGTH and (again or (is_naming(text) and joining <= _JOINING * len(words)))


def is_reported(text: str) -> bool:
    """Whether the words are given as somebody else's opinion, called a mistake, or only a condition of something."""
    fragment = _SUBORDINATE.match(text) is not None and not _SENTENCE.fullmatch(text)
    return _REPORTED.search(text) is not None or fragment


def _in_lists(keywords: Sequence[bool]) -> list[bool]:
    """Which pieces stand in a run of keywords, one a line or a stop after each."""
    inside = [False] * len(keywords)
    for start in range(len(keywords) - _LIST_LENGTH + 1):
        if all(keywords[start : start + _LIST_LENGTH]):
            inside[start : start + _LIST_LENGTH] = [True] * _LIST_LENGTH
    return inside


def _is_lone(text: str) -> bool:
    """Whether the text is a keyword or two by themselves: they name something and say nothing of it."""
    words = len(terms(text))
    return (words < _KEYWORD_WORDS and is_phrase(text)) or (words <= _KEYWORD_WORDS and is_flat(text))


def _is_keyword(text: str) -> bool:
    return len(terms(text)) <= _KEYWORD_WORDS and is_phrase(text)


def _opposed(one: frozenset[Polarity], other: frozenset[Polarity]) -> bool:
    decided = {"affirmed", "denied"}
    return one <= decided and other <= decided and not one & other


def _numbers(text: str) -> frozenset[str]:
    return frozenset(match.group() for match in _NUMBER.finditer(text))


def _clauses(text: str, sentence: Span) -> list[Span]:
    body = text[sentence.start : sentence.end]
    if len(body.split()) <= LONG or "```" in body:
        return [sentence]
    spans: list[Span] = []
    start = sentence.start
    for mark in _CUT.finditer(text, sentence.start, sentence.end):
        long_enough = len(text[start : mark.start()].split()) >= SHORTEST_PIECE
        if long_enough and len(text[mark.end() : sentence.end].split()) >= SHORTEST_PIECE:
            spans.append(Span(start, mark.start()))
            start = mark.end()
    return [*spans, Span(start, sentence.end)]
