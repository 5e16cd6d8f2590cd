"""Which questions, in which order. Pure: the same questions, setup and history always give the same plan."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from interviewer.models import Plan, Setup
from knowledge.models import LEVELS, PERSONAL_KINDS, Kind, Question, Slug

SPARES = 10
"""Questions planned beyond the length, for those that cannot be asked any more when their turn comes."""
PERSONAL_SHARE = 4
"""At most one question in so many is about the person, and never the first ones."""
OPENING_KINDS: frozenset[Kind] = frozenset({"concept", "comparison"})
"""What an interview opens with: a plain technical question, before any long situation."""

Rank = tuple[bool, bool, bool, bool, bool, int, int, bool, int, int, str]


def plan(
    questions: Iterable[Question],
    setup: Setup,
    history: Sequence[str] = (),
    markable: frozenset[Kind] | None = None,
) -> Plan:
    """Choose one question after the other, each time the one that fits best beside those already chosen.

    `history` holds the ids of questions asked in earlier interviews, oldest first: new ones go before them, then those
    asked longest ago. `markable` are the kinds that the grader can mark, None for all: the others come last. Topics
    that were asked for exclude all others; their questions come in turn, personal or unmarked as they may be. Of
    questions that ask much of the same, one is taken while there are others that can be marked.
    """
    left = askable(questions, setup)
    near = _neighbours(left)
    only_personal = all(question.kind in PERSONAL_KINDS for question in left)
    last_asked = {question_id: place for place, question_id in enumerate(history, start=1)}
    chosen: list[Question] = []
    while len(chosen) < setup.length + SPARES:
        allowed = left if only_personal else [one for one in left if _within_share(one, chosen, setup)]
        if not allowed:
            break
        topics: Counter[str] = Counter(question.topic for question in chosen)
        kinds: Counter[Kind] = Counter(question.kind for question in chosen)
        crowded = frozenset[Slug]().union(*(near[question.id] for question in chosen))
        rank = partial(
            _rank, setup=setup, last_asked=last_asked, markable=markable, crowded=crowded, topics=topics, kinds=kinds
        )
        best = min(allowed, key=rank)
        chosen.append(best)
        left.remove(best)
    return Plan(question_ids=tuple(question.id for question in chosen))


def askable(questions: Iterable[Question], setup: Setup) -> list[Question]:
    """Those the setup admits, in an order of their own, no text twice: a reviewed question before its drafts."""
    admitted = [
        question
        for question in questions
        if question.language == setup.language
        and (question.status == "reviewed" or setup.drafts)
        and (not setup.topics or question.topic in setup.topics)
        and question.text.strip()
    ]
    by_text: dict[str, Question] = {}
    for question in sorted(admitted, key=lambda one: (one.status == "draft", not one.points, one.id)):
        by_text.setdefault(" ".join(question.text.lower().split()), question)
    return list(by_text.values())


def _neighbours(questions: Sequence[Question]) -> Mapping[Slug, frozenset[Slug]]:
    """Each question's near ones, whichever of the two names the other."""
    named = {(question.id, other) for question in questions for other in question.near}
    both = named | {(other, one) for one, other in named}
    return {question.id: frozenset(other for one, other in both if one == question.id) for question in questions}


def _within_share(question: Question, chosen: Sequence[Question], setup: Setup) -> bool:
    if question.kind not in PERSONAL_KINDS or question.topic in setup.topics:
        return True
    personal = sum(one.kind in PERSONAL_KINDS and one.topic not in setup.topics for one in chosen)
    return (personal + 1) * PERSONAL_SHARE <= len(chosen) + 1


def _rank(
    question: Question,
    setup: Setup,
    last_asked: Mapping[str, int],
    markable: frozenset[Kind] | None,
    crowded: frozenset[Slug],
    topics: Mapping[str, int],
    kinds: Mapping[Kind, int],
) -> Rank:
    """Smallest first. What cannot be marked, is near to a question chosen before (`crowded`) or is too hard for the
    level comes last of all."""
    above = LEVELS.index(question.level) - LEVELS.index(setup.level)
    return (
        not question.points,
        markable is not None and question.kind not in markable and question.topic not in setup.topics,
        question.id in crowded,
        above > 0,
        not kinds and question.kind not in OPENING_KINDS,
        last_asked.get(question.id, 0),
        topics.get(question.topic, 0),
        question.status == "draft",
        abs(above),
        kinds.get(question.kind, 0),
        hashlib.sha256(f"{setup.seed}/{question.id}".encode()).hexdigest(),
    )
