"""How close two short texts are by the words they share: enough to break ties and to choose a fact. Pure, no model."""

import re
from collections.abc import Sequence

from knowledge.models import Fact

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_COMMON_WORDS = (
    "a about all also am an and any are as at be been both but by can could did do does each for from had has have how "
    "i if in into is it its just like many may me might more most much must my no not of on one only or other our out "
    "over same should so some such than that the their them then there these they this those through to too under up "
    "use used uses using very was we were what when where which while who why will with would you your"
)
_COMMON = frozenset(_COMMON_WORDS.split())
_ENDINGS = ("ations", "ation", "ings", "ing", "ied", "ies", "ed", "es", "s", "e", "y")


def words(text: str) -> frozenset[str]:
    """The text's telling words, lower-case, with their commonest English endings cut."""
    found = (word.group().lower() for word in _WORD.finditer(text))
    return frozenset(_stem(word) for word in found if word not in _COMMON)


def closeness(text: str, said: str) -> float:
    """The share of the text's words that occur in what was said, 0..1."""
    own = words(text)
    return len(own & words(said)) / len(own) if own else 0.0


def closest_fact(facts: Sequence[Fact], asked: str | None) -> Fact | None:
    """The fact that best fits what was asked, a word in `about` counting double; None when none shares a word.

    Nothing asked (the button alone): the first fact.
    """
    if asked is None or not words(asked):
        return facts[0] if facts else None
    wanted = words(asked)

    def fit(fact: Fact) -> int:
        return 2 * len(wanted & words(fact.about)) + len(wanted & words(fact.text))

    best = max(facts, key=fit, default=None)
    return best if best and fit(best) else None


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
