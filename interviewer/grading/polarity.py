"""Who is denied and who is not: the polarity of each clause of a text. Pure."""

import re
from typing import Literal, NamedTuple

from interviewer.grading.lookalikes import seen
from interviewer.grading.terms import is_content, is_naming, terms, word_set

# open: neither said nor denied, as in "if you don't bind them" and "without an index".
Polarity = Literal["affirmed", "denied", "open"]

_CLAUSE = re.compile(
    r"[.;:!?()\n]|[,–—]|\s-\s|\b(?:and|but|so|because|since|while|whereas|although|though|instead\s+of|instead"
    r"|rather\s+than|with\s+no|which|that|or|then|otherwise|therefore|hence|if|unless|when|even)\b",
    re.IGNORECASE,
)
_NOT_DENIAL = re.compile(
    r"(?:\b(?:not|isn't|aren't|doesn't|don't)\s+(?:only|just|merely|necessarily|sure)\b)|\bno\s+(?:longer|matter)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:not|never|cannot|neither|nor|none|nothing|nobody|no|hardly|useless|pointless|unnecessary|needless|false|myth"
    r"|wrong|untrue|dont|doesnt|isnt|cant|wont|shouldnt|arent|didnt|wouldnt)\b|n['’]t\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:if|unless|without|otherwise|suppose)\b|^\s*(?:you\s+|to\s+|i\s+|and\s+)?avoid", re.IGNORECASE)
_OPENERS = frozenset({"if", "unless", "when"})
_DENYING_OPENERS = frozenset({"rather than", "instead of", "with no"})
# "It does not mean that ...", "no locks or waits": what is denied goes on.
_PASSES_ON = frozenset({"that", "or"})
_JOINS = frozenset({"and", ","})
_SWEEPING = word_set("all any always each every everything never no nothing whatever whenever")


class Clause(NamedTuple):
    """A stretch of text, the stems in it and whether it affirms them."""

    stems: frozenset[str]
    polarity: Polarity


def clauses(text: str) -> tuple[Clause, ...]:
    """The text's clauses in order. A denial goes on into a complement, and from a clause without content of its own."""
    found: list[Clause] = []
    carried = False
    for piece, opener in _pieces(text):
        words = terms(piece)
        if not words:
            continue
        stems = frozenset(term.stem for term in words if is_content(term.word))
        goes_on = carried and (not found[-1].stems or opener in _PASSES_ON or (opener in _JOINS and is_naming(piece)))
        denied = (len(_DENIAL.findall(_NOT_DENIAL.sub(" ", piece))) + (opener in _DENYING_OPENERS) + goes_on) % 2 == 1
        open_ = opener in _OPENERS or _OPEN.search(piece) is not None
        # "If nothing fits, ask": the condition's denial is its own.
        carried = denied and not open_
        if open_:
            found.append(Clause(stems, "open"))
        else:
            found.append(Clause(stems, "denied" if denied else "affirmed"))
    return tuple(clause for clause in found if clause.stems)


def polarities(text: str) -> dict[str, frozenset[Polarity]]:
    """For each content stem of `text`, the polarities of the clauses that hold it."""
    found: dict[str, set[Polarity]] = {}
    for clause in clauses(text):
        for stem in clause.stems:
            found.setdefault(stem, set()).add(clause.polarity)
    return {stem: frozenset(seen) for stem, seen in found.items()}


def sweeping(text: str) -> frozenset[str]:
    """The content stems of the clauses that speak of every case: all, always, never."""
    parts = [terms(piece) for piece, _ in _pieces(text)]
    told = [words for words in parts if any(term.word in _SWEEPING for term in words)]
    return frozenset(term.stem for words in told for term in words if is_content(term.word))


def _pieces(text: str) -> list[tuple[str, str]]:
    """Clauses with the word that opened each."""
    text = seen(text)
    pieces: list[tuple[str, str]] = []
    start, opener = 0, ""
    for mark in _CLAUSE.finditer(text):
        pieces.append((text[start : mark.start()], opener))
        start, opener = mark.end(), " ".join(mark.group().lower().split())
    return [*pieces, (text[start:], opener)]
