"""Forms of a word that say the same: British and American spelling, one and many. Pure; for comparing, never to show.

What comes out need be no word of any language: only that all forms of one word meet matters, and that two words do not.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

KNOWN_WORDS = 1 << 15
"""Remembered as they were folded: many questions have few words."""

_SAME_ENDINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=\w\w)is(?=(?:e|es|ed|er|ers|ing|able|ation|ations)$)"), "iz"),
    (re.compile(r"ys(?=(?:e|es|ed|er|ers|ing)$)"), "yz"),
    (re.compile(r"(?<=\w\w\w)our(?=(?:s|ed|ing|able|al|ally|ite|ites|ful|less)?$)"), "or"),
    (re.compile(r"(?<=[a-z][nbt])re(?=s?$)"), "er"),
    (re.compile(r"(?<=\w\w)ogue(?=s?$)"), "og"),
    (re.compile(r"(?<=[aeiou]l)l(?=(?:ed|ing|er|ers|ation|ations)$)"), ""),
    (re.compile(r"(?<=(?:lic|def|off|ret))en[cs]e(?=[sd]?$)"), "ense"),
)
_PAIRS = """
    programme:program programmes:program artefact:artifact artefacts:artifact judgement:judgment grey:gray
    indices:index vertices:vertex schemata:schema apis:api uris:uri guis:gui clis:cli
"""
_SAME_WORDS = {one: other for one, _, other in (pair.partition(":") for pair in _PAIRS.split())}
_PLURALS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=[a-z]{2})ies$"), "y"),
    (re.compile(r"(?<=[a-z])(?:(?<=ch)|(?<=sh)|(?<=ss)|(?<=x))es$"), ""),
    # "status", "redis", "process" and "aws" are no plurals.
    (re.compile(r"(?<=[a-z]{2}[^siuw])s$"), ""),
)
NAMES = frozenset({"https", "kubernetes", "postgres", "rails", "series"})
"""They end like a plural and are none: HTTP and HTTPS are two things."""


@lru_cache(maxsize=KNOWN_WORDS)
def fold_spelling(word: str) -> str:
    """One spelling of a lower-case word for all that it is written in: "prioritise" and "prioritize" meet."""
    word = _SAME_WORDS.get(word, word)
    for ending, one in _SAME_ENDINGS:
        word = ending.sub(one, word)
    return word


@lru_cache(maxsize=KNOWN_WORDS)
def fold_word(word: str) -> str:
    """One form for one and many, in either spelling: "catalogues" and "catalog" meet, "caches" and "cache" do."""
    known = _SAME_WORDS.get(word, word)
    singular = known if known in NAMES else next(_singulars(known), known)
    folded = fold_spelling(singular)
    return folded.removesuffix("e") if len(folded) > 3 else folded


def _singulars(word: str) -> Iterator[str]:
    return (ending.sub(one, word) for ending, one in _PLURALS if ending.search(word))
