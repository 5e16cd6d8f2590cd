"""Who is denied and who is not: the polarity of each clause of a text. Pure."""

import re
from typing import Literal, NamedTuple

from interviewer.grading.terms import is_content, terms

# open: neither said nor denied, as in "if you don't bind them" and "without an index".
Polarity = Literal["affirmed", "denied", "open"]

_CLAUSE = re.compile(
    r"[.;:!?()\n]|[,–—]|\s-\s|\b(?:and|but|so|because|since|while|whereas|although|though|instead|rather|which|that|or"
    r"|then|otherwise|therefore|hence|if|unless|when|even|to)\b",
    re.IGNORECASE,
)
_NOT_DENIAL = re.compile(
    r"\b(?:not|n't|isn't|aren't|doesn't|don't)\s+(?:only|just|merely|necessarily|sure)\b|\bno\s+longer\b|\bno\s+matter\b",
    re.I,
)
_DENIAL = re.compile(
    r"\b(?:not|never|cannot|neither|nor|none|nothing|nobody|no|hardly|useless|pointless|unnecessary|needless|false|myth"
    r"|wrong|untrue|dont|doesnt|isnt|cant|wont|shouldnt|arent|didnt|wouldnt)\b|n['’]t\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:if|unless|without|otherwise|suppose|avoid\w*|prevent\w*|stop(?:s|ping)?)\b", re.IGNORECASE)
_OPENERS = ("if", "unless", "when")


class Clause(NamedTuple):
    """A stretch of text, the stems in it and whether it affirms them."""

    stems: frozenset[str]
    polarity: Polarity


def clauses(text: str) -> tuple[Clause, ...]:
    """The text's clauses in order. A clause without content of its own passes its denial on to the next one."""
    found: list[Clause] = []
    carried = False
    for piece, opener in _pieces(text):
        stems = frozenset(term.stem for term in terms(piece) if is_content(term.word))
        denials = len(_DENIAL.findall(_NOT_DENIAL.sub(" ", piece))) + carried
        carried = False
        if not stems:
            carried = denials % 2 == 1
            continue
        if opener in _OPENERS or _OPEN.search(piece):
            polarity: Polarity = "open"
        else:
            polarity = "denied" if denials % 2 else "affirmed"
        found.append(Clause(stems, polarity))
    return tuple(found)


def polarities(text: str) -> dict[str, frozenset[Polarity]]:
    """For each content stem of `text`, the polarities of the clauses that hold it."""
    found: dict[str, set[Polarity]] = {}
    for clause in clauses(text):
        for stem in clause.stems:
            found.setdefault(stem, set()).add(clause.polarity)
    return {stem: frozenset(seen) for stem, seen in found.items()}


def _pieces(text: str) -> list[tuple[str, str]]:
    """Clauses with the word that opened each."""
    pieces: list[tuple[str, str]] = []
    start, opener = 0, ""
    for mark in _CLAUSE.finditer(text):
        pieces.append((text[start : mark.start()], opener))
        start, opener = mark.end(), mark.group().lower()
    return [*pieces, (text[start:], opener)]
