"""What of a text is looked up: its telling words, as the keyword index spells them. Pure."""

import re
import unicodedata
from string import ascii_lowercase

# The tokenizer drops signs, so that C, C++ and C# would be one word, and "n+1" two that tell nothing.
_ALIASES = (
    (re.compile(r"\bc\+\+", re.IGNORECASE), "cplusplus"),
    (re.compile(r"\bc#", re.IGNORECASE), "csharp"),
    (re.compile(r"\bf#", re.IGNORECASE), "fsharp"),
    (re.compile(r"\.net\b", re.IGNORECASE), " dotnet"),
    (re.compile(r"\bn ?\+ ?1\b", re.IGNORECASE), "nplusone"),
)
# These scripts put no spaces between words: each character is indexed alone, a run is searched as a phrase.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
_TERM = re.compile(f"[{_UNSPACED}]+|[^\\W_{_UNSPACED}]+")
_SPELLED = re.compile("[a-z]{4,}")
_MOST_TERMS = 64

# Fusion looks at ranks only, so a hit by "what" alone would count as much as one by "isolation".
_STOP_WORD_LIST = """
    a an and any are as at be been but by can could did do does for from had has have how i if in into is it its me my
    no not of on or our should so some than that the their them then there these they this to us was we were what when
    where which who whom whose why will with would you your
"""
_STOP_WORDS = frozenset(_STOP_WORD_LIST.split())


def query_terms(text: str) -> tuple[str, ...]:
    """Each once, in their order; without function words, unless there is nothing else."""
    terms = list(dict.fromkeys(_TERM.findall(_aliased(text).casefold())))
    telling = [term for term in terms if term not in _STOP_WORDS] or terms
    return tuple(telling[:_MOST_TERMS])


def indexed(text: str) -> str:
    return spaced(_aliased(text))


def spaced(text: str) -> str:
    return _UNSPACED_CHARACTER.sub(r" \g<0> ", text)


def spelled(text: str) -> set[str]:
    """The words that a slip of the finger may be mended to: plain letters, four or more; plurals as one too."""
    words = set(_SPELLED.findall(text.casefold()))
    return words | {word[:-1] for word in words if word.endswith("s")}


def edited(word: str) -> tuple[str, ...]:
    """All that is one slip away: a letter lacking or too many, or two that changed places; the first one stands.

    Another letter in place of one makes too many words into other words: "hangs" into "hands".
    """
    parts = [(word[:place], word[place:]) for place in range(1, len(word) + 1)]
    lacking = {left + letter + right for left, right in parts for letter in ascii_lowercase}
    surplus = {left + right[1:] for left, right in parts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1}
    return tuple(sorted((lacking | surplus | swapped) - {word}))


def _aliased(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    for pattern, alias in _ALIASES:
        plain = pattern.sub(alias, plain)
    return plain
